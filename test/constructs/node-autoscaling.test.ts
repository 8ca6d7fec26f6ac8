import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { parse } from 'yaml';
import { type GpuNodePoolSpec, NodeAutoscaling, type NodeAutoscalingProps, warningsOf } from '../../lib';
import { type KubernetesObject, newChart, platform, pool, synth } from '../support/synth';

const karpenter = platform({ nodeAutoscaler: 'karpenter' });
const grows = (more: Partial<GpuNodePoolSpec> = {}) => pool({ platform: karpenter, minNodes: 0, ...more });

function draw(props: Partial<NodeAutoscalingProps> = {}) {
  const chart = newChart();
  new NodeAutoscaling(chart, 'node-autoscaling', { pools: [grows()], ...props });
  return { chart, objects: synth(chart).objects };
}

interface Schema {
  readonly type?: string;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What the schema of a kind objects to; the rules in CEL are for an API server. */
function objections(value: unknown, schema: Schema, path = 'spec'): readonly string[] {
  if (schema.enum && !schema.enum.includes(value)) return [`${path}: ${value} is no choice`];
  // On a list, as Karpenter has one, a pattern says nothing.
  if (schema.pattern && !Array.isArray(value) && !new RegExp(schema.pattern).test(String(value)))
    return [`${path}: ${value} has another form`];
  if (schema.minimum !== undefined && Number(value) < schema.minimum) return [`${path}: ${value} is too little`];
  if (schema.maximum !== undefined && Number(value) > schema.maximum) return [`${path}: ${value} is too much`];
  const { items, properties, additionalProperties, required = [] } = schema;
  if (items && Array.isArray(value)) return value.flatMap((one, i) => objections(one, items, `${path}[${i}]`));
  if (properties === undefined && additionalProperties === undefined) {
    const type = Number.isInteger(value) ? 'integer' : typeof value;
    return schema.type === undefined || schema.type === type ? [] : [`${path}: ${type} instead of ${schema.type}`];
  }
  const given = value as Readonly<Record<string, unknown>>;
  return [
    ...required.filter((name) => !(name in given)).map((name) => `${path}.${name} is missing`),
    ...Object.entries(given).flatMap(([name, one]) => {
      const known = properties?.[name] ?? additionalProperties;
      return known === undefined ? [`${path}.${name} is not known`] : objections(one, known, `${path}.${name}`);
    }),
  ];
}

function schemaOf({ apiVersion, kind }: KubernetesObject): Schema {
  const file = kind === 'NodePool' ? 'nodepools.karpenter.sh' : 'aksnodeclasses.karpenter.azure.com';
  const { spec } = parse(readFileSync(join(__dirname, `../../imports/crds/${file}.yaml`), 'utf8'));
  const version = spec.versions.find(({ name }: { name: string }) => `${spec.group}/${name}` === apiVersion);
  return version.schema.openAPIV3Schema.properties.spec;
}

describe('a pool of Karpenter', () => {
  const { objects } = draw({ coldStart: Duration.minutes(15) });
  const [aksNodeClass, nodePool] = objects;

  test('is one NodePool, and what AKS has to know of its nodes', () => {
    expect(objects.map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace])).toEqual([
      ['AKSNodeClass', 'a100', undefined],
      ['NodePool', 'a100', undefined],
    ]);
    expect(aksNodeClass?.apiVersion).toBe('karpenter.azure.com/v1beta1');
    expect(aksNodeClass?.spec).toEqual({ osDiskSizeGB: grows().diskGiB });
  });

  test('states every field of its nodes', () => {
    expect(nodePool?.apiVersion).toBe('karpenter.sh/v1');
    expect(nodePool?.metadata.labels).toMatchObject({ 'warmpath.dev/team': 'chat' });
    expect(nodePool?.spec).toEqual({
      template: {
        metadata: { labels: grows().labels },
        spec: {
          nodeClassRef: { group: 'karpenter.azure.com', kind: 'AKSNodeClass', name: 'a100' },
          requirements: [
            { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['Standard_NC24ads_A100_v4'] },
            { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
            { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
          ],
          taints: grows().taints,
          expireAfter: 'Never',
        },
      },
      limits: { nodes: '4', 'nvidia.com/gpu': '4' },
      disruption: {
        consolidationPolicy: 'WhenEmpty',
        consolidateAfter: '900s',
        budgets: [{ nodes: '1', reasons: ['Drifted', 'Underutilized'] }],
      },
    });
  });

  test.each([
    ['that grows', {}],
    ['on spot nodes of two zones', { spot: true, zones: ['1', '2'] }],
    ['of a fixed size', { minNodes: 4 }],
    ["with NVIDIA's operator", { platform: platform({ nodeAutoscaler: 'karpenter', gpuStack: 'gpu-operator' }) }],
  ] satisfies [string, Partial<GpuNodePoolSpec>][])('%s has the form of the schemas', (_, more) => {
    const drawn = draw({ pools: [grows(more)] }).objects;
    expect(drawn).toHaveLength(2);
    for (const object of drawn) expect(objections(object.spec, schemaOf(object))).toEqual([]);
  });

  test('of a fixed size has the nodes of its plan', () => {
    const [, fixed] = draw({ pools: [grows({ minNodes: 4 })] }).objects;
    expect(fixed?.spec).toMatchObject({
      replicas: 4,
      limits: { nodes: '4' },
      disruption: { consolidateAfter: 'Never' },
    });
  });

  test('draws no node class where somebody else writes one', () => {
    const nodeClass = { group: 'karpenter.azure.com', kind: 'AKSNodeClass', name: 'shared' };
    const { objects: drawn } = draw({ nodeClass });
    expect(drawn.map(({ kind }) => kind)).toEqual(['NodePool']);
    expect(drawn[0]?.spec).toMatchObject({ template: { spec: { nodeClassRef: nodeClass } } });
  });

  test('warns of a minimum, and draws the pool', () => {
    const { chart, objects: drawn } = draw({ pools: [grows({ minNodes: 2 })] });
    expect(warningsOf(chart).map(({ problem }) => problem.rule)).toEqual(['WP-POOL-025']);
    expect(drawn).toHaveLength(2);
  });
});

test('pools that the cloud makes are passed over', () => {
  const system = grows({ name: 'system', purpose: 'system', machine: 'Standard_D8s_v5', minNodes: 3 });
  expect(draw({ pools: [pool(), system] }).objects).toEqual([]);
});
