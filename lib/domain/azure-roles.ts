/**
 * Roles of Azure that identities of warmpath are given: the least that their work needs. Ids are the same in every
 * tenant. Source: azure-docs role-based-access-control/built-in-roles.md; the last one also stands in
 * Azure/prometheus-collector AddonBicepTemplate/FullAzureMonitorMetricsProfile.bicep.
 */
export const AZURE_ROLES = {
  /** Joins nodes and load balancers to a subnet. */
  networkContributor: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  /** Reads the metrics of a workspace. */
  monitoringDataReader: 'b0d8363b-8ddd-447d-831f-62ca05bff136',
} as const;
