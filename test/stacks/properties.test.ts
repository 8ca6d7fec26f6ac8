/** Whatever valid input somebody gives, the output keeps these promises. */
import { ApiObject, Duration } from 'cdk8s';
import fc from 'fast-check';
import {
  type CatalogueModelId,
  draftGpuNodePool,
  draftServing,
  errorsOf,
  type GpuNodePoolPlan,
  GpuProfile,
  MODEL_CATALOGUE,
  type PlatformSpec,
  planPlatform,
  type RuntimeKind,
} from '../../lib';
import { checkManifests } from '../../lib/policy';
import type { Environment, EnvironmentPool, EnvironmentService, EnvironmentTraining } from '../../stacks/environment';
import { buildEnvironment, type EnvironmentTree } from '../../stacks/inference';
import { policyPools } from '../../stacks/synthesise';
import {
  DIGEST,
  handMade,
  type Kinds,
  type KubernetesObject,
  type ObjectOf,
  OWNERSHIP,
  parseObjects,
  quantity,
  SOURCES,
} from '../support/synth';

/** A machine, a model and a server that go together: tried once, so that no run is spent on what is refused. */
interface Match {
  readonly machine: string;
  readonly catalogue: CatalogueModelId;
  readonly kind: RuntimeKind;
}

const KINDS = ['vllm', 'triton', 'sglang'] as const;
const DISK_GIB = 1024;
const runtime = (kind: RuntimeKind) => ({ kind, runAsUser: kind === 'sglang' ? 1000 : undefined });
const hubToken = { secretName: 'hugging-face', key: 'token' };

function matchesOn(spec: PlatformSpec): readonly Match[] {
  const platform = planPlatform(spec);
  const pools = GpuProfile.all(spec.cloud).flatMap(({ machineType: machine }) => {
    const draft = draftGpuNodePool({
      name: 'pool',
      purpose: 'inference',
      platform,
      machine,
      minNodes: 1,
      maxNodes: 1,
      diskGiB: DISK_GIB,
      ownership: OWNERSHIP,
    });
    return errorsOf(draft.problems).length === 0 && draft.value ? [draft.value] : [];
  });
  const models = Object.keys(MODEL_CATALOGUE) as CatalogueModelId[];
  const goes = (pool: GpuNodePoolPlan, catalogue: CatalogueModelId, kind: RuntimeKind) =>
    errorsOf(
      draftServing({
        name: 'chat',
        namespace: 'chat',
        ownership: OWNERSHIP,
        pool,
        model: { catalogue },
        runtime: runtime(kind),
        hubToken,
        secrets: handMade('hugging-face'),
      }).problems,
    ).length === 0;
  return pools.flatMap((pool) =>
    models.flatMap((catalogue) =>
      KINDS.filter((kind) => goes(pool, catalogue, kind)).map((kind) => ({
        machine: pool.profile.machineType,
        catalogue,
        kind,
      })),
    ),
  );
}

const PLATFORMS: readonly PlatformSpec[] = [
  { cloud: 'aks', kubernetes: '1.28', region: 'westeurope' },
  { cloud: 'aks', kubernetes: '1.35', region: 'eastus' },
  { cloud: 'aks', kubernetes: '1.36', region: 'westeurope', gpuStack: 'managed' },
  { cloud: 'aks', kubernetes: '1.36', region: 'nowhere', gpuStack: 'gpu-operator' },
  { cloud: 'iks', kubernetes: '1.35', region: 'us-south' },
  { cloud: 'iks', kubernetes: '1.36', region: 'eu-de' },
];
const MATCHES = new Map(PLATFORMS.map((platform) => [platform, matchesOn(platform)]));

const lower = 'abcdefghijklmnopqrstuvwxyz0123456789';
const between = (alphabet: string, max: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: 0, maxLength: max });

/** Names of workloads up to the longest one, of 45 characters. */
const nameAfter = (prefix: string) =>
  fc
    .tuple(fc.constantFrom(...lower.slice(0, 26)), between(`${lower}-`, 43 - prefix.length), fc.constantFrom(...lower))
    .map((parts) => prefix + parts.join(''));
const name = nameAfter('');
const labelValue = fc
  .tuple(fc.constantFrom(...`${lower}XYZ`), between(`${lower}XYZ-_.`, 61), fc.constantFrom(...lower))
  .map((parts) => parts.join(''));
