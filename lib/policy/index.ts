/** Rules over plain manifests, whoever wrote them. */

export { isReason } from './acknowledge';
export { type Cdk8sValidationContext, PolicyValidation, type PolicyValidationProperties } from './cdk8s-validation';
export {
  type AcknowledgedFinding,
  type CheckOptions,
  checkManifests,
  type PolicyReport,
  type RuleTally,
} from './check';
export { Inventory, type InventoryOptions, type ReplicaBounds } from './inventory';
export { formatPath, type Json, type Path } from './json';
export type { Manifest } from './manifest';
export { type PolicyPool, poolFrom } from './pool';
export { type ReadResult, readManifests, type UnreadableDocument } from './read';
export { formatFinding, formatReport, summaryLine } from './report-text';
export { type Breach, NOT_APPLICABLE, type PolicyFinding, podRule, type Rule, type Verdict } from './rule';
export { POLICY_RULES } from './rules';
export { sarifOf } from './sarif';
