import type { Rule } from '../../../lib/policy';
import { networkPolicyPort } from '../../../lib/policy/rules/network-policy-port';
import { targetPort } from '../../../lib/policy/rules/target-port';
import { documents, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: { name: chat, namespace: chat }\nspec: { selector: { app: chat }, ports: [{ port: 80, targetPort: 8080 }] }';
const POLICY =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: chat, namespace: chat }\nspec: { podSelector: { matchLabels: { app: chat } }, ingress: [{ ports: [{ port: 8080 }] }] }';

const pod = (rest: string) => workload(`containers: [{ name: a, ports: [{ containerPort: 9443 }]${rest} }]`);

const RULES: readonly (readonly [string, Rule, string, string])[] = [
  ['a Service', targetPort, SERVICE, 'Service chat/chat spec.ports[0].targetPort'],
  ['a network policy', networkPolicyPort, POLICY, 'NetworkPolicy chat/chat spec.ingress[0].ports[0].port'],
];

describe.each(RULES)('a number that %s names and no container declares', (_, rule, object, place) => {
  test.each([
    ['nothing else names it', ''],
    ['a longer number holds it', ", args: ['--bind=:18080', '--version=8080.1']"],
  ])('is warned of where %s', (_case, rest) => {
    const { findings } = ask(rule, documents(object, pod(rest)));
    expect(placesOf(findings)).toEqual([place]);
    expect(findings[0]?.severity).toBe('warning');
  });

  test.each([
    ['an argument', ", args: ['--metrics-bind-address=:8080']"],
    ['the command', ', command: [serve, 8080]'],
    ['a variable', ", env: [{ name: PORT, value: '8080' }]"],
    ['a probe', ', readinessProbe: { httpGet: { port: 8080 } }'],
  ])('is in order where %s names it', (_case, rest) => {
    expect(ask(rule, documents(object, pod(rest))).findings).toEqual([]);
  });
});
