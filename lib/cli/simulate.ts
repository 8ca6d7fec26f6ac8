/** `warmpath simulate`: a trace against a service, as its manifests describe it. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { timelineSvg } from '../charts';
import type { PlanRecord } from '../domain/plan-record';
import { errorsOf, formatProblem, ProblemsError } from '../domain/problem';
import { judge } from '../sim/judge';
import type { SimulatedPolicy } from '../sim/policy';
import { policyOf } from '../sim/policy-of-manifests';
import { SERVER_PROFILES, type ServerProfile } from '../sim/server-profile';
import { type RequestStream, type SimulationInput, simulate } from '../sim/simulate';
import { timelineOf, timelineStep } from '../sim/timeline';
import { draftTrace, type RequestOptions, requestsOf, type Trace } from '../traces';
import { EXIT } from './exit';
import { jsonOf, numberOf, type Terminal, Unusable } from './input';
import { fullName, PLACE_OPTIONS, type Services, servicesOf } from './services';
import { type Simulated, simulationText } from './simulate-text';

export const SIMULATE_HELP = `warmpath simulate --trace FILE (--env NAME | FILE|FOLDER|- ...)

Plays recorded traffic against one service: model servers step by step, Prometheus, KEDA and the HorizontalPodAutoscaler,
scheduler, placeholders and node autoscaler by their own rules and clocks. The policy is read from the manifests that
would be applied, the times of a start and the pool from the plan that they carry. Same input, same output.

  --trace FILE             CSV, plain or gzipped: requests (t_ms,in_tokens,out_tokens), rates, or clients
  --env NAME               the environment of this name, below --manifests
  --manifests FOLDER       where npm run synth writes (default: manifests)
  --service NAME           NAME or NAMESPACE/NAME; needed where there are several
  --scale N                times the load of the trace (default: 1)
  --from SECONDS           beginning of what is played of the trace (default: 0)
  --to SECONDS             end of it (default: the end of the trace)
  --settle SECONDS         played and not judged (default: 900, at most a quarter of what is played)
  --seed N                 chance: a whole number (default: 1)
  --slo SECONDS            time to first token that is judged by (default: what the service promises)
  --profile NAME           server profile: ${Object.keys(SERVER_PROFILES).join(', ')} (default: a100-8b)
  --service-time FACTOR    times of the server profile are multiplied by it (default: 1)
  --cold-start FACTOR      times of a start are multiplied by it (default: 1)
  --json                   machine-readable result instead of text
  --svg FILE               draw the run into this file

Exit code: 0 played, 2 wrong arguments, unreadable input or a failure of the program itself.
`;

const OPTIONS = {
  ...PLACE_OPTIONS,
  trace: { type: 'string' },
  scale: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  settle: { type: 'string' },
  seed: { type: 'string' },
  slo: { type: 'string' },
  profile: { type: 'string', default: 'a100-8b' },
  'service-time': { type: 'string' },
  'cold-start': { type: 'string' },
  json: { type: 'boolean', default: false },
  svg: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Unusable(`${(error as Error).message}. Fix: see warmpath simulate --help.`);
  }
}

type Values = ReturnType<typeof parse>['values'];

/** Requests before it are left out of the judgement where nothing else is said: queues and replicas settle. */
const SETTLE_SECONDS = 900;

/** Of a short part, no more than this share is left out. */
const SETTLE_SHARE = 0.25;

function profileNamed(name: string): ServerProfile {
  const profile = Object.entries(SERVER_PROFILES).find(([id]) => id === name)?.[1];
  if (profile !== undefined) return profile;
  const names = Object.keys(SERVER_PROFILES).join(', ');
  throw new Unusable(`--profile ${name}: there is no such profile. Allowed: ${names}. Fix: correct the name.`);
}

function numbersOf(values: Values) {
  const any = () => true;
  const positive = (value: number) => value > 0;
  const notNegative = (value: number) => value >= 0;
  const factor = (value: number) => value > 0 && value <= 100;
  return {
    scale: numberOf('--scale', values.scale, positive, 'a number above 0'),
    fromSeconds: numberOf('--from', values.from, notNegative, 'seconds, 0 or more'),
    toSeconds: numberOf('--to', values.to, any, 'seconds behind --from'),
    settleSeconds: numberOf('--settle', values.settle, notNegative, 'seconds, 0 or more'),
    seed: numberOf('--seed', values.seed, Number.isSafeInteger, 'a whole number'),
    objectiveSeconds: numberOf('--slo', values.slo, positive, 'seconds above 0'),
    serviceTimeFactor: numberOf('--service-time', values['service-time'], factor, 'above 0, at most 100') ?? 1,
    coldStartFactor: numberOf('--cold-start', values['cold-start'], factor, 'above 0, at most 100') ?? 1,
  };
}

function serviceIn({ records }: Services): PlanRecord {
  const [record, ...others] = records;
  if (record !== undefined && others.length === 0) return record;
  const names = records.map(fullName).join(', ');
  throw new Unusable(`several services are there, and one is played. Allowed: ${names}. Fix: name it with --service.`);
}

function traceIn(file: string | undefined, terminal: Terminal): Trace {
  if (file === undefined) throw new Unusable('no trace is named. Fix: --trace FILE; see warmpath simulate --help.');
  const { value, problems } = draftTrace(file);
  if (value === undefined) throw new Unusable(errorsOf(problems).map(formatProblem).join('\n'));
  for (const problem of problems) terminal.err(`warmpath simulate: ${formatProblem(problem)}`);
  return value;
}

