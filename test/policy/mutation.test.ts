/** Breaks one thing in clusters that are right, in every way and at every place, and asks which rules notice. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleId } from '../../lib/domain';
import { checkManifests, type Manifest, readManifests } from '../../lib/policy';
import type { Json } from '../../lib/policy/json';
import { ENVIRONMENTS } from '../../stacks/environments';
import { buildEnvironment } from '../../stacks/inference';
import { policyPools } from '../../stacks/synthesise';
import { edited } from './mutation/edits';
import { type Cluster, KINDS, type Kind, type Mistake } from './mutation/kinds';

const objectsOf = (yaml: string) => readManifests(yaml, 'all.yaml').manifests.map(({ object }) => object);

const CLUSTERS: readonly Cluster[] = [
  ...ENVIRONMENTS.map((environment) => {
    const tree = buildEnvironment(environment);
    return { name: environment.name, objects: objectsOf(tree.app.synthYaml()), pools: policyPools(tree) };
  }),
  {
    name: 'others',
    objects: objectsOf(readFileSync(join(__dirname, 'mutation/others.yaml'), 'utf8')),
    pools: [],
  },
];

/** How often each rule fires; warnings count too. */
function firedIn({ pools }: Cluster, objects: readonly Json[]): ReadonlyMap<RuleId, number> {
  const manifests = objects.map((object, index): Manifest => ({ file: 'all.yaml', index, object }));
  const fired = new Map<RuleId, number>();
  for (const { rule } of checkManifests(manifests, { pools: pools.length === 0 ? undefined : pools }).findings) {
    fired.set(rule, (fired.get(rule) ?? 0) + 1);
  }
  return fired;
}

const BASELINES = new Map(CLUSTERS.map((cluster) => [cluster, firedIn(cluster, cluster.objects)]));

/** Rules that fire more often after a mistake than before. */
function noticing(cluster: Cluster, mistake: Mistake): readonly RuleId[] {
  const before = BASELINES.get(cluster);
  return [...firedIn(cluster, edited(cluster.objects, mistake))]
    .filter(([rule, times]) => times > (before?.get(rule) ?? 0))
    .map(([rule]) => rule);
}

interface Outcome {
  readonly kind: Kind;
  readonly cluster: Cluster;
  readonly mistake: Mistake;
  readonly noticed: readonly RuleId[];
}

/** Places of one kind in one cluster that are tried: many are the same object in another namespace. */
const PLACES = 4;

/** The first and the last, and some between them. */
function spread<T>(all: readonly T[]): readonly T[] {
  if (all.length <= PLACES) return all;
  return Array.from({ length: PLACES }, (_, index) => all[Math.round((index * (all.length - 1)) / (PLACES - 1))] as T);
}

const OUTCOMES: readonly Outcome[] = KINDS.flatMap((kind) =>
  CLUSTERS.flatMap((cluster) =>
    spread(kind.sites(cluster)).map((mistake) => ({ kind, cluster, mistake, noticed: noticing(cluster, mistake) })),
  ),
);

const isDetected = ({ kind, noticed }: Outcome) => noticed.some((rule) => kind.right.includes(rule));

const shown = ({ kind, cluster, mistake, noticed }: Outcome) =>
  `${kind.name}: ${cluster.name} ${mistake.map(({ index, path }) => `${cluster.objects[index]?.kind} ${path.join('.')}`).join(' + ')} -> ${noticed.join(', ')}`;

describe('rules over clusters that are right', () => {
  test.each(CLUSTERS)('raise no false alarm: $name', (cluster) => {
    // An image whose digest no public source names is said, not refused.
    expect([...firedIn(cluster, cluster.objects).keys()].filter((rule) => rule !== 'WP-IMG-003')).toEqual([]);
  });
});

describe('one mistake', () => {
  test('of more than forty kinds is made at hundreds of places, of each kind at one at least', () => {
    expect(KINDS.length).toBeGreaterThanOrEqual(40);
    expect(OUTCOMES.length).toBeGreaterThan(500);
    const made = new Set(OUTCOMES.map(({ kind }) => kind));
    expect(KINDS.filter((kind) => !made.has(kind)).map(({ name }) => name)).toEqual([]);
  });

  test.each(KINDS)('is noticed by the right rule: $name', (kind) => {
    const outcomes = OUTCOMES.filter((outcome) => outcome.kind === kind);
    expect(outcomes.filter((outcome) => !isDetected(outcome)).map(shown)).toEqual([]);
  });

  test.each(KINDS)('is noticed by related rules only: $name', (kind) => {
    const allowed = [...kind.right, ...(kind.related ?? [])];
    const strangers = OUTCOMES.filter((outcome) => outcome.kind === kind).flatMap((outcome) =>
      outcome.noticed.filter((rule) => !allowed.includes(rule)).map((rule) => `${rule}: ${shown(outcome)}`),
    );
    expect(strangers).toEqual([]);
  });

  test('is noticed in 95 of 100 cases and more', () => {
    expect(OUTCOMES.filter(isDetected).length / OUTCOMES.length).toBeGreaterThanOrEqual(0.95);
  });
});
