import { requestsWithinLimits } from '../../../lib/policy/rules/requests-within-limits';
import { workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const container = (requests: string, limits: string, name = 'server') =>
  `{ name: ${name}, resources: { requests: { ${requests} }, limits: { ${limits} } } }`;
const pod = (requests: string, limits: string) => workload(`containers: [${container(requests, limits)}]`);
const found = (yaml: string) =>
  placesOf(ask(requestsWithinLimits, yaml).findings).map((place) =>
    place.replace(/^.*containers\[0\]\.resources\./, ''),
  );

describe('resources that fit', () => {
  test.each([
    ['cpu: 500m', 'cpu: 0.5'],
    ['cpu: 1', "cpu: '1'"],
    ['memory: 1Gi', 'memory: 1073741824'],
    ['memory: 1G', 'memory: 1Gi'],
    ['memory: 0.1Gi', 'memory: 107374183'],
    ['memory: 9007199254740992', 'memory: "9007199254740993"'],
    ['cpu: 1e-1', 'cpu: 100m'],
    ['cpu: 2', ''],
    ['', 'cpu: 2'],
    ["nvidia.com/gpu: '1'", 'nvidia.com/gpu: 1'],
    ['', 'nvidia.com/gpu: 1'],
    ['hugepages-2Mi: 4Mi', 'hugepages-2Mi: 4Mi'],
    ['ephemeral-storage: 1Gi', 'ephemeral-storage: 2Gi'],
  ])('{ %s } within { %s }', (requests, limits) => {
    expect(ask(requestsWithinLimits, pod(requests, limits))).toMatchObject({ findings: [], compliant: 1 });
  });
});

describe('resources that do not fit', () => {
  test.each([
    ['cpu: 501m', 'cpu: 0.5', 'requests.cpu'],
    ['memory: 1Gi', 'memory: 1G', 'requests.memory'],
    ['memory: 1Ti', 'memory: 1000Gi', 'requests.memory'],
    // Doubles cannot tell these two apart.
    ['memory: "9007199254740993"', 'memory: 9007199254740992', 'requests.memory'],
    ['ephemeral-storage: 3Gi', 'ephemeral-storage: 2Gi', 'requests.ephemeral-storage'],
    ['nvidia.com/gpu: 2', 'nvidia.com/gpu: 1', "requests['nvidia.com/gpu']"],
    ['nvidia.com/gpu: 1', 'nvidia.com/gpu: 2', "requests['nvidia.com/gpu']"],
    ['nvidia.com/gpu: 1', '', "requests['nvidia.com/gpu']"],
    ['', 'nvidia.com/gpu: 500m', "limits['nvidia.com/gpu']"],
    ['hugepages-2Mi: 2Mi', 'hugepages-2Mi: 4Mi', 'requests.hugepages-2Mi'],
    ['memory: 16GB', '', 'requests.memory'],
    ['memory: 1Gi', 'memory: lots', 'limits.memory'],
    ['cpu: -1', 'cpu: 1', 'requests.cpu'],
    ['cpu: [1]', 'cpu: 1', 'requests.cpu'],
  ])('{ %s } within { %s }', (requests, limits, place) => {
    expect(found(pod(requests, limits))).toEqual([place]);
  });

  test('are told with the container and the limit', () => {
    const { findings } = ask(requestsWithinLimits, pod('cpu: 2', 'cpu: 1500m'));
    expect(findings[0]).toMatchObject({
      value: 2,
      about: 'Container/server',
      message: 'it requests more cpu than it may use',
      allowed: 'at most 1500m',
    });
  });

  test('may be those of init containers, debuggers and the pod', () => {
    const bad = container('cpu: 2', 'cpu: 1');
    const yaml = workload(
      `initContainers: [${bad}]\nephemeralContainers: [${bad}]\ncontainers: []\nresources: { requests: { cpu: 2 }, limits: { cpu: 1 } }`,
    );
    expect(ask(requestsWithinLimits, yaml).findings.map(({ prop }) => prop)).toEqual([
      'spec.template.spec.initContainers[0].resources.requests.cpu',
      'spec.template.spec.ephemeralContainers[0].resources.requests.cpu',
      'spec.template.spec.resources.requests.cpu',
    ]);
  });
});

test.each(['containers: [{ name: a }]', 'containers: [{ name: a, resources: {} }]', 'containers: [5]'])(
  'a pod that asks for nothing is not judged: %s',
  (yaml) => {
    expect(ask(requestsWithinLimits, workload(yaml)).notApplicable).toBe(1);
  },
);
