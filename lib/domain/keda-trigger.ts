/** A trigger of KEDA's held to what its scaler reads, before KEDA says it in an event that nobody reads. */
import { editDistance } from './names';
import { type Draft, Findings } from './problem';

/** A parameter that KEDA refuses a trigger without. */
export interface RequiredParameter {
  /** Its names, of which one is enough. */
  readonly anyOf: readonly string[];
  /** Where KEDA looks, of which one is enough. */
  readonly from: readonly ('metadata' | 'environment' | 'authentication')[];
}

/** What a scaler reads; generated from KEDA's schema (imports/keda). */
export interface TriggerFacts {
  /** What may stand in the metadata; `query.*` is everything that begins so. */
  readonly known: readonly string[];
  readonly required: readonly RequiredParameter[];
  readonly fromAuthentication: readonly string[];
  /** Parameters that are one of some values. */
  readonly allowed?: Readonly<Record<string, readonly string[]>>;
  /** Parameters that are several of some values, between commas. */
  readonly allowedInLists?: Readonly<
    Record<string, { readonly allowed: readonly string[]; readonly atMostOneOf: readonly string[] }>
  >;
  /** Parameters of earlier versions, with what KEDA says when it refuses them. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Parameters that KEDA still reads, with what it says about them. */
  readonly deprecated?: Readonly<Record<string, string>>;
  /** Whether it takes further parameters, which somebody else reads. */
  readonly open?: boolean;
}

/** A trigger as somebody wrote it. */
export interface WrittenTrigger {
  readonly type: string;
  readonly metadata: object;
  /** Whether it comes with an authentication. What that holds is not looked into. */
  readonly authenticated: boolean;
}

/** The known name that is most like it, whatever its case, where one is. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const distance = (one: string) => editDistance(name.toLowerCase(), one.toLowerCase());
  const ranked = known.map((one) => [distance(one), one] as const).sort(([a], [b]) => a - b);
  const [first] = ranked;
  return first !== undefined && first[0] <= Math.ceil(name.length / 3) ? first[1] : undefined;
}

/** The entry of a table whose keys somebody else writes: none for `constructor`. */
function entry<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** `query.*` stands for every name that goes on after the point. */
function isKnown(name: string, known: readonly string[]): boolean {
  return known.some((one) => {
    if (!one.endsWith('.*')) return one === name;
    const prefix = one.slice(0, -1);
    return name.startsWith(prefix) && name.length > prefix.length;
  });
}

/** KEDA cuts blanks off, and takes what is empty then for not set. */
const isSet = (value: unknown): boolean => typeof value !== 'string' || value.trim() !== '';

/**
 * Reports what KEDA would refuse (a missing parameter, another choice, a parameter of earlier versions) or would not
 * read: WP-SCALE-001; and what it announces to give up: WP-SCALE-002. Numbers are not parsed.
 *
 * The rules are those of KEDA's parser (kedacore/keda v2.21.0 pkg/scalers/scalersconfig/typed_config.go), which by
 * default says nothing of a parameter that it does not know.
 */
export function draftKedaTrigger(
  prop: string,
  trigger: WrittenTrigger,
  table: Readonly<Record<string, TriggerFacts>>,
): Draft<WrittenTrigger> {
  const { type, metadata } = trigger;
  const findings = new Findings(`${prop}.`);
  const facts = entry(table, type);
  if (facts === undefined) {
    const like = nearest(String(type), Object.keys(table));
    findings.error('WP-SCALE-001', 'type', type, {
      message: 'KEDA has no such scaler',
      allowed: 'a type of imports/keda/triggers.ts',
      fix: like === undefined ? 'correct it' : `use '${like}'`,
    });
    return findings.draft<WrittenTrigger>(undefined);
  }
  const given = Object.entries(metadata).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) checkParameter(findings, name, value, facts);
  const names = new Set(given.filter(([, value]) => isSet(value)).map(([name]) => name));
  for (const required of facts.required) checkRequired(findings, required, names, trigger);
  return findings.draft(trigger);
}

