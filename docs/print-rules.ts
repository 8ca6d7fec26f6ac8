/** `npm run docs:rules`: prints docs/rules.md from the table that the checks use. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../lib/domain';

const GROUPS: Readonly<Record<string, string>> = {
  ACK: 'Exceptions',
  AKS: 'Pools and clusters of AKS',
  BUD: 'Budgets',
  CLOUD: 'Clouds',
  COLD: 'Cold start',
  COST: 'Ownership and cost',
  DRAIN: 'End of a pod',
  ENV: 'Environments',
  FIT: 'Model on GPU',
  GIT: 'Delivery of manifests',
  GPU: 'Machines',
  HOLD: 'Warm nodes',
  IDN: 'Identities',
  IKS: 'Worker pools and clusters of IKS',
  IMG: 'Images',
  MIG: 'GPUs that are cut',
  KS: 'KServe',
  LORA: 'LoRA adapters',
  MODEL: 'Models',
  NAME: 'Names',
  NET: 'Network',
  NS: 'Namespaces',
  OUT: 'Output',
  PDB: 'Disruptions',
  PLAT: 'Platform',
  PLUG: 'GPU add-ons',
  POD: 'Parts of a pod',
  POOL: 'Node pools',
  PSA: 'Pod security',
  REF: 'References',
  RES: 'Resources of a pod',
  ROLL: 'Rolling updates',
  RUN: 'Model servers',
  SAT: 'Clusters on IBM Cloud Satellite',
  SCALE: 'Scaling',
  SCHED: 'Scheduling',
  SEC: 'Secrets',
  SEL: 'Selectors',
  SPOT: 'Spot capacity above a floor',
  STORE: 'Model stores',
  SVC: 'Services',
  TAG: 'Tags',
  TRACE: 'Traces',
  TRAIN: 'Training',
  WARM: 'Sizes of services',
};

/** The page as text. */
export function rulesPage(): string {
  const sections = Object.entries(GROUPS).map(([group, title]) => {
    const rows = Object.entries(RULES).filter(([id]) => id.startsWith(`WP-${group}-`));
    return [
      `## ${title}`,
      '',
      '| rule | what holds |',
      '| --- | --- |',
      ...rows.map(([id, rule]) => `| ${id} | ${rule} |`),
    ].join('\n');
  });
  return [
    '# Rules',
    '',
    'Every message of warmpath starts with the id of a rule. It names the prop, the value that was given, what is allowed',
    'and the fix; errors of constructs carry the construct path as well. All errors of a run are reported together, and',
    'nothing is written then. This page is printed by `npm run docs:rules`.',
    '',
    ...sections.flatMap((section) => [section, '']),
  ].join('\n');
}

if (require.main === module) writeFileSync(join(__dirname, 'rules.md'), rulesPage());
