export * from './attach';
export * from './environment';
export * from './finops';
export * from './gpu-pool';
export { AksWorkloadIdentity, type AksWorkloadIdentityProps } from './identity';
export * from './model-store';
export * from './monitoring';
export * from './network';
export * from './platform';
