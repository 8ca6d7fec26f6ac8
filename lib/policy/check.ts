/** Asks every rule of every object. */
import { ACKNOWLEDGE_PREFIX } from '../domain/node-vocabulary';
import { RULES, type RuleId } from '../domain/rules';
import { type Acknowledgement, acknowledgementsOf, covers, isReason } from './acknowledge';
import { Inventory, type InventoryOptions } from './inventory';
import { formatPath, type Path } from './json';
import { describe, type Manifest } from './manifest';
import { type Breach, NOT_APPLICABLE, type PolicyFinding, type Rule } from './rule';
import { POLICY_RULES } from './rules';

/** How a run is made. */
export interface CheckOptions extends InventoryOptions {
  /** Exceptions for the whole run: reason by rule id. @default none */
  readonly acknowledged?: Readonly<Record<string, string>>;
  /** @default all rules */
  readonly rules?: readonly Rule[];
}

/** A breach that somebody accepts. */
export interface AcknowledgedFinding {
  readonly finding: PolicyFinding;
  readonly reason: string;
  /** Whether an annotation of the object says so, or the run. */
  readonly by: 'object' | 'run';
}

/** How often a rule gave each of its three answers; an acknowledged breach counts as not compliant. */
export interface RuleTally {
  readonly rule: RuleId;
  readonly compliant: number;
  readonly notCompliant: number;
  readonly notApplicable: number;
}

/** What a run found. */
export interface PolicyReport {
  readonly objects: number;
  /** In the order of the files. */
  readonly findings: readonly PolicyFinding[];
  readonly acknowledged: readonly AcknowledgedFinding[];
  readonly tallies: readonly RuleTally[];
}

const ACKNOWLEDGEMENT_WHY = 'an exception that nobody can judge stays for ever and hides the next mistake';

function findingOf(rule: RuleId, why: string, manifest: Manifest, breach: Breach): PolicyFinding {
  const { path, value, message, allowed, fix, about, severity = 'error' } = breach;
  const line = manifest.lineOf?.(path);
  return {
    rule,
    severity,
    prop: formatPath(path),
    value,
    message,
    allowed,
    fix,
    file: manifest.file,
    index: manifest.index,
    object: describe(manifest),
    why,
    ...(line === undefined ? {} : { line }),
    ...(about === undefined ? {} : { about }),
  };
}

/** The exceptions of one object and of the run, and which of them were needed. */
class Exceptions {
  private readonly used = new Set<Acknowledgement>();
  private readonly own: readonly Acknowledgement[];

  constructor(
    private readonly manifest: Manifest,
    private readonly run: readonly Acknowledgement[],
  ) {
    this.own = acknowledgementsOf(manifest);
  }

  /** A breach as it is accepted, if it is. */
  accept(finding: PolicyFinding): AcknowledgedFinding | undefined {
    const all = [...this.own, ...this.run].filter(
      (candidate) => candidate.rule === finding.rule && covers(candidate, finding),
    );
    for (const one of all) this.used.add(one);
    const found = all.find(({ reason }) => isReason(reason));
    return found && { finding, reason: found.reason, by: this.own.includes(found) ? 'object' : 'run' };
  }

  /** What is wrong with the object's own exceptions; a rule that asked nothing leaves open whether one is needed. */
  *problems(judged: ReadonlySet<string>): Generator<PolicyFinding> {
    for (const one of this.own) {
      const { rule, about, reason } = one;
      const path: Path = ['metadata', 'annotations', `${ACKNOWLEDGE_PREFIX}${rule}`];
      const say = (id: RuleId, breach: Omit<Breach, 'path'>) =>
        findingOf(id, ACKNOWLEDGEMENT_WHY, this.manifest, { path, ...breach });
      if (!isReason(reason) || !Object.hasOwn(RULES, rule)) {
        yield say('WP-ACK-001', {
          value: reason,
          message: Object.hasOwn(RULES, rule) ? 'no reason is given' : 'there is no such rule',
          allowed: 'the id of a rule, and a reason of at least two words',
          fix: 'say why the exception is safe here, or remove it',
        });
      } else if (judged.has(rule) && !this.used.has(one)) {
        yield say('WP-ACK-002', {
          value: about ?? reason,
          message: 'the exception covers nothing that the rule finds here',
          allowed: 'exceptions that are needed',
          fix: 'remove it',
          severity: 'warning',
        });
      }
    }
  }
}

/**
 * Judges manifests by every rule.
 * @param manifests all objects of one cluster, or as many as there are
 */
export function checkManifests(manifests: readonly Manifest[], options: CheckOptions = {}): PolicyReport {
  const inventory = new Inventory(manifests, options);
  const rules = options.rules ?? POLICY_RULES;
  const run = Object.entries(options.acknowledged ?? {}).map(([rule, reason]) => ({ rule, reason }));
  const tallies = new Map<RuleId, { compliant: number; notCompliant: number; notApplicable: number }>();
  for (const { id } of rules) tallies.set(id, { compliant: 0, notCompliant: 0, notApplicable: 0 });
  const findings: PolicyFinding[] = [];
  const acknowledged: AcknowledgedFinding[] = [];
  for (const manifest of manifests) {
    const exceptions = new Exceptions(manifest, run);
    const judged = new Set<string>();
    for (const rule of rules) {
      const verdict = rule.judge(manifest, inventory);
      const tally = tallies.get(rule.id);
      if (tally === undefined) continue;
      if (verdict === NOT_APPLICABLE) tally.notApplicable += 1;
      else if (verdict.length === 0) tally.compliant += 1;
      else tally.notCompliant += 1;
      if (verdict === NOT_APPLICABLE) continue;
      judged.add(rule.id);
      for (const breach of verdict) {
        const finding = findingOf(rule.id, rule.why, manifest, breach);
        const accepted = exceptions.accept(finding);
        if (accepted === undefined) findings.push(finding);
        else acknowledged.push(accepted);
      }
    }
    findings.push(...exceptions.problems(judged));
  }
  return {
    objects: manifests.length,
    findings,
    acknowledged,
    tallies: [...tallies].map(([rule, tally]) => ({ rule, ...tally })),
  };
}
