/** Scalers of every kind as a real API server takes them, with the schemas of KEDA and of the VerticalPodAutoscaler. */
import {
  ArrivalSource,
  GpuInferenceService,
  type GpuInferenceServiceProps,
  InferenceNamespace,
  PriorityClasses,
  planGpuNodePool,
  planPlatform,
  Scaling,
  ServingBackend,
} from '../../../lib';
import { applyAll, objections } from '../support/admit';
import { ControlPlane } from '../support/control-plane';
import { installCrds } from '../support/crds';
import { draw } from './cluster';

jest.setTimeout(180_000);

const ownership = { owner: 'on-call', team: 'chat', costCentre: 'cc-1', environment: 'test' };
const platform = planPlatform({ cloud: 'aks', kubernetes: '1.36', region: 'westeurope' });

const pool = (name: string, spot = false) =>
  planGpuNodePool({
    name,
    purpose: 'inference',
    platform,
    machine: 'Standard_NC24ads_A100_v4',
    minNodes: 0,
    maxNodes: 40,
    ownership,
    spot,
  });

const prometheus = {
  serverAddress: 'http://prometheus.monitoring.svc:9090',
  authModes: 'bearer',
  authentication: { secrets: [{ parameter: 'bearerToken', secretName: 'prometheus', key: 'token' }] },
};
const arrivals = ArrivalSource.envoyListener('http-8080');
const bounds = { minReplicas: 3, maxReplicas: 6 };

const SERVICES: Readonly<Record<string, Partial<GpuInferenceServiceProps>>> = {
  arrivals: { scaler: Scaling.arrivalRate({ prometheus, arrivals, arrivalsPerReplica: 1, ...bounds }) },
  queue: { scaler: Scaling.queue({ prometheus, inFlightPerReplica: 8, ...bounds }) },
  zero: {
    scaler: Scaling.arrivalRate({ prometheus, arrivals, arrivalsPerReplica: 1, minReplicas: 0, maxReplicas: 6 }),
    disruption: { allowOutageReason: 'nobody waits' },
  },
  office: {
    scaler: Scaling.trigger({
      ...bounds,
      triggers: [
        {
          type: 'cron',
          metadata: { timezone: 'Europe/Amsterdam', start: '0 7 * * *', end: '0 19 * * *', desiredReplicas: '5' },
        },
      ],
    }),
  },
  alone: { scaler: Scaling.hpa({ ...bounds, metrics: [{ name: 'arrivals', averageValue: 1.5 }] }) },
  floor: {
    spot: { pool: pool('spot', true) },
    scaler: Scaling.arrivalRate({ prometheus, arrivals, arrivalsPerReplica: 1, minReplicas: 0, maxReplicas: 6 }),
  },
  kserve: {
    backend: ServingBackend.kserve({ version: '0.20' }),
    scaler: Scaling.queue({ prometheus, inFlightPerReplica: 8, ...bounds }),
  },
};

it('scalers and recommendations of every kind of service are admitted', async () => {
  const regular = pool('regular');
  const objects = draw((chart) => {
    new PriorityClasses(chart, 'priorities');
    new InferenceNamespace(chart, 'chat', { ownership, platform });
    for (const [name, props] of Object.entries(SERVICES)) {
      new GpuInferenceService(chart, name, {
        namespace: 'chat',
        ownership,
        pool: regular,
        model: { catalogue: 'qwen3-8b' },
        gateway: { namespace: 'gateway' },
        recommendResources: true,
        ...props,
      });
    }
  });
  const drawn = (kind: string) => objects.filter((object) => object.kind === kind).length;
  expect({
    scaledObjects: drawn('ScaledObject'),
    autoscalers: drawn('HorizontalPodAutoscaler'),
    logins: drawn('TriggerAuthentication'),
    recommendations: drawn('VerticalPodAutoscaler'),
  }).toEqual({ scaledObjects: 6, autoscalers: 1, logins: 5, recommendations: 8 });
  const plane = await ControlPlane.start();
  try {
    await installCrds(plane.api);
    await plane.withLogs(async () => {
      expect(objections(await applyAll(plane.api, objects))).toEqual([]);
    });
  } finally {
    await plane.stop();
  }
});
