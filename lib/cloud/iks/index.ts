export * from './environment';
export * from './gpu-pool';
export * from './identity';
export * from './model-store';
export * from './monitoring';
export * from './network';
export * from './platform';
