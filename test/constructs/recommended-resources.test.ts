import { GpuInferenceService, type GpuInferenceServiceProps, ServingBackend } from '../../lib';
import { newChart, pool, serviceProps, synth } from '../support/synth';

function recommendationsOf(props: Partial<GpuInferenceServiceProps>) {
  const chart = newChart();
  new GpuInferenceService(chart, 'chat', serviceProps({ pool: pool({ maxNodes: 20 }), ...props }));
  return synth(chart).objects.filter(({ kind }) => kind === 'VerticalPodAutoscaler');
}

const advice = (name: string, deployment: string, containerName: string) => ({
  apiVersion: 'autoscaling.k8s.io/v1',
  kind: 'VerticalPodAutoscaler',
  metadata: expect.objectContaining({ name, namespace: 'chat' }),
  spec: {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
    updatePolicy: { updateMode: 'Off' },
    resourcePolicy: {
      containerPolicies: [
        { containerName, controlledResources: ['cpu', 'memory'] },
        { containerName: '*', mode: 'Off' },
      ],
    },
  },
});

describe('recommendations for a service', () => {
  test('are made only where somebody asks for them', () => {
    expect(recommendationsOf({})).toEqual([]);
    expect(recommendationsOf({ recommendResources: false })).toEqual([]);
  });

  test('are for its server, and change nothing', () => {
    expect(recommendationsOf({ recommendResources: true })).toEqual([advice('chat', 'chat', 'server')]);
  });

  test('look at what KServe makes', () => {
    const backend = ServingBackend.kserve({ version: '0.20' });
    expect(recommendationsOf({ recommendResources: true, backend })).toEqual([
      advice('chat', 'chat-predictor', 'kserve-container'),
    ]);
  });

  test('are made for the spot pods by themselves, whose machines may be others', () => {
    const spot = { pool: pool({ name: 'spot', spot: true }), replicas: 1 };
    expect(recommendationsOf({ recommendResources: true, spot })).toEqual([
      advice('chat', 'chat', 'server'),
      advice('chat-spot', 'chat-spot', 'server'),
    ]);
  });
});
