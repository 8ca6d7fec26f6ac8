/** All rules over manifests, by id: the order in which they are asked. */
import type { Rule } from '../rule';
import { disruptionBudgetDrain } from './disruption-budget-drain';
import { disruptionBudgetFloor } from './disruption-budget-floor';
import { exactImage } from './exact-image';
import { existingNodes } from './existing-nodes';
import { gpuPriority } from './gpu-priority';
import { gpuToleration } from './gpu-toleration';
import { gracePeriod } from './grace-period';
import { kubernetesObject } from './kubernetes-object';
import { legalLabels } from './legal-labels';
import { legalNames } from './legal-names';
import { namespaceSecurity } from './namespace-security';
import { noForeignTolerations } from './no-foreign-tolerations';
import { noLostValues } from './no-lost-values';
import { noPlainSecrets } from './no-plain-secrets';
import { oneReplicaOwner } from './one-replica-owner';
import { pinnedImage } from './pinned-image';
import { podSecurity } from './pod-security';
import { requestsWithinLimits } from './requests-within-limits';
import { singleNodeDisk } from './single-node-disk';
import { startupPatience } from './startup-patience';
import { surgeRoom } from './surge-room';
import { toleratedTaints } from './tolerated-taints';
import { uniqueIdentity } from './unique-identity';

export const POLICY_RULES: readonly Rule[] = [
  startupPatience, // WP-COLD-004
  gracePeriod, // WP-DRAIN-004
  exactImage, // WP-IMG-001
  pinnedImage, // WP-IMG-003
  uniqueIdentity, // WP-NAME-002
  legalNames, // WP-NAME-006
  legalLabels, // WP-NAME-007
  noLostValues, // WP-OUT-001
  kubernetesObject, // WP-OUT-003
  disruptionBudgetFloor, // WP-PDB-001
  disruptionBudgetDrain, // WP-PDB-002
  podSecurity, // WP-PSA-001
  namespaceSecurity, // WP-PSA-002
  requestsWithinLimits, // WP-RES-007
  surgeRoom, // WP-ROLL-001
  singleNodeDisk, // WP-ROLL-002
  noPlainSecrets, // WP-RUN-008
  toleratedTaints, // WP-SCHED-001
  noForeignTolerations, // WP-SCHED-002
  gpuToleration, // WP-SCHED-003
  gpuPriority, // WP-SCHED-004
  existingNodes, // WP-SCHED-005
  oneReplicaOwner, // WP-SVC-002
];
