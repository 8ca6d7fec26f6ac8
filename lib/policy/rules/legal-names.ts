/**
 * WP-NAME-006: names of objects, and of containers, ports and volumes inside them, are such as the API server accepts
 * (apimachinery/pkg/api/validation and pkg/apis of Kubernetes 1.36). Two kinds are shorter than the server itself demands, as
 * the labels on what they make end at 63 characters.
 */
import { isDnsLabel, isObjectName, isServiceName } from '../../domain/names';
import { at, list, type Path, text } from '../json';
import { identityOf, type Manifest } from '../manifest';
import { containersOf, type PodTemplate, podTemplatesOf } from '../pod-template';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

interface Form {
  readonly fits: (name: string) => boolean;
  readonly allowed: string;
}

const SUBDOMAIN: Form = { fits: isObjectName, allowed: 'at most 253 lower-case letters, digits, hyphens and dots' };
const LABEL: Form = {
  fits: isDnsLabel,
  allowed: '1-63 lower-case letters, digits and hyphens, first and last no hyphen',
};
const SERVICE: Form = { fits: isServiceName, allowed: '1-63 lower-case letters, digits and hyphens, first a letter' };
/** IANA_SVC_NAME. */
const PORT: Form = {
  fits: (name) => name.length <= 15 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name),
  allowed: '1-15 lower-case letters, digits and single hyphens, one letter at least',
};
const PATH_SEGMENT: Form = {
  fits: (name) => name !== '.' && name !== '..' && !/[/%]/.test(name),
  allowed: "anything without '/' and '%'",
};

function atMost(longest: number, { fits, allowed }: Form, why: string): Form {
  return {
    fits: (name) => name.length <= longest && fits(name),
    allowed: `at most ${longest} characters, ${why}; ${allowed}`,
  };
}

const FORMS: Readonly<Record<string, Form>> = {
  '/Namespace': LABEL,
  '/Service': SERVICE,
  'apps/StatefulSet': atMost(52, LABEL, 'as pods carry it with a hash in a label'),
  'batch/CronJob': atMost(52, SUBDOMAIN, 'as its jobs add 11'),
  'batch/Job': atMost(63, SUBDOMAIN, 'as pods carry it in a label'),
  'keda.sh/ScaledObject': atMost(63, SUBDOMAIN, 'as KEDA writes it into a label'),
  'keda.sh/ScaledJob': atMost(63, SUBDOMAIN, 'as KEDA writes it into a label'),
};

/** Groups whose names follow rules of their own: RBAC, certificate requests, OpenShift's users and images. */
const PATH_SEGMENT_GROUPS = /^(rbac\.authorization\.k8s\.io|certificates\.k8s\.io|([a-z]+\.)*openshift\.io)$/;

function formOf({ group, kind }: { readonly group: string; readonly kind: string }): Form {
  if (group === 'networking.k8s.io' && kind === 'IPAddress') return PATH_SEGMENT;
  return FORMS[`${group}/${kind}`] ?? (PATH_SEGMENT_GROUPS.test(group) ? PATH_SEGMENT : SUBDOMAIN);
}

interface Named {
  readonly path: Path;
  readonly name: unknown;
  readonly what: string;
  readonly form: Form;
}

function wrong({ path, name, what, form }: Named): readonly Breach[] {
  if (name === undefined || name === null || (typeof name === 'string' && form.fits(name))) return [];
  return [
    {
      path,
      value: name,
      message: `no ${what} can have this name`,
      allowed: form.allowed,
      fix: 'shorten or spell it as allowed, and everywhere that refers to it',
    },
  ];
}

/** Names that stand twice in one list. */
function twice(named: readonly Named[]): readonly Breach[] {
  const seen = new Set<unknown>();
  return named.flatMap(({ path, name, what }): readonly Breach[] => {
    if (typeof name !== 'string') return [];
    const known = seen.has(name);
    seen.add(name);
    if (!known) return [];
    const fix = 'rename one of them, or remove it';
    return [{ path, value: name, message: `another ${what} of the pod has this name`, allowed: 'each name once', fix }];
  });
}

function partsOf(pod: PodTemplate): readonly Breach[] {
  const containers = containersOf(pod).map(
    ({ container, path }): Named => ({ path: [...path, 'name'], name: container.name, what: 'container', form: LABEL }),
  );
  const ports = containersOf(pod).flatMap(({ container, path }) =>
    list(container.ports).map(
      (port, index): Named => ({
        path: [...path, 'ports', index, 'name'],
        name: at(port, 'name'),
        what: 'port',
        form: PORT,
      }),
    ),
  );
  const volumes = list(pod.spec.volumes).map(
    (volume, index): Named => ({
      path: [...pod.specPath, 'volumes', index, 'name'],
      name: at(volume, 'name'),
      what: 'volume',
      form: LABEL,
    }),
  );
  return [...[...containers, ...ports, ...volumes].flatMap(wrong), ...twice(containers), ...twice(volumes)];
}

function servicePorts({ object }: Manifest): readonly Breach[] {
  return list(at(object, 'spec', 'ports')).flatMap((port, index) => {
    const path = ['spec', 'ports', index];
    const target = text(at(port, 'targetPort'));
    return [
      ...wrong({ path: [...path, 'name'], name: at(port, 'name'), what: 'port of a Service', form: LABEL }),
      ...wrong({ path: [...path, 'targetPort'], name: target, what: 'port', form: PORT }),
    ];
  });
}

/** Objects that the API server refuses for a name. */
export const legalNames: Rule = {
  id: 'WP-NAME-006',
  why: 'the API server refuses the object, or later the pods that it makes',
  judge: (subject, inventory) => {
    const { object } = subject;
    const identity = identityOf(object);
    if (identity.kind === '') return NOT_APPLICABLE;
    const name: Named = {
      path: ['metadata', 'name'],
      name: text(at(object, 'metadata', 'name')),
      what: identity.kind,
      form: formOf(identity),
    };
    const namespace: Named = {
      path: ['metadata', 'namespace'],
      name: identity.namespace,
      what: 'namespace',
      form: LABEL,
    };
    const pods = podTemplatesOf(subject, inventory.defaultNamespace);
    const isService = identity.group === '' && identity.kind === 'Service';
    return [...wrong(name), ...wrong(namespace), ...pods.flatMap(partsOf), ...(isService ? servicePorts(subject) : [])];
  },
};
