/** A live API server behind the stand-in of the provider `kubernetes`, as the clusters of all clouds. */
import { readFileSync } from 'node:fs';
import { ControlPlane } from '../../support/control-plane';
import { Kubernetes } from './kubernetes';
import { FakeProvider } from './provider';

/** A cluster that the clouds hand the kubeconfig of. */
export interface KubernetesCloud {
  readonly plane: ControlPlane;
  readonly provider: FakeProvider;
  readonly behaviour: Kubernetes;
  /** As text; both clouds hand out the same one. */
  readonly kubeconfig: string;
  /** A part of it that nobody but its user may read. */
  readonly secret: string;
  stop(): Promise<void>;
}

/** Starts it, with the object that the autoscaler of IKS has brought along. */
export async function startKubernetes(): Promise<KubernetesCloud> {
  const plane = await ControlPlane.start();
  const kubeconfig = readFileSync(plane.kubeconfig, 'utf8');
  const behaviour = new Kubernetes({ api: plane.api, kubeconfig });
  const provider = await FakeProvider.start(behaviour);
  await plane.api.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'iks-ca-configmap', namespace: 'kube-system' },
    data: { 'workerPoolsConfig.json': '[]', expander: 'random' },
  });
  const stop = async () => {
    await provider.stop();
    await plane.stop();
  };
  const { users } = JSON.parse(kubeconfig) as { users: readonly { user: { token: string } }[] };
  const secret = users[0]?.user.token ?? '';
  if (secret.length < 16) throw new Error('the kubeconfig of the control plane holds no token');
  return { plane, provider, behaviour, kubeconfig, secret, stop };
}
