/** Generated cdk8s apps: the same tree for any class of app, and all that its synthesis leaves behind. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiObject,
  type App,
  type AppProps,
  Chart,
  JsonPatch,
  Lazy,
  type ResolutionContext,
  YamlOutputType,
} from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { latePatch } from '../../lib';
import { k8s } from '../../lib/kube/k8s';

/** Of the numbers that stand for constructs. */
const LARGEST = 1000;

/** A class with the interface of cdk8s's `App`. */
export type AppClass = new (props?: AppProps) => App;

type Kind = 'chart' | 'own chart' | 'group' | 'object' | 'generated' | 'counting' | 'failing';

interface Sprout {
  readonly kind: Kind;
  /** Any number; it is taken modulo what there is to grow from. */
  readonly parent: number;
  /** Begins the id, which ends in a number; alone, JavaScript sorts it before all others. */
  readonly prefix: string;
  readonly invalid?: string;
  /** What happens while a value of the object is produced. Numbers are taken modulo the constructs. */
  readonly late?: { readonly what: 'object' | 'dependency'; readonly on: number; readonly to: number };
}

/** Everything about an app, as plain values. */
export interface Tree {
  readonly sprouts: readonly Sprout[];
  /** Who depends on whom, by number of the construct, rarely outside of all charts. */
  readonly dependencies: readonly { readonly source: number; readonly target: number; readonly outside: boolean }[];
  readonly props: Omit<AppProps, 'outdir' | 'resolvers'>;
  readonly resolver: boolean;
}

/** A chart with something to say about its own objects. */
class ReversedChart extends Chart {
  override toJson(): unknown[] {
    return super.toJson().reverse();
  }
}

const UPPER_CASE = {
  resolve(context: ResolutionContext): void {
    if (context.value === 'loud') context.replaceValue('LOUD');
  },
};

function hasChart(construct: Construct): boolean {
  return construct.node.scopes.some((scope) => Chart.isChart(scope));
}

function generated(scope: Construct, id: string): ApiObject {
  const labels = { app: id, tone: 'loud' };
  const deployment = new k8s.KubeDeployment(scope, id, {
    metadata: { labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } },
    },
  });
  deployment.addJsonPatch(JsonPatch.add('/spec/replicas', 2));
  latePatch(deployment, JsonPatch.add('/spec/template/spec/containers/0/newer', { enabled: true }));
  return deployment;
}

/** Grows the tree in an app of the class. */
export function grow(tree: Tree, AppOf: AppClass, outdir: string): App {
  const app = new AppOf({ ...tree.props, outdir, ...(tree.resolver && { resolvers: [UPPER_CASE] }) });
  const all: Construct[] = [app];
  const at = (index: number): Construct => all[index % all.length] ?? app;
  for (const [index, { kind, parent, prefix, invalid, late }] of tree.sprouts.entries()) {
    const scope = at(parent);
    const id = `${prefix}${index}`;
    const object = (produce: () => unknown) =>
      new ApiObject(scope, id, { apiVersion: 'v1', kind: 'Thing', spec: Lazy.any({ produce }) });
    const happen = (): unknown => {
      if (late?.what === 'dependency') at(late.on).node.addDependency(at(late.to));
      const place = at(late?.on ?? 0);
      if (late?.what === 'object' && hasChart(place) && place.node.tryFindChild(`late-${id}`) === undefined) {
        new ApiObject(place, `late-${id}`, { apiVersion: 'v1', kind: 'Late' });
      }
      return { tone: 'loud', text: 'yes' };
    };
    const draw = (): Construct => {
      if (kind === 'chart') return new Chart(scope, id, { namespace: 'somewhere', labels: { chart: id } });
      if (kind === 'own chart') return new ReversedChart(scope, id);
      if (kind === 'group' || !hasChart(scope)) return new Construct(scope, id);
      if (kind === 'generated') return generated(scope, id);
      if (kind === 'counting') return object(() => ({ constructs: app.node.findAll().map(({ node }) => node.path) }));
      if (kind === 'failing') {
        return object(() => {
          throw new Error(`nothing to be had for ${id}`);
        });
      }
      return object(happen);
    };
    const construct = draw();
    if (invalid !== undefined) construct.node.addValidation({ validate: () => [invalid] });
    all.push(construct);
  }
  const inCharts = all.filter(hasChart);
  for (const { source, target, outside } of tree.dependencies) {
    const from = outside ? all : inCharts;
    // Not the remainder: what is later stays later.
    const pick = (number: number) => from[Math.floor((number / (LARGEST + 1)) * from.length)];
    const [one, other] = [pick(source), pick(target)];
    if (one !== undefined && other !== undefined) one.node.addDependency(other);
  }
  return app;
}