const ownership = fc.record({ owner: labelValue, team: labelValue, costCentre: labelValue });
// Prefixes keep workloads out of the namespaces of the cluster and of those who call them.
const namespace = nameAfter('ns-');
const peer = (prefix: string) => fc.record({ namespace: nameAfter(prefix) });
const seconds = (min: number, max: number) => fc.integer({ min, max }).map((amount) => Duration.seconds(amount));
const egress = fc.array(
  fc.oneof(
    fc.record({ cidr: fc.ipV4().map((address) => `${address}/32`) }),
    fc.record({
      pods: peer('to-'),
      ports: fc.array(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 3 }),
    }),
  ),
  { maxLength: 3 },
);
const measurement = fc
  .tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }))
  .map(([p50Seconds, more]) => ({ p50Seconds, p95Seconds: p50Seconds + more }));

interface Placed {
  readonly match: Match;
  readonly service: Omit<EnvironmentService, 'pool' | 'model' | 'runtime'> & { readonly replicas: number };
}

const placed = (matches: readonly Match[]): fc.Arbitrary<Placed> =>
  fc.record({
    match: fc.constantFrom(...matches),
    service: fc.record(
      {
        namespace,
        replicas: fc.integer({ min: 3, max: 9 }),
        hubToken: fc.constant(hubToken),
        drain: seconds(1, 500),
        disruption: fc.oneof(
          fc.record({ minAvailable: fc.integer({ min: 1, max: 2 }) }),
          fc.record({ allowOutageReason: fc.constant('nobody waits') }),
        ),
        coldStart: fc.record({ weights: measurement, load: measurement, warmup: measurement }, { requiredKeys: [] }),
        priority: fc.constantFrom('inference', 'canary'),
        egress,
        gateway: peer('gw-'),
        ownership,
      },
      { requiredKeys: ['namespace', 'replicas', 'hubToken'] },
    ),
  });

const training: fc.Arbitrary<Omit<EnvironmentTraining, 'pool'>> = fc.record(
  {
    namespace,
    image: fc.constantFrom('trainer:1.4.2', `registry.example.com/team/trainer:1.4.2@${DIGEST}`),
    command: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
    activeDeadline: seconds(1, 1_000_000),
    checkpoints: fc.record({ sizeGiB: fc.integer({ min: 1, max: 4096 }), storageClassName: name }),
    egress,
  },
  { requiredKeys: ['namespace', 'image', 'command', 'activeDeadline'] },
);

/** One source for all, because services may share a namespace; key vaults are AKS's. */
const sourcesOn = ({ cloud }: PlatformSpec) => {
  const { azureCsi, ...anywhere } = SOURCES;
  return fc.constantFrom(...Object.values(cloud === 'aks' ? SOURCES : anywhere));
};

/** One pool for each service, just large enough or with nodes to spare; training borrows the first. */
const environment: fc.Arbitrary<Environment> = fc.constantFrom(...PLATFORMS).chain((platform) => {
  const matches = MATCHES.get(platform) ?? [];
  return fc
    .record({
      ownership,
      source: sourcesOn(platform),
      services: fc.dictionary(name, placed(matches), { minKeys: 1, maxKeys: 3 }),
      spare: fc.integer({ min: 0, max: 2 }),
      spot: fc.boolean(),
      jobs: fc.dictionary(nameAfter('job-'), training, { maxKeys: 1 }),
      gateway: peer('gw-'),
      scraper: peer('mon-'),
    })
    .map(({ services, spare, spot, jobs, source, ...rest }): Environment => {
      const entries = Object.entries(services);
      const pools = entries.map(([, { match, service }], index): [string, EnvironmentPool] => [
        `pool${index}`,
        {
          purpose: 'inference',
          machine: match.machine,
          // Managed GPU nodes are not autoscaled.
          minNodes: platform.gpuStack === 'managed' ? service.replicas + spare : 0,
          maxNodes: service.replicas + spare,
          diskGiB: DISK_GIB,
          spot: spot && platform.cloud === 'aks',
        },
      ]);
      return {
        ...rest,
        name: 'any',
        platform,
        pools: Object.fromEntries(pools),
        services: Object.fromEntries(
          entries.map(([key, { match, service }], index) => [
            key,
            {
              ...service,
              secrets: { 'hugging-face': source },
              pool: `pool${index}`,
              model: { catalogue: match.catalogue },
              runtime: runtime(match.kind),
            },
          ]),
        ),
        training: Object.fromEntries(Object.entries(jobs).map(([key, job]) => [key, { ...job, pool: 'pool0' }])),
      };
    });
});

/** The YAML; a refusal is a failure of the arbitrary, and cdk8s' error says which. */
const textOf = ({ app }: EnvironmentTree) => app.synthYaml();

