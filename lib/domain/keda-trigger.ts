/** A trigger of KEDA's held to what its scaler asks for, before KEDA says it in an event that nobody reads. */
import { type Draft, Findings } from './problem';

/** What a scaler asks of its metadata; generated from KEDA's schema. */
export interface TriggerFacts {
  /** Everything that may stand in the metadata. */
  readonly known: readonly string[];
  /** Without a default. */
  readonly required: readonly string[];
  /** Also taken from a TriggerAuthentication. */
  readonly fromAuthentication: readonly string[];
  readonly deprecated: readonly string[];
  readonly allowed: Readonly<Record<string, readonly string[]>>;
}

/** A trigger as somebody wrote it. */
export interface WrittenTrigger {
  readonly type: string;
  readonly metadata: object;
  /** Whether it logs in somewhere. */
  readonly authenticated: boolean;
}

/** Letters that differ, for a suggestion. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known name that is most like it. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((one) => [distance(name, one), one] as const).sort(([a], [b]) => a - b);
  const [first] = ranked;
  return first !== undefined && first[0] <= Math.ceil(name.length / 3) ? first[1] : undefined;
}

/** Reports what KEDA would refuse, or would not read. */
export function draftKedaTrigger(
  prop: string,
  { type, metadata, authenticated }: WrittenTrigger,
  table: Readonly<Record<string, TriggerFacts>>,
): Draft<WrittenTrigger> {
  const findings = new Findings(`${prop}.`);
  const facts = Object.hasOwn(table, type) ? table[type] : undefined;
  if (facts === undefined) {
    const like = nearest(type, Object.keys(table));
    findings.error('WP-SCALE-001', 'type', type, {
      message: 'KEDA has no such scaler',
      allowed: 'a type of imports/keda/triggers.ts',
      fix: like === undefined ? 'correct it' : `use '${like}'`,
    });
    return findings.draft<WrittenTrigger>(undefined);
  }
  const given = Object.entries(metadata).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) checkParameter(findings, name, value, facts);
  const names = given.map(([name]) => name);
  for (const name of facts.required) {
    const elsewhere = authenticated && facts.fromAuthentication.includes(name);
    if (names.includes(name) || names.includes(`${name}FromEnv`) || elsewhere) continue;
    findings.error('WP-SCALE-001', `metadata.${name}`, undefined, {
      message: `scaler '${type}' does nothing without it`,
      allowed: facts.fromAuthentication.includes(name) ? 'a text, or an authentication that holds it' : 'a text',
      fix: 'set it',
    });
  }
  return findings.draft({ type, metadata, authenticated });
}

function checkParameter(findings: Findings, name: string, value: unknown, facts: TriggerFacts): void {
  const prop = `metadata.${name}`;
  if (!facts.known.includes(name)) {
    const like = nearest(name, facts.known);
    findings.error('WP-SCALE-001', prop, value, {
      message: facts.fromAuthentication.includes(name)
        ? 'KEDA reads this from an authentication only'
        : 'the scaler does not read this',
      allowed: facts.known.join(', '),
      fix: like === undefined ? 'remove it' : `did you mean ${like}?`,
    });
    return;
  }
  const allowed = facts.allowed[name];
  if (typeof value !== 'string') {
    findings.error('WP-SCALE-001', prop, value, {
      message: 'KEDA reads texts',
      allowed: 'a text',
      fix: `write '${String(value)}' in quotes`,
    });
  } else if (allowed !== undefined && !allowed.includes(value)) {
    findings.error('WP-SCALE-001', prop, value, {
      message: 'there is no such choice',
      allowed: allowed.join(', '),
      fix: 'choose one of them',
    });
  }
  if (!facts.deprecated.includes(name)) return;
  findings.warning('WP-SCALE-002', prop, value, {
    message: 'KEDA will read this no longer',
    allowed: 'what its documentation names instead',
    fix: 'replace it before the next upgrade',
  });
}
