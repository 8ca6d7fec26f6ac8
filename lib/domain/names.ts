/** Names, label values and identity: what Kubernetes accepts, checked before a cluster sees it. */
import { type Draft, Findings } from './problem';

/**
 * Longest name of a workload, in characters: the pod's host name `<name>-<10 of the ReplicaSet>-<5>` and KEDA's
 * `keda-hpa-<name>` both have to fit into 63.
 */
export const WORKLOAD_NAME_MAX = 45;

const DNS_1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const DNS_1123_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Whether the text is a DNS label that begins with a letter: the name of a Service. */
export function isServiceName(text: string): boolean {
  return text.length <= 63 && DNS_1035_LABEL.test(text);
}

/** Whether the text may stand as the value of a Kubernetes label. */
export function isLabelValue(text: string): boolean {
  // The type is checked as well: tsx runs programs that do not compile.
  return typeof text === 'string' && text.length <= 63 && LABEL_VALUE.test(text);
}

/** Whether the text may stand as the key of a label or an annotation: a name, if need be behind a DNS prefix. */
export function isQualifiedName(text: string): boolean {
  const [prefix, name, rest] = text.includes('/') ? text.split('/') : [undefined, text];
  const legalPrefix = prefix === undefined || isObjectName(prefix);
  return rest === undefined && legalPrefix && name !== undefined && isLabelValue(name);
}

/** Names of the objects that every namespace of ours holds already. */
const NAMESPACE_OBJECTS: readonly string[] = ['default-deny', 'gpus', 'default', 'kube-root-ca.crt'];

/** Whether the text can be a Service, a Deployment and a host name at once. */
export function isWorkloadName(name: string): boolean {
  return typeof name === 'string' && name.length <= WORKLOAD_NAME_MAX && DNS_1035_LABEL.test(name);
}

/** Reports a name that cannot be a Service, a Deployment and a host name at once. */
export function checkWorkloadName(findings: Findings, prop: string, name: string): void {
  if (isWorkloadName(name)) {
    if (!NAMESPACE_OBJECTS.includes(name)) return;
    findings.error('WP-NAME-002', prop, name, {
      message: 'an object of the namespace itself has this name',
      allowed: `any name but ${NAMESPACE_OBJECTS.join(', ')}`,
      fix: 'name the workload after what it does',
    });
    return;
  }
  findings.error('WP-NAME-001', prop, name, {
    message: 'this cannot name a Service, a Deployment and its pods',
    allowed: `1-${WORKLOAD_NAME_MAX} lower-case letters, digits and hyphens, first a letter, last a letter or digit`,
    fix: `use for example '${suggestName(name)}'`,
  });
}

