/** The two traps of cdk8s that late patches are for. When one of them is fixed upstream, a test here says so. */
import { ApiObject, type Chart, JsonPatch } from 'cdk8s';
import { Deployment, k8s } from 'cdk8s-plus-28';
import { latePatch } from '../../lib';
import { checkManifests } from '../../lib/policy';
import { noLostValues } from '../../lib/policy/rules/no-lost-values';
import { newChart, parseObjects, yamlOf } from '../support/synth';

const LIMITS = '/spec/template/spec/containers/0/resources/limits';

function generatedDeployment(chart: Chart): k8s.KubeDeployment {
  const labels = { app: 'chat' };
  return new k8s.KubeDeployment(chart, 'deployment', {
    metadata: { name: 'chat', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'server',
              image: 'server:1',
              resources: { limits: { memory: k8s.Quantity.fromString('1Gi') } },
            },
          ],
          volumes: [],
        },
      },
    },
  });
}

/** The Deployment as the YAML reads, whichever way it was made. */
function written(chart: Chart): { limits: Record<string, unknown>; pod: Record<string, unknown> } {
  const [object] = parseObjects(yamlOf(chart));
  const { spec } = object as unknown as {
    spec: { template: { spec: { containers: [{ resources: { limits: Record<string, unknown> } }] } } };
  };
  const pod = spec.template.spec;
  return { limits: pod.containers[0].resources.limits, pod: pod as unknown as Record<string, unknown> };
}

function problemsOf(chart: Chart) {
  const manifests = parseObjects(yamlOf(chart)).map((object, index) => ({ file: 'chart.k8s.yaml', index, object }));
  return checkManifests(manifests, { rules: [noLostValues] }).findings.map(({ rule, prop, value }) => ({
    rule,
    prop,
    value,
  }));
}

describe('a GPU limit that is patched in', () => {
  const patch = JsonPatch.add(`${LIMITS}/nvidia.com~1gpu`, '2');

  test('becomes null by addJsonPatch on a generated Deployment (a trap of cdk8s)', () => {
    const chart = newChart();
    generatedDeployment(chart).addJsonPatch(patch);
    expect(written(chart).limits).toEqual({ memory: '1Gi', 'nvidia.com/gpu': null });
  });

  test('becomes null by addJsonPatch on a Deployment of cdk8s-plus as well', () => {
    const chart = newChart();
    const deployment = new Deployment(chart, 'deployment', { containers: [{ name: 'server', image: 'server:1' }] });
    ApiObject.of(deployment).addJsonPatch(patch);
    expect(written(chart).limits).toMatchObject({ 'nvidia.com/gpu': null });
  });

  test('is found by the check of the output', () => {
    const chart = newChart();
    generatedDeployment(chart).addJsonPatch(patch);
    expect(problemsOf(chart)).toEqual([
      {
        rule: 'WP-OUT-001',
        prop: "spec.template.spec.containers[0].resources.limits['nvidia.com/gpu']",
        value: null,
      },
    ]);
  });

  test('arrives by a late patch', () => {
    const chart = newChart();
    latePatch(generatedDeployment(chart), patch);
    expect(written(chart).limits).toEqual({ memory: '1Gi', 'nvidia.com/gpu': '2' });
    expect(problemsOf(chart)).toEqual([]);
  });
});

describe('a field that is newer than the generated type', () => {
  const volume = {
    name: 'weights',
    image: { reference: 'registry.example.com/weights:1', pullPolicy: 'IfNotPresent' },
  };
  const patch = JsonPatch.add('/spec/template/spec/volumes/-', volume);

  test('is dropped by addJsonPatch without a word (a trap of cdk8s)', () => {
    const chart = newChart();
    generatedDeployment(chart).addJsonPatch(patch);
    expect(written(chart).pod['volumes']).toEqual([{ name: 'weights' }]);
  });

  test('arrives by a late patch', () => {
    const chart = newChart();
    latePatch(generatedDeployment(chart), patch);
    expect(written(chart).pod['volumes']).toEqual([volume]);
  });

  test('arrives beside an ordinary patch, which is applied first', () => {
    const chart = newChart();
    const deployment = generatedDeployment(chart);
    latePatch(deployment, patch);
    deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/hostname', 'chat'));
    expect(written(chart).pod).toMatchObject({ hostname: 'chat', volumes: [volume] });
  });
});

describe('late patches', () => {
  test('add up in the order of the calls', () => {
    const chart = newChart();
    const deployment = generatedDeployment(chart);
    latePatch(deployment, JsonPatch.add('/spec/paused', true));
    latePatch(deployment, JsonPatch.replace('/spec/paused', false));
    expect(parseObjects(yamlOf(chart))[0]).toMatchObject({ spec: { paused: false } });
  });

  test('are applied afresh at every synthesis', () => {
    const chart = newChart();
    latePatch(generatedDeployment(chart), JsonPatch.add('/spec/template/spec/volumes/-', { name: 'one' }));
    expect(yamlOf(chart)).toBe(yamlOf(chart));
    expect(written(chart).pod['volumes']).toHaveLength(1);
  });

  test('leave the object as it is when there are none', () => {
    const plain = newChart();
    generatedDeployment(plain);
    const patched = newChart();
    latePatch(generatedDeployment(patched));
    expect(yamlOf(patched)).toBe(yamlOf(plain));
  });
});

describe('an instance with a `value`', () => {
  class Percentage {
    constructor(readonly value: number) {}
  }

  function budget(value: unknown): Chart {
    const chart = newChart();
    new ApiObject(chart, 'budget', {
      apiVersion: 'example.com/v1',
      kind: 'Budget',
      metadata: { name: 'chat' },
      spec: { share: value },
    });
    return chart;
  }

  test('becomes a dictionary that holds it (a trap of cdk8s)', () => {
    expect(parseObjects(yamlOf(budget(new Percentage(5))))[0]).toMatchObject({ spec: { share: { value: 5 } } });
  });

  test('is found by the check of the output', () => {
    expect(problemsOf(budget(new Percentage(5)))).toEqual([
      { rule: 'WP-OUT-001', prop: 'spec.share', value: { value: 5 } },
    ]);
  });

  test('is avoided by the plain number', () => {
    expect(problemsOf(budget(5))).toEqual([]);
  });
});
