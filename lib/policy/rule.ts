/** What a rule is: one question to one object among all others, with three answers. */
import type { Problem, Severity } from '../domain/problem';
import type { RuleId } from '../domain/rules';
import type { Inventory } from './inventory';
import type { Path } from './json';
import type { Manifest } from './manifest';
import { perRun } from './per-run';
import { type PodTemplate, podTemplatesOf } from './pod-template';

/** One place in an object that breaks a rule. */
export interface Breach {
  readonly path: Path;
  /** What stands there; undefined when something is missing. */
  readonly value: unknown;
  /** What is wrong, as a sentence without a full stop. */
  readonly message: string;
  readonly allowed: string;
  readonly fix: string;
  /** What the breach is about, when one object can break a rule in several ways: 'Secret/token'. Acknowledgements name it. */
  readonly about?: string;
  /** @default 'error' */
  readonly severity?: Severity;
}

/** The rule asks nothing of this object. */
export const NOT_APPLICABLE = 'not applicable';

/** Not applicable, compliant (no breach), or not compliant. */
export type Verdict = typeof NOT_APPLICABLE | readonly Breach[];

/** One rule. */
export interface Rule {
  readonly id: RuleId;
  /** Why it matters, as a sentence without a full stop. */
  readonly why: string;
  readonly judge: (subject: Manifest, inventory: Inventory) => Verdict;
}

const KNOWN_PODS = perRun(() => new Map<Manifest, readonly PodTemplate[]>());

/** The pods of an object, for all the rules that look at pods. */
function podsOf(subject: Manifest, inventory: Inventory): readonly PodTemplate[] {
  const known = KNOWN_PODS(inventory);
  const pods = known.get(subject) ?? podTemplatesOf(subject, inventory.defaultNamespace);
  known.set(subject, pods);
  return pods;
}

/** A rule about everything that makes pods. */
export function podRule(
  id: RuleId,
  why: string,
  judge: (pod: PodTemplate, inventory: Inventory, subject: Manifest) => Verdict,
): Rule {
  return {
    id,
    why,
    judge: (subject, inventory) => {
      const pods = podsOf(subject, inventory);
      const verdicts = pods.map((pod) => judge(pod, inventory, subject));
      const answers = verdicts.filter((verdict) => verdict !== NOT_APPLICABLE);
      return answers.length === 0 ? NOT_APPLICABLE : answers.flat();
    },
  };
}

/** A breach with its place: what a run reports. */
export interface PolicyFinding extends Problem {
  readonly file: string;
  /** Document in the file, from 0. */
  readonly index: number;
  /** Line in the file, from 1, where it is known. */
  readonly line?: number;
  /** `Deployment chat/llama`. */
  readonly object: string;
  readonly why: string;
  readonly about?: string;
}
