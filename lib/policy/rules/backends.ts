/** WP-REF-007: whatever sends traffic to a Service or a pool names one that exists, with a port that it has. */
import { judgeService, portAt } from '../backend';
import { missing } from '../existence';
import type { Inventory } from '../inventory';
import { at, isObject, type Json, list, object, type Path, text } from '../json';
import { isKnownNamespace, nameAt, namesOf, objectsIn } from '../lookup';
import { identityOf } from '../manifest';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

/** One place that names a backend. */
interface Backend {
  /** @default '' */
  readonly group?: string;
  /** @default 'Service' */
  readonly kind?: string;
  readonly name: string;
  /** @default the namespace of the object that refers */
  readonly namespace?: string;
  /** Where the name stands. */
  readonly path: Path;
  readonly port?: { readonly value: string | number; readonly path: Path };
}

function portOf(value: unknown, step: string, path: Path): Pick<Backend, 'port'> {
  const port = portAt(value, step);
  return port === undefined ? {} : { port: { value: port, path: [...path, step] } };
}

/** An action of the AWS load balancer controller stands where the name of a port would. */
const ACTION = 'use-annotation';

function* ingressBackend(backend: unknown, path: Path): Generator<Backend> {
  const name = nameAt(backend, 'service', 'name');
  if (name !== undefined) {
    const place: Path = [...path, 'service'];
    const port = at(backend, 'service', 'port');
    if (at(port, 'name') === ACTION) return;
    const step = at(port, 'number') === undefined ? 'name' : 'number';
    yield { name, path: [...place, 'name'], ...portOf(port, step, [...place, 'port']) };
  }
  // As it stood before networking.k8s.io/v1.
  const old = nameAt(backend, 'serviceName');
  if (old !== undefined && at(backend, 'servicePort') !== ACTION) {
    yield { name: old, path: [...path, 'serviceName'], ...portOf(backend, 'servicePort', path) };
  }
}

function* ofIngress({ spec }: Json): Generator<Backend> {
  yield* ingressBackend(at(spec, 'defaultBackend'), ['spec', 'defaultBackend']);
  yield* ingressBackend(at(spec, 'backend'), ['spec', 'backend']);
  for (const [index, rule] of list(at(spec, 'rules')).entries()) {
    for (const [position, path] of list(at(rule, 'http', 'paths')).entries()) {
      yield* ingressBackend(at(path, 'backend'), ['spec', 'rules', index, 'http', 'paths', position, 'backend']);
    }
  }
}

function* backendRef(reference: unknown, path: Path): Generator<Backend> {
  const name = nameAt(reference, 'name');
  if (name === undefined) return;
  const namespace = nameAt(reference, 'namespace');
  yield {
    group: text(at(reference, 'group')) ?? '',
    kind: text(at(reference, 'kind')) ?? 'Service',
    name,
    path: [...path, 'name'],
    ...(namespace === undefined ? {} : { namespace }),
    ...portOf(reference, 'port', path),
  };
}

function* mirrors(holder: unknown, path: Path): Generator<Backend> {
  for (const [index, filter] of list(at(holder, 'filters')).entries()) {
    const steps = ['requestMirror', 'backendRef'];
    yield* backendRef(at(filter, ...steps), [...path, 'filters', index, ...steps]);
  }
}

function* ofRoute({ spec }: Json): Generator<Backend> {
  for (const [index, rule] of list(at(spec, 'rules')).entries()) {
    const path: Path = ['spec', 'rules', index];
    yield* mirrors(rule, path);
    for (const [position, reference] of list(at(rule, 'backendRefs')).entries()) {
      const place: Path = [...path, 'backendRefs', position];
      yield* backendRef(reference, place);
      yield* mirrors(reference, place);
    }
  }
}

/** The endpoint picker; `extensionRef` is its name in v1alpha2. */
function* ofInferencePool({ spec }: Json): Generator<Backend> {
  for (const field of ['endpointPickerRef', 'extensionRef']) {
    const reference = object(at(spec, field));
    const path: Path = ['spec', field];
    for (const backend of backendRef({ ...reference, port: undefined }, path)) {
      const nested = isObject(reference.port);
      const port = nested ? portOf(reference.port, 'number', [...path, 'port']) : portOf(reference, 'portNumber', path);
      yield { ...backend, ...port };
    }
  }
}

/** HTTPS to a Service of the cluster: webhooks and aggregated APIs, on port 443 unless they say otherwise. */
function* ofClient(service: unknown, path: Path): Generator<Backend> {
  const name = nameAt(service, 'name');
  const namespace = nameAt(service, 'namespace');
  if (name === undefined || namespace === undefined) return;
  const value = portAt(service, 'port') ?? 443;
  const place: Path = at(service, 'port') === undefined ? [...path, 'name'] : [...path, 'port'];
  yield { name, namespace, path: [...path, 'name'], port: { value, path: place } };
}

function* ofWebhooks({ webhooks }: Json): Generator<Backend> {
  for (const [index, webhook] of list(webhooks).entries()) {
    const path: Path = ['webhooks', index, 'clientConfig', 'service'];
    yield* ofClient(at(webhook, 'clientConfig', 'service'), path);
  }
}