function requestsIn(trace: Trace, options: RequestOptions): RequestStream {
  try {
    const requests = requestsOf(trace, options);
    if (requests.arrivalMs.length > 0) return requests;
  } catch (error) {
    if (error instanceof ProblemsError) throw new Unusable(error.message);
    throw error;
  }
  throw new Unusable(
    `no request comes in this part of ${trace.source}. Allowed: a part with requests. Fix: play a longer one, or a larger --scale.`,
  );
}

function policyIn({ manifests }: Services, { namespace, deployment }: PlanRecord): SimulatedPolicy {
  try {
    return policyOf(manifests, { namespace, deployment });
  } catch (error) {
    // What the manifests say, and the simulator has no model of.
    throw new Unusable((error as Error).message);
  }
}

function startOf({ coldStart }: PlanRecord, factor: number): SimulationInput['start'] {
  const sum = (...stages: readonly (keyof PlanRecord['coldStart'])[]) => ({
    p50Seconds: factor * stages.reduce((total, stage) => total + coldStart[stage].p50Seconds, 0),
    p95Seconds: factor * stages.reduce((total, stage) => total + coldStart[stage].p95Seconds, 0),
  });
  return { node: sum('node'), image: sum('image'), container: sum('weights', 'load', 'warmup') };
}

function promisedSeconds(record: PlanRecord, own: number | undefined): number {
  const seconds = own ?? record.sizing?.timeToFirstTokenSeconds;
  if (seconds !== undefined) return seconds;
  throw new Unusable(
    `nobody said what ${fullName(record)} promises. Allowed: --slo SECONDS. Fix: give it, or give the service a sizing.`,
  );
}

function settleOf(requests: RequestStream, own: number | undefined): number {
  const seconds = (requests.arrivalMs.at(-1) ?? 0) / 1000;
  if (own === undefined) return Math.min(SETTLE_SECONDS, Math.floor(SETTLE_SHARE * seconds));
  if (own < seconds) return own;
  throw new Unusable(
    `--settle ${own}: the last request comes at ${seconds} s, so that none is judged. Allowed: less than that. Fix: correct it, or play more of the trace.`,
  );
}

function play(values: Values, positionals: readonly string[], terminal: Terminal): readonly [Simulated, Draw] {
  const { objectiveSeconds, serviceTimeFactor, coldStartFactor, settleSeconds, ...part } = numbersOf(values);
  const server = profileNamed(values.profile);
  const services = servicesOf(values, positionals, terminal);
  const record = serviceIn(services);
  const policy = policyIn(services, record);
  const promised = promisedSeconds(record, objectiveSeconds);
  terminal.progress?.(`reading ${values.trace ?? ''}`);
  const trace = traceIn(values.trace, terminal);
  const requests = requestsIn(trace, part);
  const discardSeconds = settleOf(requests, settleSeconds);
  const seconds = (requests.arrivalMs.at(-1) ?? 0) / 1000;
  terminal.progress?.(`playing ${requests.arrivalMs.length} requests of ${Math.ceil(seconds)} s`);
  const { minNodes, maxNodes, replicasPerNode } = record.pool;
  const { seed = 1 } = part;
  const run = simulate({
    requests,
    policy,
    server,
    serviceTimeFactor,
    start: startOf(record, coldStartFactor),
    pool: { minNodes, maxNodes, replicasPerNode },
    discardSeconds,
    seed,
    drainSeconds: record.drainSeconds,
    ...(values.svg !== undefined && { timelineSeconds: timelineStep(seconds) }),
  });
  const simulated: Simulated = {
    record,
    policy,
    trace: {
      source: trace.source,
      form: trace.form,
      scale: part.scale ?? 1,
      fromSeconds: part.fromSeconds ?? 0,
      toSeconds: Math.min(part.toSeconds ?? trace.durationSeconds, trace.durationSeconds),
      seed,
      requests: requests.arrivalMs.length,
    },
    server: { profile: values.profile, ...server, serviceTimeFactor },
    coldStartFactor,
    objectiveSeconds: promised,
    discardSeconds,
    judgedSeconds: run.durationSeconds - discardSeconds,
    verdict: judge(run, promised),
  };
  const title = `${fullName(record)}: ${record.model}`;
  const subtitle = `simulated, ${basename(trace.source).replace(/\.csv(\.gz)?$/, '')}${part.scale === undefined ? '' : ` x ${part.scale}`}`;
  return [simulated, () => timelineSvg(timelineOf(run, { title, subtitle, objectiveSeconds: promised }))];
}

type Draw = () => Promise<string>;

function asJson({ record, server, verdict, ...rest }: Simulated) {
  const { service, namespace, deployment, model, gpusPerReplica, sizing } = record;
  const { profile, name, serviceTimeFactor } = server;
  return {
    service,
    namespace,
    deployment,
    model,
    gpusPerReplica,
    server: { profile, name, serviceTimeFactor },
    ...rest,
    verdict,
    planned: sizing && { objective: sizing.objective, ...sizing.prediction },
  };
}

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    terminal.out(SIMULATE_HELP);
    return EXIT.clean;
  }
  const [simulated, draw] = play(values, positionals, terminal);
  if (values.svg !== undefined) {
    terminal.progress?.(`drawing ${values.svg}`);
    const picture = await draw();
    try {
      writeFileSync(values.svg, picture);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Unusable(`--svg ${values.svg} cannot be written (${code}). Fix: name a file in a folder that exists.`);
    }
  }
  terminal.progress?.('');
  terminal.out(values.json ? jsonOf(asJson(simulated)) : simulationText(simulated));
  return EXIT.clean;
}

/** Runs the command. */
export async function simulateCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await run(args, terminal);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    terminal.progress?.('');
    terminal.err(`warmpath simulate: ${error.message}`);
    return EXIT.unusable;
  }
}