const BOUNDED = { numRuns: 20 };

function forAnyEnvironment(check: (objects: readonly KubernetesObject[], tree: EnvironmentTree) => void) {
  fc.assert(
    fc.property(environment, (input) => {
      const tree = buildEnvironment(input);
      check(parseObjects(textOf(tree)), tree);
    }),
    BOUNDED,
  );
}

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

const WITH_PODS = ['Deployment', 'Job', 'DaemonSet'] as const satisfies readonly (keyof Kinds)[];

function podsOf(objects: readonly KubernetesObject[]) {
  return objects
    .filter(({ kind }) => WITH_PODS.some((one) => one === kind))
    .map((object) => (object as unknown as ObjectOf<'Deployment'>).spec.template);
}

describe('any valid environment', () => {
  test('can be made from many machines and models', () => {
    for (const [, matches] of MATCHES) expect(matches.length).toBeGreaterThan(20);
  });

  test('keeps every rule over manifests on its own pools', () => {
    forAnyEnvironment((objects, tree) => {
      const manifests = objects.map((object, index) => ({ file: 'all', index, object }));
      const { findings } = checkManifests(manifests, { pools: policyPools(tree) });
      // A tag without digest is what the table of images knows.
      expect(findings.filter(({ rule }) => rule !== 'WP-IMG-003')).toEqual([]);
    });
  });

  test('loses no object', () => {
    forAnyEnvironment((objects, { app }) => {
      const constructed = app.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
      expect(objects).toHaveLength(constructed.length);
    });
  });

  test('names objects in at most 63 characters and labels them legally', () => {
    forAnyEnvironment((objects) => {
      const tooLong = objects.map(({ metadata }) => metadata.name).filter((text) => !NAME.test(text));
      const labels = [...objects, ...podsOf(objects)].flatMap(({ metadata }) => Object.entries(metadata.labels ?? {}));
      const illegal = labels.filter(
        ([key, value]) => (key.split('/').at(-1) ?? '').length > 63 || value.length > 63 || !LABEL_VALUE.test(value),
      );
      expect({ tooLong, illegal }).toEqual({ tooLong: [], illegal: [] });
    });
  });

  test('requests no more than it limits, and GPUs exactly', () => {
    forAnyEnvironment((objects) => {
      for (const { spec } of podsOf(objects)) {
        for (const { resources } of spec.containers) {
          for (const [resource, limit] of Object.entries(resources.limits ?? {})) {
            expect(quantity(resources.requests[resource])).toBeLessThanOrEqual(quantity(limit));
            expect(quantity(limit)).toBeGreaterThan(0);
            if (resource.endsWith('/gpu')) expect(resources.requests[resource]).toBe(limit);
          }
        }
      }
    });
  });

  test('mounts volumes that exist, once each, and sets no variable twice', () => {
    forAnyEnvironment((objects) => {
      for (const { spec } of podsOf(objects)) {
        const volumes = spec.volumes.map((volume) => volume.name);
        expect(new Set(volumes).size).toBe(volumes.length);
        for (const { volumeMounts, env = [] } of spec.containers) {
          expect(volumes).toEqual(expect.arrayContaining(volumeMounts.map((mount) => mount.name)));
          const paths = volumeMounts.map(({ mountPath }) => mountPath);
          expect(new Set(paths).size).toBe(paths.length);
          const variables = env.map((variable) => variable.name);
          expect(new Set(variables).size).toBe(variables.length);
        }
      }
    });
  });

  test('gives a starting pod longer than its p95 and an ending one longer than its drain', () => {
    forAnyEnvironment((_, { services }) => {
      for (const { plan } of services) {
        if (plan === undefined) throw new Error('not planned');
        const { timers, coldStart, drain, runtime: server } = plan;
        const patience = timers.startupProbe.periodSeconds * timers.startupProbe.failureThreshold;
        expect(patience).toBeGreaterThan(coldStart.containerP95Seconds);
        expect(timers.progressDeadlineSeconds).toBeGreaterThan(coldStart.p95Seconds);
        expect(timers.progressDeadlineSeconds).toBeGreaterThan(patience);
        expect(drain.terminationGracePeriodSeconds).toBeGreaterThan(
          drain.preStopSeconds + drain.drainSeconds + server.teardownSeconds,
        );
      }
    });
  });

  test('is the same bytes when it is built again', () => {
    fc.assert(
      fc.property(environment, (input) => {
        expect(textOf(buildEnvironment(input))).toBe(textOf(buildEnvironment(input)));
      }),
      BOUNDED,
    );
  });
});
