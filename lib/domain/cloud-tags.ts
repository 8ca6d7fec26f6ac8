/**
 * Who owns and pays for a thing, in the alphabet of each cloud. A label of Kubernetes such as `warmpath.dev/team` is no
 * legal tag of Azure, so tags bear the last part of the label's key: bills and labels join by name and value.
 */
import { OWNERSHIP_KEYS, type Ownership } from './names';
import { WORKLOAD_LABELS } from './node-vocabulary';
import type { Cloud } from './platform-profile';
import { type Draft, Findings } from './problem';

/** Tags by name. */
export type CloudTags = Readonly<Record<string, string>>;

const withoutPrefix = (key: string) => key.slice(key.indexOf('/') + 1);

/** Tags that every resource of the cloud bears, and the label of pods and nodes that each of them joins. */
export const TAG_OF_LABEL = {
  owner: withoutPrefix(WORKLOAD_LABELS.owner),
  team: withoutPrefix(WORKLOAD_LABELS.team),
  costCentre: withoutPrefix(WORKLOAD_LABELS.costCentre),
  environment: withoutPrefix(WORKLOAD_LABELS.environment),
} as const satisfies Record<keyof Ownership, string>;

const MANAGED_BY = { [withoutPrefix(WORKLOAD_LABELS.managedBy)]: 'warmpath' };

interface Alphabet {
  readonly name: RegExp;
  readonly value: RegExp;
  readonly most: number;
  readonly text: string;
}

/**
 * Azure: azure-docs azure-resource-manager/management/tag-resources.md; 128 is the limit of storage accounts, other
 * resources take 512. IBM: a tag is `name:value` of at most 128 letters, digits, white space, underscores, hyphens, periods
 * and colons (ibm-cloud-docs/account, "Tagging rules and limitations"); a colon in the name would end it early.
 */
const ALPHABETS: Readonly<Record<Cloud, Alphabet>> = {
  aks: {
    name: /^[^<>%&\\?/]{1,128}$/,
    value: /^.{0,256}$/s,
    most: 50,
    text: 'at most 50 tags; names of 1-128 characters without <>%&\\?/, each once whatever its case; values of at most 256',
  },
  iks: {
    name: /^[A-Za-z0-9 _.-]{1,63}$/,
    value: /^[A-Za-z0-9 _.:-]{1,64}$/,
    most: 1000,
    text: 'names of 1-63 and values of 1-64 letters, digits, spaces, underscores, hyphens and dots',
  },
};

/**
 * The tags of a resource: those of its owner, and own ones.
 * WP-TAG-001 for what the cloud refuses, WP-TAG-002 for a tag that the owner's would overwrite.
 * @param where what bears the tags, as the beginning of the prop in messages: 'aks.'
 */
export function draftCloudTags(cloud: Cloud, ownership: Ownership, own: CloudTags = {}, where = ''): Draft<CloudTags> {
  const findings = new Findings(`${where}tags`);
  const { name: legalName, value: legalValue, most, text } = ALPHABETS[cloud];
  const required = {
    ...Object.fromEntries(OWNERSHIP_KEYS.map((key) => [TAG_OF_LABEL[key], ownership[key]])),
    ...MANAGED_BY,
  };
  const taken = Object.keys(required);
  const lower = [...taken, ...Object.keys(own)].map((name) => name.toLowerCase());
  for (const [name, value] of Object.entries(own)) {
    if (taken.includes(name.toLowerCase())) {
      findings.error('WP-TAG-002', `['${name}']`, value, {
        message: 'the owner of the environment is written there, and budgets and bills look for it',
        allowed: `any name but ${taken.join(', ')}`,
        fix: 'change ownership instead, or choose another name',
      });
    } else if (
      !legalName.test(name) ||
      typeof value !== 'string' ||
      !legalValue.test(value) ||
      lower.indexOf(name.toLowerCase()) !== lower.lastIndexOf(name.toLowerCase())
    ) {
      findings.error('WP-TAG-001', `['${name}']`, value, {
        message: `${cloud.toUpperCase()} refuses this tag`,
        allowed: text,
        fix: "write for example { 'data-class': 'internal' }",
      });
    }
  }
  const tags = { ...own, ...required };
  if (Object.keys(tags).length > most) {
    findings.error('WP-TAG-001', '', Object.keys(own).length, {
      message: `${cloud.toUpperCase()} takes ${most} tags, and ${taken.length} of them are the owner's`,
      allowed: text,
      fix: 'leave some out',
    });
  }
  return findings.draft<CloudTags>(tags);
}

/** Tags as IBM Cloud knows them: a list. */
export function ibmTags(tags: CloudTags): readonly string[] {
  return Object.entries(tags)
    .map(([name, value]) => `${name}:${value}`)
    .sort();
}
