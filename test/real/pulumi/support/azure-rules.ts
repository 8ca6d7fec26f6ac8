import { type Failure, type Properties, UNKNOWN } from './behaviour';
import { isRecord } from './wire';

/** A rule of the AKS service over one pool. */
interface PoolRule {
  /** Page of MicrosoftDocs/azure-aks-docs `articles/aks/`, at fb060ab. */
  readonly source: string;
  readonly property: string;
  readonly refuse: (pool: Properties) => string | undefined;
}

const POOL_RULES: readonly PoolRule[] = [
  {
    source: 'use-system-pools.md',
    property: 'scaleSetPriority',
    refuse: ({ mode, scaleSetPriority }) =>
      mode === 'System' && scaleSetPriority === 'Spot' ? 'a system pool cannot be a Spot pool' : undefined,
  },
  {
    source: 'use-system-pools.md',
    property: 'osType',
    refuse: ({ mode, osType }) => (mode === 'System' && osType === 'Windows' ? 'a system pool runs Linux' : undefined),
  },
  {
    source: 'use-system-pools.md',
    property: 'count',
    refuse: ({ mode, count, minCount }) =>
      mode === 'System' && (count === 0 || minCount === 0) ? 'a system pool has at least one node' : undefined,
  },
  {
    source: 'use-labels.md',
    property: 'nodeLabels',
    refuse: ({ nodeLabels }) => {
      const reserved = Object.keys(isRecord(nodeLabels) ? nodeLabels : {}).filter((key) =>
        /^(kubernetes\.azure\.com|kubernetes\.io)\//.test(key),
      );
      return reserved.length > 0 ? `the prefix of ${reserved.join(', ')} is reserved` : undefined;
    },
  },
  {
    source: 'use-node-taints.md',
    property: 'nodeTaints',
    refuse: ({ nodeTaints }) => {
      const wrong = (Array.isArray(nodeTaints) ? nodeTaints : []).filter(
        (taint) => taint !== UNKNOWN && !/^[^=:]+=[^=:]*:(NoSchedule|PreferNoSchedule|NoExecute)$/.test(String(taint)),
      );
      return wrong.length > 0 ? `${wrong.join(', ')} is not key=value:Effect` : undefined;
    },
  },
  {
    source: 'spot-node-pool.md',
    property: 'spotMaxPrice',
    refuse: ({ spotMaxPrice }) =>
      typeof spotMaxPrice === 'number' && spotMaxPrice !== -1 && spotMaxPrice <= 0
        ? 'is -1, or a price above 0'
        : undefined,
  },
  {
    source: 'scale-down-mode.md',
    property: 'scaleDownMode',
    refuse: ({ scaleDownMode, osDiskType }) =>
      scaleDownMode === 'Deallocate' && osDiskType === 'Ephemeral'
        ? 'a node with an ephemeral OS disk cannot be deallocated'
        : undefined,
  },
  {
    source: 'use-amd-gpus.md',
    property: 'gpuProfile.driver',
    refuse: ({ vmSize, gpuProfile }) =>
      /MI300X/.test(String(vmSize)) && (!isRecord(gpuProfile) || gpuProfile['driver'] !== 'None')
        ? 'an AMD size takes no driver: None'
        : undefined,
  },
  {
    source: 'upgrade-aks-node-pools-rolling.md',
    property: 'upgradeSettings',
    refuse: ({ mode, upgradeSettings }) => {
      if (!isRecord(upgradeSettings) || upgradeSettings['maxSurge'] !== '0') return undefined;
      if (mode === 'System') return 'maxSurge 0 is for user pools';
      const { maxUnavailable = '0' } = upgradeSettings;
      return maxUnavailable === '0' ? 'maxSurge and maxUnavailable cannot both be 0' : undefined;
    },
  },
  {
    source: 'create-node-pools.md',
    property: 'maxCount',
    refuse: ({ minCount, maxCount, enableAutoScaling }) => {
      if (enableAutoScaling !== true && enableAutoScaling !== UNKNOWN)
        return minCount === undefined && maxCount === undefined ? undefined : 'minCount and maxCount need autoscaling';
      return typeof minCount === 'number' && typeof maxCount === 'number' && minCount > maxCount
        ? `${maxCount} is below minCount ${minCount}`
        : undefined;
    },
  },
];

const poolFailures = (pool: Properties, path: string): readonly Failure[] =>
  POOL_RULES.flatMap(({ source, property, refuse }): readonly Failure[] => {
    const reason = refuse(pool);
    return reason === undefined ? [] : [[`${path}${property}`, `${reason} (AKS, ${source})`]];
  });

/** What AKS refuses although the schema of its API takes it. Only what a pool of this project could get wrong. */
export function serviceFailures(type: string, inputs: Properties): readonly Failure[] {
  if (type === 'azure-native:containerservice:AgentPool') return poolFailures(inputs, '');
  if (type !== 'azure-native:containerservice:ManagedCluster') return [];
  const profiles = inputs['agentPoolProfiles'];
  if (profiles === UNKNOWN) return [];
  const pools = (Array.isArray(profiles) ? profiles : []).filter(isRecord);
  return [
    ...pools.flatMap((pool, index) => poolFailures(pool, `agentPoolProfiles[${index}].`)),
    ...(pools.some(({ mode }) => mode === 'System' || mode === UNKNOWN)
      ? []
      : ([['agentPoolProfiles', 'a cluster needs a system pool (AKS, use-system-pools.md)']] satisfies Failure[])),
  ];
}
