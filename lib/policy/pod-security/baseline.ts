/** The checks of level *baseline*, as k8s.io/pod-security-admission 0.37.2 makes them (policy/check_*.go). */
import { at, list, type Path, text } from '../json';
import { containersOf } from '../pod-template';
import {
  allContexts,
  type Check,
  containerContexts,
  has,
  hasUserNamespace,
  part,
  podContext,
  type Violation,
  valueCheck,
} from './check';

const CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

/** Capabilities that level *baseline* knows; *restricted* has a check of its own. */
export const capabilitiesBaseline: Check = (pod) =>
  containerContexts(pod).flatMap(({ context, path, whose }) =>
    list(part(context, 'capabilities', 'add')).flatMap((capability, index): readonly Violation[] => {
      if (CAPABILITIES.has(String(capability))) return [];
      return [
        {
          check: 'capabilities_baseline',
          path: [...path, 'capabilities', 'add', index],
          value: capability,
          message: `${whose} adds a capability beyond the usual ones`,
          allowed: [...CAPABILITIES].join(', '),
        },
      ];
    }),
  );

const hostNamespaces: Check = ({ spec, specPath }) =>
  ['hostNetwork', 'hostPID', 'hostIPC'].flatMap((field): readonly Violation[] => {
    if (spec[field] !== true) return [];
    const message = 'the pod sees into its node';
    return [{ check: 'hostNamespaces', path: [...specPath, field], value: true, message, allowed: 'false' }];
  });

export const hostPathVolumes: Check = ({ spec, specPath }) =>
  list(spec.volumes).flatMap((volume, index): readonly Violation[] => {
    if (!has(volume, 'hostPath')) return [];
    return [
      {
        check: 'hostPathVolumes',
        path: [...specPath, 'volumes', index, 'hostPath'],
        value: part(volume, 'hostPath'),
        message: `volume '${text(at(volume, 'name')) ?? ''}' is a directory of the node`,
        allowed: 'volumes that belong to the pod or the cluster',
      },
    ];
  });

const hostPorts: Check = (pod) =>
  containersOf(pod).flatMap(({ container, path }) =>
    list(container.ports).flatMap((port, index): readonly Violation[] => {
      const value = part(port, 'hostPort');
      if (value === undefined || value === 0) return [];
      return [
        {
          check: 'hostPorts',
          path: [...path, 'ports', index, 'hostPort'],
          value,
          message: 'the pod takes a port of its node',
          allowed: 'ports of the pod, published by a Service',
        },
      ];
    }),
  );

const HANDLERS: readonly Path[] = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

const hostProbes: Check = (pod, minor) => {
  if (minor < 34) return [];
  return containersOf(pod).flatMap(({ container, path }) =>
    HANDLERS.flatMap((handler) => ['httpGet', 'tcpSocket'].map((action) => [...handler, action, 'host'])).flatMap(
      (field): readonly Violation[] => {
        const value = part(container, ...field);
        if (value === undefined || value === '') return [];
        const message = 'the kubelet would call another host than the pod';
        return [{ check: 'hostProbesAndHostLifecycle', path: [...path, ...field], value, message, allowed: 'no host' }];
      },
    ),
  );
};

const privileged = valueCheck('privileged', containerContexts, ['privileged'], (value) => value !== true, {
  message: 'is root on its node',
  allowed: 'false',
});

const PROC_MOUNT = { message: 'shows what the runtime hides of /proc', allowed: 'Default' };

/** Unmasked /proc is forbidden to all but pods in a user namespace; *restricted* forbids it to those too. */
export const procMountRestricted = valueCheck(
  'procMount',
  containerContexts,
  ['procMount'],
  (value) => value === 'Default',
  PROC_MOUNT,
);

export const procMountBaseline: Check = (pod, minor) =>
  minor >= 35 && hasUserNamespace(pod) ? [] : procMountRestricted(pod, minor);

const SECCOMP = ['seccompProfile', 'type'];

export const isSeccomp = (value: unknown) => value === 'RuntimeDefault' || value === 'Localhost';

export const seccompBaseline = valueCheck('seccompProfile_baseline', allContexts, SECCOMP, isSeccomp, {
  message: 'may make every system call',
  allowed: 'RuntimeDefault or Localhost',
});

const windowsHostProcess = valueCheck(
  'windowsHostProcess',
  allContexts,
  ['windowsOptions', 'hostProcess'],
  (value) => value !== true,
  { message: 'runs as a process of its node', allowed: 'false' },
);

const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t']);

const seLinuxType = valueCheck(
  'seLinuxOptions',
  allContexts,
  ['seLinuxOptions', 'type'],
  (value, minor) => SELINUX_TYPES.has(String(value)) || (minor >= 31 && value === 'container_engine_t'),
  { message: 'leaves the SELinux type of containers', allowed: [...SELINUX_TYPES].filter(Boolean).join(', ') },
);

const NO_SELINUX = { message: 'takes another SELinux identity', allowed: 'not set' };

const seLinuxUser = valueCheck('seLinuxOptions', allContexts, ['seLinuxOptions', 'user'], isEmpty, NO_SELINUX);
const seLinuxRole = valueCheck('seLinuxOptions', allContexts, ['seLinuxOptions', 'role'], isEmpty, NO_SELINUX);

function isEmpty(value: unknown): boolean {
  return value === '';
}

const appArmorField = valueCheck('appArmorProfile', allContexts, ['appArmorProfile', 'type'], isSeccomp, {
  message: 'runs without AppArmor',
  allowed: 'RuntimeDefault or Localhost',
});

const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

const appArmorAnnotation: Check = ({ annotations, labelsPath }) =>
  Object.entries(annotations).flatMap(([key, value]): readonly Violation[] => {
    if (!key.startsWith(APPARMOR_ANNOTATION) || /^($|runtime\/default$|localhost\/)/.test(value)) return [];
    return [
      {
        check: 'appArmorProfile',
        path: [...labelsPath.slice(0, -1), 'annotations', key],
        value,
        message: 'a container runs without AppArmor',
        allowed: 'runtime/default or localhost/<profile>',
      },
    ];
  });

/** Sysctls that touch nobody else, by the minor version that took them in. */
const SYSCTLS: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
  'net.ipv4.tcp_slow_start_after_idle': 37,
  'net.ipv4.tcp_notsent_lowat': 37,
};

const sysctls: Check = (pod, minor) => {
  const { context, path } = podContext(pod);
  return list(context.sysctls).flatMap((sysctl, index): readonly Violation[] => {
    const name = text(at(sysctl, 'name')) ?? '';
    if (Object.hasOwn(SYSCTLS, name) && (SYSCTLS[name] ?? 0) <= minor) return [];
    return [
      {
        check: 'sysctls',
        path: [...path, 'sysctls', index, 'name'],
        value: name,
        message: 'this setting of the kernel reaches beyond the pod',
        allowed: 'the sysctls of the Pod Security Standards',
      },
    ];
  });
};

/** What *baseline* checks and *restricted* leaves as it is. */
export const COMMON_CHECKS: readonly Check[] = [
  hostNamespaces,
  hostPorts,
  hostProbes,
  privileged,
  windowsHostProcess,
  seLinuxType,
  seLinuxUser,
  seLinuxRole,
  appArmorField,
  appArmorAnnotation,
  sysctls,
];

/** What *restricted* replaces by something stricter. */
export const BASELINE_ONLY_CHECKS: readonly Check[] = [
  capabilitiesBaseline,
  hostPathVolumes,
  procMountBaseline,
  seccompBaseline,
];
