/** Who may call a service and whom it may call, as one policy. */
import { type Draft, Findings } from '../domain/problem';
import type { SecretSources } from '../domain/secret-source';
import type { ServingPlan } from '../domain/serving-plan';
import type { k8s } from '../kube/k8s';
import { draftEgress, draftPodPeer, egressTo, egressToDns, ingressFrom, PUBLIC_HTTPS } from '../kube/network';
import type { GpuInferenceServiceProps } from './serving-props';

type Flows = Pick<GpuInferenceServiceProps, 'gateway' | 'scraper' | 'egress' | 'hubEgress' | 'lock' | 'secrets'>;

/** Checks the ways to whoever is asked for secrets from inside the pod. */
export function draftSecretEgress(secrets: SecretSources): Draft<SecretSources> {
  const findings = new Findings();
  for (const [name, source] of Object.entries(secrets)) {
    if (source?.spec?.kind !== 'vault-agent') continue;
    findings.adopt(draftEgress(source.spec.egress ?? [], `secrets['${name}'].egress`));
  }
  return findings.draft(secrets);
}

/** Checks every declared flow; nobody being allowed to call is worth a word. */
export function draftFlows(name: string, props: Flows): Draft<Flows> {
  const findings = new Findings();
  findings.adopt(draftEgress(props.egress ?? []));
  findings.adopt(draftEgress(props.hubEgress ?? [], 'hubEgress'));
  findings.adopt(draftEgress(props.lock?.egress ?? [], 'lock.egress'));
  findings.adopt(draftSecretEgress(props.secrets ?? {}));
  findings.adopt(draftPodPeer('gateway', props.gateway));
  findings.adopt(draftPodPeer('scraper', props.scraper));
  if (props.gateway === undefined) {
    findings.warning('WP-NET-001', 'gateway', undefined, {
      message: `nobody may call '${name}'`,
      allowed: 'the namespace, and if need be the labels, of the pods that call it',
      fix: "set gateway: { namespace: '<namespace of your gateway>' }",
    });
  }
  return findings.draft(props);
}

/** The policy of a service: the declared flows and name resolution, nothing else. */
export function networkPolicyOf(
  plan: ServingPlan,
  podSelector: Readonly<Record<string, string>>,
  props: Flows,
): k8s.NetworkPolicySpec {
  const { ports } = plan.runtime;
  const api = ports.grpc === undefined ? [ports.http] : [ports.http, ports.grpc];
  const hub = plan.weights.location.kind === 'hub' ? (props.hubEgress ?? [PUBLIC_HTTPS]) : [];
  const egress = [...hub, ...plan.secrets.egress, ...(props.lock?.egress ?? []), ...(props.egress ?? [])];
  return {
    podSelector: { matchLabels: podSelector },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      ...(props.gateway ? [ingressFrom(props.gateway, api)] : []),
      ...(props.scraper ? [ingressFrom(props.scraper, [ports.metrics])] : []),
    ],
    egress: [egressToDns(), ...egress.map(egressTo)],
  };
}
