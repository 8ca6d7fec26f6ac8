/** Rules read what anybody wrote: nothing makes them stumble. */
import * as fc from 'fast-check';
import { checkManifests, type Json, POLICY_RULES } from '../../lib/policy';
import { ENVIRONMENTS } from '../../stacks/environments';
import { buildEnvironment } from '../../stacks/inference';
import { policyPools } from '../../stacks/synthesise';
import { gpuPool, SYSTEM_POOL } from '../support/manifests';

const POOLS = [gpuPool('a100'), SYSTEM_POOL];

/** Objects as they are written, each with its path of steps to everything inside. */
const VALID: readonly Json[] = ENVIRONMENTS.flatMap((environment) => {
  const { app } = buildEnvironment(environment);
  return app.charts.flatMap((chart) => chart.toJson() as Json[]);
});

type Step = string | number;

function placesIn(value: unknown, path: readonly Step[] = []): readonly (readonly Step[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, item]) =>
    placesIn(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return [path, ...inner];
}

function replaced(value: unknown, [step, ...rest]: readonly Step[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? replaced(item, rest, by) : item));
  return { ...(value as Json), [step]: replaced((value as Json)[step], rest, by) };
}

const PLACES = VALID.map((object) => placesIn(object).slice(1));

describe('any manifest', () => {
  test('is judged, whatever stands in place of whatever', () => {
    const odd = fc.oneof(
      fc.constantFrom(null, '', 0, -1, 1e308, true, [], {}, [null], [[]], { a: null }, 'x'.repeat(300), '\u0000'),
      fc.jsonValue(),
    );
    const slip = fc
      .nat({ max: VALID.length - 1 })
      .chain((index) => fc.tuple(fc.constant(index), fc.constantFrom(...(PLACES[index] ?? [])), odd));
    fc.assert(
      fc.property(slip, ([index, path, by]) => {
        const objects = VALID.map((object, position) => (position === index ? replaced(object, path, by) : object));
        const manifests = objects.map((object, position) => ({
          file: 'all.yaml',
          index: position,
          object: object as Json,
        }));
        const { tallies } = checkManifests(manifests, { pools: POOLS });
        expect(tallies).toHaveLength(POLICY_RULES.length);
      }),
      { numRuns: 150 },
    );
  });

  test('may be anything at all', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('apiVersion', 'kind', 'metadata', 'spec'), fc.jsonValue()),
        (object) => {
          expect(checkManifests([{ file: 'a', index: 0, object }], { pools: POOLS }).objects).toBe(1);
        },
      ),
    );
  });
});

describe('the rules', () => {
  const ids = POLICY_RULES.map(({ id }) => id);

  test('stand in the order of their ids, each once', () => {
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  test('find nothing wrong with the environments, on their own pools', () => {
    for (const environment of ENVIRONMENTS) {
      const tree = buildEnvironment(environment);
      const objects = tree.app.charts.flatMap((chart) => chart.toJson() as Json[]);
      const manifests = objects.map((object, index) => ({ file: environment.name, index, object }));
      const { findings } = checkManifests(manifests, { pools: policyPools(tree) });
      // No digest of these images has been published.
      expect(findings.filter(({ rule }) => rule !== 'WP-IMG-003')).toEqual([]);
    }
  });
});