function suggestName(name: unknown): string {
  const legal = (typeof name === 'string' ? name : '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, WORKLOAD_NAME_MAX)
    .replace(/-+$/, '');
  return legal === '' ? 'chat' : legal;
}

const DNS_1123_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Namespaces that belong to the cluster; a policy or quota of ours would close them. */
const CLUSTER_NAMESPACES =
  /^(kube-.*|default|gpu-resources|gpu-operator|calico-.*|tigera-.*|gatekeeper-system|ibm-.*|azure-.*|istio-system)$/;

/** Whether the text is a DNS label: what a namespace, and the folder of an environment, has to be. */
export function isDnsLabel(name: string): boolean {
  return typeof name === 'string' && DNS_1123_LABEL.test(name);
}

/** Reports text that cannot be a namespace at all. */
export function checkNamespaceName(findings: Findings, prop: string, name: string): void {
  if (isDnsLabel(name)) return;
  findings.error('WP-NAME-003', prop, name, {
    message: 'Kubernetes does not accept this as a namespace',
    allowed: '1-63 lower-case letters, digits and hyphens, first and last a letter or digit',
    fix: `use for example '${suggestName(name)}'`,
  });
}

/** Reports a namespace that Kubernetes refuses, or that no workload should be put into. */
export function checkNamespace(findings: Findings, prop: string, name: string): void {
  checkNamespaceName(findings, prop, name);
  if (!CLUSTER_NAMESPACES.test(name)) return;
  findings.error('WP-NS-002', prop, name, {
    message: 'this namespace belongs to the cluster, and the policies of a workload would close it',
    allowed: 'a namespace of your own',
    fix: 'name one after the team or the service',
  });
}

const SECRET_KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** Whether the text is a DNS subdomain: what the API server accepts as the name of most kinds. */
export function isObjectName(name: string): boolean {
  return typeof name === 'string' && name.length <= 253 && DNS_1123_SUBDOMAIN.test(name);
}

/** Whether the text can be a key of a Secret. */
export function isSecretKey(key: string): boolean {
  return typeof key === 'string' && SECRET_KEY.test(key) && key !== '.' && !key.startsWith('..');
}

/** Reports a name that no Secret, claim or storage class can have. */
export function checkObjectName(findings: Findings, prop: string, name: string): void {
  if (isObjectName(name)) return;
  findings.error('WP-NAME-004', prop, name, {
    message: 'no object can have this name',
    allowed: 'at most 253 lower-case letters, digits, hyphens and dots',
    fix: 'copy the name from the cluster',
  });
}

/** Reports annotations that Kubernetes refuses. */
export function checkAnnotations(
  findings: Findings,
  prop: string,
  annotations: Readonly<Record<string, string>>,
): void {
  for (const [key, value] of Object.entries(annotations)) {
    if (isQualifiedName(key) && typeof value === 'string') continue;
    findings.error('WP-NAME-005', `${prop}['${key}']`, value, {
      message: 'Kubernetes does not accept this annotation',
      allowed:
        'an optional prefix and slash, a name of 1-63 letters, digits, hyphens, underscores and dots, and a text',
      fix: "write for example 'example.com/note': 'text'",
    });
  }
}

/** A key of a Kubernetes Secret in the namespace of the workload. */
export interface SecretKey {
  readonly secretName: string;
  readonly key: string;
}

/** Reports a reference to a Secret that could not exist. */
export function checkSecretKey(findings: Findings, prop: string, { secretName, key }: SecretKey): void {
  if (isObjectName(secretName) && isSecretKey(key)) return;
  findings.error(
    'WP-NAME-004',
    prop,
    { secretName, key },
    {
      message: 'no Secret can have this name and key',
      allowed: 'a lower-case DNS name, and a key of letters, digits, hyphens, underscores and dots',
      fix: "write for example { secretName: 'hugging-face', key: 'token' }",
    },
  );
}

/** Whether the number may be the user of a container: not root, and 31 bits. */
export function isUserId(uid: number): boolean {
  return Number.isInteger(uid) && uid >= 1 && uid < 2 ** 31;
}

/** What clouds and GitOps controllers call an environment: decided, so that nobody has to ask them. */
export const cloudName = (environment: string): string => `warmpath-${environment}`;

/** Who runs a thing and who pays for it; required on everything, see FinOps in docs/concepts.md. */
export interface Ownership {
  /** Person or rota that answers for it. Label value. */
  readonly owner: string;
  /** Team name. Label value. */
  readonly team: string;
  /** Cost centre that is billed. Label value. */
  readonly costCentre: string;
  /** Environment name: 'prod'. Label value. */
  readonly environment: string;
}

/** The keys of ownership, in the order in which they are printed. */
export const OWNERSHIP_KEYS = ['owner', 'team', 'costCentre', 'environment'] as const;

const EXAMPLES = { owner: 'chat-oncall', team: 'chat', costCentre: 'cc-4210', environment: 'prod' } as const;

/** Reports every missing or illegal part of an ownership. */
export function draftOwnership(ownership: Partial<Ownership> | undefined): Draft<Ownership> {
  const findings = new Findings('ownership.');
  for (const key of OWNERSHIP_KEYS) {
    const value = ownership?.[key];
    if (value !== undefined && isLabelValue(value)) continue;
    findings.error('WP-COST-001', key, value, {
      message: 'every GPU needs somebody who answers and pays for it, and this becomes a label',
      allowed: '1-63 letters, digits, hyphens, underscores and dots, first and last a letter or digit',
      fix: `set ownership.${key}, for example '${EXAMPLES[key]}'`,
    });
  }
  return findings.draft(findings.hasErrors ? undefined : (ownership as Ownership));
}

/**
 * Letters to put in, take out or replace until one text is the other (Levenshtein). Whatever is further apart than
 * `most` is `most` + 1 apart. @default any number
 */
export function editDistance(from: string, to: string, most = Number.POSITIVE_INFINITY): number {
  const letters = [...to];
  let row = Array.from({ length: letters.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of letters.entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    if (Math.min(...next) > most) return most + 1;
    row = next;
  }
  return Math.min(row[letters.length] ?? 0, most + 1);
}