/** What a synthesis left behind. */
export interface Outcome {
  readonly error?: string;
  /** Texts by path. */
  readonly files: Readonly<Record<string, string>>;
}

function filesIn(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** Runs something with a folder that is gone afterwards. */
export function outcomeOf(run: (outdir: string) => void): Outcome {
  const outdir = mkdtempSync(join(tmpdir(), 'warmpath-app-'));
  let error: string | undefined;
  try {
    run(outdir);
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  const files = filesIn(outdir);
  rmSync(outdir, { recursive: true, force: true });
  return { error, files };
}

interface TreeOptions {
  /** Constructs that are invalid, values that cannot be produced. */
  readonly faults: boolean;
  /** Objects and dependencies that are added while values are produced. */
  readonly late: boolean;
}

const anyNumber = fc.nat({ max: LARGEST });

const kinds = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Kind>('chart') },
  { weight: 1, arbitrary: fc.constant<Kind>('own chart') },
  { weight: 4, arbitrary: fc.constant<Kind>('group') },
  { weight: 8, arbitrary: fc.constantFrom<Kind[]>('object', 'counting', 'generated') },
);

/** The value in one of so many cases. */
function oneIn<T>(cases: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: cases - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function sproutsOf({ faults, late }: TreeOptions): fc.Arbitrary<Sprout> {
  const what = fc.constantFrom('object' as const, 'dependency' as const);
  return fc.record({
    kind: faults
      ? fc.oneof({ weight: 60, arbitrary: kinds }, { weight: 1, arbitrary: fc.constant<Kind>('failing') })
      : kinds,
    // Most things grow near the root.
    parent: fc.oneof(fc.nat({ max: 3 }), anyNumber),
    prefix: fc.constantFrom('', 'part-', 'x/', 'Resource', 'Ü '),
    invalid: faults ? oneIn(60, fc.constantFrom('bad', 'a\nb')) : fc.constant(undefined),
    late: late ? oneIn(2, fc.record({ what, on: anyNumber, to: anyNumber })) : fc.constant(undefined),
  });
}

const props = fc.record(
  {
    yamlOutputType: fc.constantFrom(
      YamlOutputType.FILE_PER_APP,
      YamlOutputType.FILE_PER_CHART,
      YamlOutputType.FILE_PER_RESOURCE,
      YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
    ),
    outputFileExtension: fc.constantFrom('.yaml', '.k8s.yaml'),
    recordConstructMetadata: fc.boolean(),
  },
  { requiredKeys: [] },
);

const rarely = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);

/** Later constructs mostly depend on earlier ones, or nearly every tree would have a cycle. */
const dependency = fc
  .record({ a: anyNumber, b: anyNumber, backwards: rarely, outside: rarely })
  .map(({ a, b, backwards, outside }) => ({
    source: backwards ? Math.min(a, b) : Math.max(a, b),
    target: backwards ? Math.max(a, b) : Math.min(a, b),
    outside,
  }));

/** Trees of up to 25 constructs. */
export function trees(options: TreeOptions): fc.Arbitrary<Tree> {
  return fc.record({
    sprouts: fc.array(sproutsOf(options), { minLength: 1, maxLength: 24, size: 'max' }),
    dependencies: fc.array(dependency, { maxLength: 4 }),
    props,
    resolver: fc.boolean(),
  });
}
