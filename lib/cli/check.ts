/** `warmpath check`: the rules over YAML that anybody wrote. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RULES } from '../domain/rules';
import {
  checkManifests,
  formatReport,
  isReason,
  type Manifest,
  POLICY_RULES,
  type PolicyPool,
  type PolicyReport,
  poolFrom,
  readManifests,
  sarifOf,
  type UnreadableDocument,
} from '../policy';
import { EXIT } from './exit';
import { sourcesOf, type Terminal, Unusable } from './input';

export const CHECK_HELP = `warmpath check FILE|FOLDER|- ...

Holds Kubernetes YAML to warmpath's rules, whoever wrote it. Folders are searched for .yaml, .yml and .json;
- reads standard input. Give everything that goes into one cluster at once: most rules look across objects.

  --namespace NAME         namespace of objects that name none, as helm template prints them (default: default)
  --pools FILE             node pools as JSON: [{ "name", "labels", "taints", "maxNodes", "gpus" }]; Nodes and
                           Karpenter NodePools among the YAML are used as well. Without any, rules about nodes are
                           not applicable
  --rule ID                ask this rule only; may be repeated
  --acknowledge ID=REASON  accept what this rule finds, with a reason; may be repeated. For one object, annotate it:
                           policy.warmpath.dev/ID: REASON
  --fail-on error|warning  what makes the exit code 1 (default: error)
  --json | --sarif         machine-readable report instead of text
  --rules                  list the rules and stop

Exit code: 0 nothing found, 1 findings, 2 wrong arguments, unreadable input or a failure of the program itself.
`;

function poolsIn(file: string): readonly PolicyPool[] {
  const fix = 'Fix: an array of objects with name, labels and taints (key, value, effect); see warmpath check --help';
  let pools: unknown;
  try {
    pools = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Unusable(`--pools ${file} is no JSON (${(error as Error).message}). ${fix}.`);
  }
  if (!Array.isArray(pools)) throw new Unusable(`--pools ${file} holds no array. ${fix}.`);
  return pools.map((written: unknown, index) => {
    const pool = poolFrom(written);
    if (pool === undefined) {
      throw new Unusable(`--pools ${file} [${index}] = ${JSON.stringify(written)} is no pool. ${fix}.`);
    }
    return pool;
  });
}

function acknowledgedBy(entries: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.map((entry) => {
      const [rule = '', ...rest] = entry.split('=');
      const reason = rest.join('=').trim();
      if (!POLICY_RULES.some(({ id }) => id === rule)) throw unknownRule('--acknowledge', rule);
      if (!isReason(reason)) {
        throw new Unusable(`--acknowledge ${entry} gives no reason. Fix: --acknowledge ${rule}='why it is safe here'.`);
      }
      return [rule, reason];
    }),
  );
}

function unknownRule(option: string, rule: string): Unusable {
  return new Unusable(
    `${option} ${rule}: there is no such rule. Allowed: ${POLICY_RULES.map(({ id }) => id).join(', ')}.`,
  );
}

function rulesNamed(ids: readonly string[]) {
  if (ids.length === 0) return POLICY_RULES;
  return [...new Set(ids)].flatMap((id) => {
    const found = POLICY_RULES.filter((rule) => rule.id === id);
    if (found.length === 0) throw unknownRule('--rule', id);
    return found;
  });
}

const OPTIONS = {
  namespace: { type: 'string' },
  pools: { type: 'string' },
  rule: { type: 'string', multiple: true },
  acknowledge: { type: 'string', multiple: true },
  'fail-on': { type: 'string', default: 'error' },
  json: { type: 'boolean', default: false },
  sarif: { type: 'boolean', default: false },
  rules: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Unusable(`${(error as Error).message}. Fix: see warmpath check --help.`);
  }
}

function print(report: PolicyReport, unreadable: readonly UnreadableDocument[], form: string, version: string): string {
  if (form === 'sarif') return JSON.stringify(sarifOf(report, version, unreadable), undefined, 2);
  if (form === 'json') return JSON.stringify({ ...report, unreadable }, undefined, 2);
  return formatReport(report);
}

function run(args: readonly string[], terminal: Terminal, version: string): number {
  const { values, positionals } = parse(args);
  const { namespace, json, sarif } = values;
  if (values.help) {
    terminal.out(CHECK_HELP);
    return EXIT.clean;
  }
  if (values.rules) {
    for (const { id } of POLICY_RULES) terminal.out(`${id}  ${RULES[id]}`);
    return EXIT.clean;
  }
  const failOn = values['fail-on'];
  if (failOn !== 'error' && failOn !== 'warning') {
    throw new Unusable(`--fail-on ${failOn}: there is no such severity. Allowed: error, warning.`);
  }
  if (json && sarif) throw new Unusable('--json and --sarif exclude each other. Fix: give one of them.');
  if (positionals.length === 0)
    throw new Unusable('nothing to check. Fix: name files or folders, or - for standard input.');
  // The arguments first: standard input may be long in coming.
  const options = {
    namespace,
    pools: values.pools === undefined ? undefined : poolsIn(values.pools),
    rules: rulesNamed(values.rule ?? []),
    acknowledged: acknowledgedBy(values.acknowledge ?? []),
  };
  const sources = sourcesOf(positionals, terminal);
  const manifests: Manifest[] = [];
  const unreadable: UnreadableDocument[] = [];
  for (const [file, source] of sources) {
    const read = readManifests(source, file);
    for (const manifest of read.manifests) manifests.push(manifest);
    unreadable.push(...read.unreadable);
  }
  if (manifests.length + unreadable.length === 0) {
    throw new Unusable(`no object in ${positionals.join(', ')}. Fix: name files that hold Kubernetes YAML.`);
  }
  const report = checkManifests(manifests, options);
  terminal.out(print(report, unreadable, sarif ? 'sarif' : json ? 'json' : 'text', version));
  for (const { file, line, message } of unreadable) terminal.err(`${file}:${line} is no YAML: ${message}`);
  if (unreadable.length > 0) return EXIT.unusable;
  const failing = report.findings.filter(({ severity }) => severity === 'error' || failOn === 'warning');
  return failing.length === 0 ? EXIT.clean : EXIT.findings;
}

/** Runs the command. What is YAML is judged and printed even when something else is not. */
export function check(args: readonly string[], terminal: Terminal, version: string): number {
  try {
    return run(args, terminal, version);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    terminal.err(`warmpath check: ${error.message}`);
    return EXIT.unusable;
  }
}
