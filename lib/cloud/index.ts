/** Node pools, clusters and their content on AKS and IKS, as Pulumi resources. */
export * from './aks';
export * from './cluster-content';
export type { CloudEnvironment } from './environment';
export * from './iks';
export * from './kubernetes-object';
export * from './policy-at-preview';