/** The Services between which a Rollout of Argo moves traffic. */
function* ofRollout({ spec }: Json): Generator<Backend> {
  for (const [strategy, fields] of [
    ['canary', ['canaryService', 'stableService']],
    ['blueGreen', ['activeService', 'previewService']],
  ] as const) {
    for (const field of fields) {
      const path: Path = ['spec', 'strategy', strategy, field];
      const name = nameAt(spec, 'strategy', strategy, field);
      if (name !== undefined) yield { name, path };
    }
  }
}

const CONVERSION = ['spec', 'conversion', 'webhook', 'clientConfig', 'service'];
const GATEWAY = 'gateway.networking.k8s.io';
const POOLS = ['inference.networking.k8s.io', 'inference.networking.x-k8s.io'];

const READERS: Readonly<Record<string, (object: Json) => Iterable<Backend>>> = {
  'networking.k8s.io/Ingress': ofIngress,
  'extensions/Ingress': ofIngress,
  ...Object.fromEntries(['HTTP', 'GRPC', 'TLS', 'TCP', 'UDP'].map((type) => [`${GATEWAY}/${type}Route`, ofRoute])),
  ...Object.fromEntries(POOLS.map((group) => [`${group}/InferencePool`, ofInferencePool])),
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': ofWebhooks,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': ofWebhooks,
  'apiregistration.k8s.io/APIService': ({ spec }) => ofClient(at(spec, 'service'), ['spec', 'service']),
  'apiextensions.k8s.io/CustomResourceDefinition': (definition) => ofClient(at(definition, ...CONVERSION), CONVERSION),
  'argoproj.io/Rollout': ofRollout,
};

/** Whether a namespace lets routes of another one use an object. */
function isGranted(
  inventory: Inventory,
  from: readonly [kind: string, namespace: string],
  to: Required<Pick<Backend, 'group' | 'kind' | 'name' | 'namespace'>>,
): boolean {
  return objectsIn(inventory, GATEWAY, 'ReferenceGrant', to.namespace).some(({ object: { spec } }) => {
    const [kind, namespace] = from;
    const fromHere = list(at(spec, 'from')).some(
      (one) => at(one, 'group') === GATEWAY && at(one, 'kind') === kind && at(one, 'namespace') === namespace,
    );
    const toThere = list(at(spec, 'to')).some((one) => {
      const same = (text(at(one, 'group')) ?? '') === to.group && at(one, 'kind') === to.kind;
      return same && (nameAt(one, 'name') ?? to.name) === to.name;
    });
    return fromHere && toThere;
  });
}

/** Of kinds and of namespaces that nobody here writes, nothing can be said. */
function canBeJudged(inventory: Inventory, { group, kind, namespace }: Required<Omit<Backend, 'port'>>): boolean {
  const isWritten =
    (group === '' && kind === 'Service') || POOLS.includes(group) || inventory.ofKind(group, kind).length > 0;
  return isWritten && isKnownNamespace(inventory, namespace);
}

function judgeBackend(
  inventory: Inventory,
  backend: Required<Omit<Backend, 'port'>> & Pick<Backend, 'port'>,
): Breach | undefined {
  const { group, kind, name, namespace, path } = backend;
  if (group === '' && kind === 'Service') return judgeService(inventory, backend);
  if (inventory.find(group, kind, namespace, name) !== undefined) return undefined;
  const names = namesOf(inventory, group, kind, namespace);
  return missing({ kind, name, namespace, path }, names, `put the ${kind} among the manifests`);
}

/** Backends of routes, of webhooks, of APIs. */
export const backends: Rule = {
  id: 'WP-REF-007',
  why: 'callers get 503, and a webhook without a backend can stop every change to the cluster',
  judge: (subject, inventory) => {
    const { group: own, kind: type } = identityOf(subject.object);
    const read = READERS[`${own}/${type}`];
    const here = inventory.namespaceOf(subject);
    const found = [...(read?.(subject.object) ?? [])]
      .map((one) => ({ group: '', kind: 'Service', namespace: here, ...one }))
      .filter((one) => canBeJudged(inventory, one));
    if (found.length === 0) return NOT_APPLICABLE;
    return found.flatMap((backend) => {
      const { group, kind, name, namespace, path } = backend;
      const breach = judgeBackend(inventory, backend);
      if (breach !== undefined) return [breach];
      if (own !== GATEWAY || namespace === here || isGranted(inventory, [type, here], backend)) return [];
      return [
        {
          path,
          value: name,
          message: `no ReferenceGrant in '${namespace}' lets a ${type} of '${here}' use ${kind} '${name}'`,
          allowed: 'a backend of the own namespace, or one that its namespace grants',
          fix: `put a ReferenceGrant into '${namespace}', from ${type} in '${here}' to ${group === '' ? kind : `${group} ${kind}`}`,
          about: `${kind}/${name}`,
        },
      ];
    });
  },
};
