/** Declared network flows as policy rules; whatever is not declared is denied. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { EgressRule, PodPeer } from '../domain/flows';
import { checkNamespaceName, isLabelValue, isQualifiedName } from '../domain/names';
import { type Draft, Findings } from '../domain/problem';
import { k8s } from './k8s';

export type { EgressRule, PodPeer } from '../domain/flows';

const HTTPS = 443;
const DNS = 53;

/** Private, carrier-grade and link-local ranges (RFC 1918, 6598, 3927): cluster, neighbours and the metadata service. */
const INSIDE = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

/** HTTPS to the internet and nothing inside: a model hub has no fixed addresses. */
export const PUBLIC_HTTPS: EgressRule = { cidr: '0.0.0.0/0', except: INSIDE };

/** Resolvers on the node itself, which no pod selector matches: NodeLocal DNSCache, and LocalDNS of AKS. */
const NODE_RESOLVERS = ['169.254.20.10/32', '169.254.10.10/32', '169.254.10.11/32'];

interface Range {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** The address as one number; IPv6 only in its own notation, without zones and embedded IPv4. */
function addressBits(address: string): bigint | undefined {
  if (isIPv4(address)) return address.split('.').reduce((bits, part) => (bits << 8n) + BigInt(part), 0n);
  if (!isIPv6(address) || /[.%]/.test(address)) return undefined;
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((bits, group) => (bits << 16n) + BigInt(`0x${group}`), 0n);
}

/** A range in the one form that Kubernetes accepts for new objects: no bits behind the prefix, no leading zeros. */
function parseRange(text: string): Range | undefined {
  const [address = '', prefixText = '', rest] = text.split('/');
  const bits = addressBits(address);
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const width = family === 'ipv4' ? 32 : 128;
  if (bits === undefined || rest !== undefined || !/^(0|[1-9]\d{0,2})$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  if (prefix > width || bits % (1n << BigInt(width - prefix)) !== 0n) return undefined;
  return { address, prefix, family };
}

function isInside(inner: Range, outer: Range): boolean {
  if (inner.family !== outer.family || inner.prefix <= outer.prefix) return false;
  const block = new BlockList();
  block.addSubnet(outer.address, outer.prefix, outer.family);
  return block.check(inner.address, inner.family);
}

function checkRanges(findings: Findings, rule: EgressRule): void {
  if (rule.cidr === undefined) return;
  const outer = parseRange(rule.cidr);
  const wrong = [
    ...(outer === undefined ? [rule.cidr] : []),
    ...(rule.except ?? []).filter((text) => {
      const inner = parseRange(text);
      return inner === undefined || outer === undefined || !isInside(inner, outer);
    }),
  ];
  for (const range of wrong) {
    findings.error('WP-NET-002', 'cidr', range, {
      message: 'this is no range of addresses, or an exception outside its range',
      allowed: "address/prefix without bits behind the prefix, for example '10.20.0.0/16'; exceptions strictly inside",
      fix: 'names cannot stand in a NetworkPolicy: use the addresses behind it',
    });
  }
}

/** Reports pods that no NetworkPolicy can name. */
export function draftPodPeer(prop: string, peer: PodPeer | undefined): Draft<PodPeer> {
  const findings = new Findings();
  if (peer !== undefined) checkNamespaceName(findings, `${prop}.namespace`, peer.namespace);
  for (const [key, value] of Object.entries(peer?.podLabels ?? {})) {
    if (isQualifiedName(key) && isLabelValue(value)) continue;
    findings.error('WP-NET-002', `${prop}.podLabels['${key}']`, value, {
      message: 'no pod can carry this label',
      allowed: '1-63 letters, digits, hyphens, underscores and dots, first and last a letter or digit',
      fix: 'copy the label from the pods',
    });
  }
  return findings.draft<PodPeer>(peer);
}

/** Reports destinations that a NetworkPolicy would refuse, or read as more than was meant. */
export function draftEgress(rules: readonly EgressRule[], prop = 'egress'): Draft<readonly EgressRule[]> {
  const findings = new Findings(`${prop}.`);
  for (const rule of rules) {
    checkRanges(findings, rule);
    findings.adopt(draftPodPeer(`${prop}.pods`, rule.pods));
    const ports = rule.ports ?? [HTTPS];
    if (ports.length === 0 || !ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535)) {
      findings.error('WP-NET-002', 'ports', ports, {
        message: ports.length === 0 ? 'an empty list would open every port' : 'not all of these are ports',
        allowed: 'one or more whole numbers from 1 to 65535',
        fix: `leave it out for ${HTTPS}`,
      });
    }
    if ((rule.pods === undefined) === (rule.cidr === undefined)) {
      findings.error('WP-NET-002', 'cidr', rule, {
        message: 'a destination is either pods or a range of addresses',
        allowed: 'exactly one of pods and cidr',
        fix: 'split it into two rules',
      });
    }
  }
  return findings.draft(rules);
}

function podPeer({ namespace, podLabels }: PodPeer): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: podLabels && { matchLabels: podLabels },
  };
}

function tcp(ports: readonly number[]): k8s.NetworkPolicyPort[] {
  return ports.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) }));
}

/** Calls from pods to ports. */
export function ingressFrom(peer: PodPeer, ports: readonly number[]): k8s.NetworkPolicyIngressRule {
  return { from: [podPeer(peer)], ports: tcp([...new Set(ports)]) };
}

/** Calls to a declared destination. */
export function egressTo(rule: EgressRule): k8s.NetworkPolicyEgressRule {
  const block = rule.cidr === undefined ? undefined : { cidr: rule.cidr, except: rule.except && [...rule.except] };
  const to = rule.pods === undefined ? { ipBlock: block } : podPeer(rule.pods);
  return { to: [to], ports: tcp(rule.ports ?? [HTTPS]) };
}

/** Name resolution, which every declared name needs; the resolver's pods are labelled differently on each cloud. */
export function egressToDns(): k8s.NetworkPolicyEgressRule {
  const port = k8s.IntOrString.fromNumber(DNS);
  return {
    to: [podPeer({ namespace: 'kube-system' }), ...NODE_RESOLVERS.map((cidr) => ({ ipBlock: { cidr } }))],
    ports: [
      { protocol: 'UDP', port },
      { protocol: 'TCP', port },
    ],
  };
}
