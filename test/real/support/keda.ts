import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ApiClient } from './api';
import { CertificateAuthority } from './certificates';
import { type ControlPlane, plainOk, tlsOk } from './control-plane';
import { installCrds } from './crds';
import { type Condition, hasCondition, type KubeObject } from './objects';
import { freePorts } from './ports';
import { toolPaths } from './tools';

/** KEDA's own namespace. */
const NAMESPACE = 'keda';
const OPERATOR = 'keda-operator';
const METRICS_SERVER = 'keda-metrics-apiserver';
const API = 'v1beta1.external.metrics.k8s.io';

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/**
 * Starts KEDA's operator and metrics adapter against a control plane with `aggregation: true`, and waits until the API
 * server serves external metrics. They end with the control plane.
 *
 * The programs run outside of the cluster, as administrators: RBAC of KEDA's own release is not tested. Its validating
 * webhooks do not run. There is no metrics-server, so triggers `cpu` and `memory` and every `Resource` metric of an HPA
 * stay unknown here; all other triggers work.
 *
 * How often KEDA asks is `pollingInterval` of each ScaledObject; how often the HPA does is
 * `extraControllerManagerArgs: ['--horizontal-pod-autoscaler-sync-period=…']` of the control plane (15 s by default).
 */
export async function startKeda(plane: ControlPlane): Promise<void> {
  const { api } = plane;
  const tools = toolPaths('spike');
  const operator = tools[OPERATOR] ?? '';
  const [probePort = 0, grpcPort = 0, securePort = 0, operatorMetrics = 0, adapterMetrics = 0] = await freePorts(5);
  // Its caches never sync while the kinds of eventing.keda.sh are missing too.
  await installCrds(api, join(dirname(operator), 'config/crd/bases'));
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });

  const dir = join(plane.dir, 'keda');
  mkdirSync(dir, { recursive: true });
  const authority = new CertificateAuthority(dir, 'keda');
  // Both find `ca.crt`, `tls.crt` and `tls.key` in this folder, and believe each other by them.
  const services = [OPERATOR, METRICS_SERVER].map((name) => `DNS:${name}.${NAMESPACE}.svc`);
  const { certFile, keyFile } = authority.issue('keda', [...services, 'DNS:localhost', 'IP:127.0.0.1'], 'tls');

  const env = {
    ...process.env,
    KUBECONFIG: plane.kubeconfig,
    WATCH_NAMESPACE: '',
    POD_NAMESPACE: NAMESPACE,
    // Read from the folder of the service account otherwise, which exists in a pod alone.
    KEDA_CLUSTER_OBJECT_NAMESPACE: NAMESPACE,
  };
  await plane.attach({
    name: OPERATOR,
    command: operator,
    env,
    ready: () => plainOk(`http://127.0.0.1:${probePort}/readyz`),
    args: [
      `--health-probe-bind-address=127.0.0.1:${probePort}`,
      `--metrics-bind-address=127.0.0.1:${operatorMetrics}`,
      `--metrics-service-bind-address=127.0.0.1:${grpcPort}`,
      `--cert-dir=${dir}`,
      '--enable-webhook-patching=false',
      '--enable-apiservice-patching=false',
      '--zap-log-level=info',
    ],
  });
  await plane.attach({
    name: 'keda-adapter',
    command: tools['keda-adapter'] ?? '',
    env,
    ready: () => tlsOk(`https://127.0.0.1:${securePort}`, authority.certFile, '/readyz'),
    args: [
      '--bind-address=127.0.0.1',
      `--secure-port=${securePort}`,
      `--port=${adapterMetrics}`,
      `--metrics-service-address=localhost:${grpcPort}`,
      `--cert-dir=${dir}`,
      `--tls-cert-file=${certFile}`,
      `--tls-private-key-file=${keyFile}`,
      ...['authentication', 'authorization', 'lister'].map((who) => `--${who}-kubeconfig=${plane.kubeconfig}`),
    ],
  });
  await serveExternalMetrics(api, securePort, readFileSync(authority.certFile));
}

/** Lets the API server ask the adapter, which is a process beside it and no pod behind a Service. */
async function serveExternalMetrics(api: ApiClient, port: number, ca: Buffer): Promise<void> {
  await api.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: METRICS_SERVER, namespace: NAMESPACE },
    spec: { type: 'ExternalName', externalName: 'localhost' },
  });
  await api.apply({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: API },
    spec: {
      service: { name: METRICS_SERVER, namespace: NAMESPACE, port },
      caBundle: ca.toString('base64'),
      group: 'external.metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  });
  await api.waitFor(`${API} to be available`, async () => {
    const found = await api.get<Conditioned>({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      name: API,
    });
    if (found && hasCondition(found, 'Available')) return true;
    throw new Error(JSON.stringify(found?.status));
  });
}

/** Waits until KEDA calls the ScaledObject Ready: its trigger was understood and its HPA exists. */
export function readyScaledObject(api: ApiClient, namespace: string, name: string): Promise<KubeObject> {
  return api.waitFor(
    `ScaledObject ${namespace}/${name} to be Ready`,
    async () => {
      const ref = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name, namespace };
      const found = await api.get<Conditioned>(ref);
      if (found && hasCondition(found, 'Ready')) return found;
      throw new Error(JSON.stringify(found?.status));
    },
    60_000,
  );
}