function checkRequired(
  findings: Findings,
  { anyOf, from }: RequiredParameter,
  names: ReadonlySet<string>,
  { type, authenticated }: WrittenTrigger,
): void {
  const inMetadata = [
    ...(from.includes('metadata') ? anyOf : []),
    ...(from.includes('environment') ? anyOf.map((name) => `${name}FromEnv`) : []),
  ];
  const fromAuthentication = from.includes('authentication');
  if (inMetadata.some((name) => names.has(name)) || (authenticated && fromAuthentication)) return;
  const ways = [...inMetadata, ...(fromAuthentication ? [`an authentication with ${anyOf.join(' or ')}`] : [])];
  findings.error('WP-SCALE-001', `metadata.${anyOf[0]}`, undefined, {
    message: `KEDA refuses a trigger '${type}' without it`,
    allowed: ways.join(', or '),
    fix: ways.length === 1 ? 'set it' : 'set one of them',
  });
}

function checkParameter(findings: Findings, name: string, value: unknown, facts: TriggerFacts): void {
  const prop = `metadata.${name}`;
  const refused = entry(facts.refused, name);
  if (refused !== undefined) {
    if (!isSet(value)) return;
    findings.error('WP-SCALE-001', prop, secretOr(name, value, facts), {
      message: `KEDA refuses a trigger with it: ${withoutStop(refused)}`,
      allowed: 'not set',
      fix: 'use what KEDA names instead, or remove it',
    });
    return;
  }
  if (!facts.open && !isKnown(name, facts.known)) {
    const elsewhere = facts.fromAuthentication.includes(name);
    // The suffix alone makes any two of them alike.
    const base = name.endsWith('FromEnv') ? name.slice(0, -'FromEnv'.length) : undefined;
    const like = base !== undefined && isKnown(base, facts.known) ? base : nearest(name, facts.known);
    // The value may be a password under a misspelt name: it is not printed.
    findings.error('WP-SCALE-001', prop, NOT_SHOWN, {
      message: elsewhere ? 'KEDA reads this from an authentication only' : 'the scaler does not read this',
      allowed: facts.known.join(', '),
      fix: elsewhere ? 'move it to the secrets of authentication' : like ? `did you mean ${like}?` : 'remove it',
    });
    return;
  }
  if (typeof value !== 'string') {
    findings.error('WP-SCALE-001', prop, secretOr(name, value, facts), {
      message: 'KEDA reads texts',
      allowed: 'a text',
      fix: 'write it in quotes',
    });
    return;
  }
  if (!isSet(value)) return;
  checkChoice(findings, name, value, facts);
  const announced = entry(facts.deprecated, name);
  if (announced === undefined) return;
  findings.warning('WP-SCALE-002', prop, value, {
    message: `KEDA says: ${withoutStop(announced)}`,
    allowed: 'what its documentation names instead',
    fix: 'replace it before the next upgrade',
  });
}

function checkChoice(findings: Findings, name: string, value: string, facts: TriggerFacts): void {
  const prop = `metadata.${name}`;
  const choices = entry(facts.allowed, name);
  if (choices !== undefined && !choices.includes(value.trim())) {
    findings.error('WP-SCALE-001', prop, value, {
      message: 'there is no such choice',
      allowed: choices.join(', '),
      fix: 'choose one of them',
    });
  }
  const list = entry(facts.allowedInLists, name);
  if (list === undefined) return;
  const parts = value.split(',').map((part) => part.trim());
  const wrong = parts.filter((part) => !list.allowed.includes(part));
  if (wrong.length > 0) {
    findings.error('WP-SCALE-001', prop, value, {
      message: `there is no such choice: ${wrong.map((part) => `'${part}'`).join(', ')}`,
      allowed: `some of ${list.allowed.join(', ')}, between commas`,
      fix: 'choose among them',
    });
  }
  if (parts.filter((part) => list.atMostOneOf.includes(part)).length > 1) {
    findings.error('WP-SCALE-001', prop, value, {
      message: 'these exclude each other',
      allowed: `at most one of ${list.atMostOneOf.join(', ')}`,
      fix: 'choose one of them',
    });
  }
}

const NOT_SHOWN = '(not shown)';

/** Passwords and tokens are what an authentication may hold as well. */
function secretOr(name: string, value: unknown, { fromAuthentication }: TriggerFacts): unknown {
  return fromAuthentication.includes(name) ? NOT_SHOWN : value;
}

const withoutStop = (text: string) => text.replace(/\.$/, '');
