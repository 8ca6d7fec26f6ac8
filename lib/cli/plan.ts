/** `warmpath plan`: what the services of an environment promise, how long they take to grow, and what they cost. */
import { parseArgs } from 'node:util';
import { machinePrice, type PriceOverrides } from '../domain/cost';
import { DEFAULT_BEHAVIOUR, type ScalingBehaviour } from '../domain/hpa-behaviour';
import type { PlanRecord } from '../domain/plan-record';
import { planStatement } from '../domain/plan-statement';
import { policyOf } from '../sim/policy-of-manifests';
import { timeToReplicas } from '../sim/time-to-replicas';
import { EXIT } from './exit';
import { jsonOf, type Terminal, Unusable } from './input';
import { planText, type ServiceStatement } from './plan-text';
import { PLACE_OPTIONS, type Services, servicesOf } from './services';

export const PLAN_HELP = `warmpath plan --env NAME | FILE|FOLDER|- ...

Says of every service of an environment how long a cold start takes, what always serves, what waits, where it ends, how
long it takes until there are more replicas, what share of requests is answered in time, and what all of this costs. It
reads the manifests that synthesis wrote, and nothing else.

  --env NAME               the environment of this name, below --manifests
  --manifests FOLDER       where npm run synth writes (default: manifests)
  --service NAME           this service only: NAME or NAMESPACE/NAME
  --price MACHINE=DOLLARS  your own price of a machine hour, in US dollars; may be repeated (default: dated list prices)
  --json                   machine-readable statement instead of text

Exit code: 0 said, 2 wrong arguments, unreadable input or a failure of the program itself.
`;

const OPTIONS = {
  ...PLACE_OPTIONS,
  price: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Unusable(`${(error as Error).message}. Fix: see warmpath plan --help.`);
  }
}

function pricesIn(entries: readonly string[], records: readonly PlanRecord[]): PriceOverrides {
  const machines = new Set(records.map(({ pool }) => pool.machineType));
  return Object.fromEntries(
    entries.map((entry) => {
      const [, machine = '', dollars = ''] = /^([^=]+)=(\d+(?:\.\d+)?)$/.exec(entry) ?? [];
      if (machine === '') {
        throw new Unusable(
          `--price ${entry} is no price. Allowed: MACHINE=DOLLARS, 0 or more. Fix: --price ${[...machines][0]}=4.25, for example.`,
        );
      }
      if (!machines.has(machine)) {
        throw new Unusable(
          `--price ${entry}: no service runs on ${machine}. Allowed: ${[...machines].join(', ')}. Fix: correct the machine.`,
        );
      }
      return [machine, Number(dollars)];
    }),
  );
}

/** What stands in the manifests, and where that is not what was planned. */
function applied(
  record: PlanRecord,
  manifests: Services['manifests'],
): { readonly behaviour: ScalingBehaviour; readonly differences: readonly string[] } {
  const { deployment, namespace, minReplicas, maxReplicas, sizing, coldStart } = record;
  const countsOnImage = coldStart.image.p95Seconds > 0 && !planStatement(record, undefined).imageIsPulled;
  try {
    const policy = policyOf(manifests, { namespace, deployment });
    const bounds = `${policy.minReplicas} to ${policy.maxReplicas} replicas stand in the manifests, and ${minReplicas} to ${maxReplicas} were planned`;
    const same = policy.minReplicas === minReplicas && policy.maxReplicas === maxReplicas;
    const warmNodes = sizing?.warmNodes ?? 0;
    return {
      behaviour: policy.behaviour,
      differences: [
        ...(same ? [] : [bounds]),
        ...(sizing !== undefined && policy.triggers.length === 0 && minReplicas < maxReplicas
          ? ['nothing in the manifests scales it']
          : []),
        ...(policy.placeholders < warmNodes
          ? [`${policy.placeholders} placeholders of its shape stand in the manifests, and ${warmNodes} were planned`]
          : []),
        ...(countsOnImage && !policy.imagePrefetched
          ? ['nothing in the manifests brings its image to the nodes, and the plan counts on that']
          : []),
      ],
    };
  } catch (error) {
    return { behaviour: DEFAULT_BEHAVIOUR, differences: [(error as Error).message] };
  }
}

function statementOf(record: PlanRecord, manifests: Services['manifests'], prices: PriceOverrides): ServiceStatement {
  const { pool, sizing, minReplicas, maxReplicas } = record;
  const found = machinePrice(pool.machineType, pool.region, prices);
  const own = Object.hasOwn(prices, pool.machineType);
  const price = found && (own ? { ...found, source: '--price' } : found);
  const { behaviour, differences } = applied(record, manifests);
  return {
    record,
    price,
    statement: planStatement(record, price),
    timeToReplicas:
      sizing &&
      timeToReplicas({
        minReplicas,
        maxReplicas,
        warmNodes: sizing.warmNodes,
        behaviour,
        reaction: sizing.reaction,
      }),
    differences,
  };
}

function asJson({ record, price, statement, timeToReplicas, differences }: ServiceStatement) {
  const { floor, mean, ceiling, poolFloorDollarsPerHour, ...starts } = statement;
  return {
    ...record,
    ...starts,
    timeToReplicas,
    cost: { price: price ?? null, floor, mean, ceiling, poolFloorDollarsPerHour },
    differences,
  };
}

function run(args: readonly string[], terminal: Terminal): number {
  const { values, positionals } = parse(args);
  if (values.help) {
    terminal.out(PLAN_HELP);
    return EXIT.clean;
  }
  const { manifests, records } = servicesOf(values, positionals, terminal);
  const prices = pricesIn(values.price ?? [], records);
  const statements = records.map((record) => statementOf(record, manifests, prices));
  terminal.progress?.('');
  terminal.out(values.json ? jsonOf({ services: statements.map(asJson) }) : statements.map(planText).join('\n\n'));
  return EXIT.clean;
}

/** Runs the command. */
export function plan(args: readonly string[], terminal: Terminal): number {
  try {
    return run(args, terminal);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    terminal.progress?.('');
    terminal.err(`warmpath plan: ${error.message}`);
    return EXIT.unusable;
  }
}
