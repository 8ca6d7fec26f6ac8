/** The checks of level *restricted*, as k8s.io/pod-security-admission 0.37.2 makes them (policy/check_*.go). */
import { at, list, text } from '../json';
import { isSeccomp, procMountRestricted } from './baseline';
import {
  allContexts,
  type Check,
  containerContexts,
  demandedOf,
  has,
  hasUserNamespace,
  isWindows,
  part,
  type Violation,
  valueCheck,
} from './check';

/** Windows has none of these, and its pods need not deny them. */
function exceptOnWindows(check: Check): Check {
  return (pod, minor) => (isWindows(pod) ? [] : check(pod, minor));
}

const allowPrivilegeEscalation: Check = (pod) =>
  containerContexts(pod).flatMap(({ context, path, whose }): readonly Violation[] => {
    const value = part(context, 'allowPrivilegeEscalation');
    if (value === false) return [];
    return [
      {
        check: 'allowPrivilegeEscalation',
        path: [...path, 'allowPrivilegeEscalation'],
        value,
        message: `${whose} can gain rights that it was not started with`,
        allowed: 'false',
      },
    ];
  });

const capabilities: Check = (pod) =>
  containerContexts(pod).flatMap(({ context, path, whose }) => {
    const check = 'capabilities_restricted';
    const dropped = list(part(context, 'capabilities', 'drop'));
    const kept: readonly Violation[] = dropped.includes('ALL')
      ? []
      : [
          {
            check,
            path: [...path, 'capabilities', 'drop'],
            value: part(context, 'capabilities', 'drop'),
            message: `${whose} keeps capabilities of root`,
            allowed: 'ALL',
          },
        ];
    const added = list(part(context, 'capabilities', 'add')).flatMap((capability, index): readonly Violation[] => {
      if (capability === 'NET_BIND_SERVICE') return [];
      const message = `${whose} adds a capability`;
      const allowed = 'NET_BIND_SERVICE';
      return [{ check, path: [...path, 'capabilities', 'add', index], value: capability, message, allowed }];
    });
    return [...kept, ...added];
  });

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const volumes: Check = ({ spec, specPath }) =>
  list(spec.volumes).flatMap((volume, index): readonly Violation[] => {
    // A volume of a name alone is an emptyDir.
    const kinds = Object.keys(Object(volume)).filter((key) => key !== 'name' && has(volume, key));
    if (kinds.length === 0 || kinds.some((kind) => VOLUMES.includes(kind))) return [];
    return [
      {
        check: 'restrictedVolumes',
        path: [...specPath, 'volumes', index],
        value: kinds.join(', '),
        message: `volume '${text(at(volume, 'name')) ?? ''}' is of a kind that reaches beyond the pod`,
        allowed: VOLUMES.join(', '),
      },
    ];
  });

const runAsNonRoot: Check = (pod, minor) => {
  if (minor >= 35 && hasUserNamespace(pod)) return [];
  return demandedOf(pod, 'runAsNonRoot', ['runAsNonRoot'], (value) => value === true, {
    wrong: 'may run as root',
    missing: 'may run as root, as neither it nor the pod says runAsNonRoot: true',
    allowed: 'true, at the pod or at every container',
  });
};

const notRoot = valueCheck('runAsUser', allContexts, ['runAsUser'], (value) => value !== 0, {
  message: 'runs as root',
  allowed: 'a user id above 0, or not set',
});

const runAsUser: Check = (pod, minor) => (minor >= 35 && hasUserNamespace(pod) ? [] : notRoot(pod, minor));

const seccomp: Check = (pod) =>
  demandedOf(pod, 'seccompProfile_restricted', ['seccompProfile', 'type'], isSeccomp, {
    wrong: 'may make every system call',
    missing: 'may make every system call, as neither it nor the pod has a seccomp profile',
    allowed: 'RuntimeDefault or Localhost, at the pod or at every container',
  });

/** What *restricted* adds to the checks that both levels share. */
export const RESTRICTED_CHECKS: readonly Check[] = [
  exceptOnWindows(allowPrivilegeEscalation),
  exceptOnWindows(capabilities),
  volumes,
  procMountRestricted,
  runAsNonRoot,
  runAsUser,
  exceptOnWindows(seccomp),
];
