import { podSecurity } from '../../../lib/policy/rules/pod-security';
import { documents, workload } from '../../support/manifests';
import { ask } from '../../support/verdicts';

const GOOD = 'allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }';
const POD_WIDE = 'securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }';

const namespace = (level: string, version?: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: chat, labels: { pod-security.kubernetes.io/enforce: ${level}${version ? `, pod-security.kubernetes.io/enforce-version: ${version}` : ''} } }`;

/** A pod that is as *restricted* wants it, but for what the case says. */
interface Given {
  readonly pod?: string;
  readonly podContext?: string;
  readonly context?: string;
  readonly container?: string;
  readonly podMetadata?: string;
}

function given({ pod = '', podContext = POD_WIDE, context = GOOD, container = '', podMetadata }: Given): string {
  return workload(
    `${podContext}\n${pod}\ncontainers: [{ name: server, ${container === '' ? '' : `${container}, `}securityContext: { ${context} } }]`,
    podMetadata === undefined ? {} : { podMetadata },
  );
}

const under = (level: string, one: Given, version?: string) =>
  ask(podSecurity, documents(namespace(level, version), given(one))).findings;
const places = (level: string, one: Given, version?: string) =>
  under(level, one, version).map(({ prop }) => prop.replace('spec.template.spec.', ''));

describe('what baseline forbids', () => {
  const CASES: readonly (readonly [string, Given, string])[] = [
    ['the network of the node', { pod: 'hostNetwork: true' }, 'hostNetwork'],
    ['the processes of the node', { pod: 'hostPID: true' }, 'hostPID'],
    ['the shared memory of the node', { pod: 'hostIPC: true' }, 'hostIPC'],
    ['a port of the node', { container: 'ports: [{ hostPort: 80 }]' }, 'containers[0].ports[0].hostPort'],
    ['a privileged container', { context: `${GOOD}, privileged: true` }, 'containers[0].securityContext.privileged'],
    [
      'a probe of another host',
      { container: 'livenessProbe: { httpGet: { host: 10.0.0.1 } }' },
      'containers[0].livenessProbe.httpGet.host',
    ],
    [
      'a hook to another host',
      { container: 'lifecycle: { preStop: { tcpSocket: { host: 10.0.0.1 } } }' },
      'containers[0].lifecycle.preStop.tcpSocket.host',
    ],
    [
      'a process of the Windows host',
      { context: `${GOOD}, windowsOptions: { hostProcess: true }` },
      'containers[0].securityContext.windowsOptions.hostProcess',
    ],
    [
      'another SELinux type',
      { context: `${GOOD}, seLinuxOptions: { type: spc_t }` },
      'containers[0].securityContext.seLinuxOptions.type',
    ],
    [
      'a SELinux user',
      { context: `${GOOD}, seLinuxOptions: { user: system_u }` },
      'containers[0].securityContext.seLinuxOptions.user',
    ],
    [
      'a SELinux role',
      { context: `${GOOD}, seLinuxOptions: { role: system_r }` },
      'containers[0].securityContext.seLinuxOptions.role',
    ],
    [
      'no AppArmor',
      { context: `${GOOD}, appArmorProfile: { type: Unconfined }` },
      'containers[0].securityContext.appArmorProfile.type',
    ],
    ['an unmasked /proc', { context: `${GOOD}, procMount: Unmasked` }, 'containers[0].securityContext.procMount'],
    [
      'a dangerous sysctl',
      {
        podContext:
          'securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault }, sysctls: [{ name: kernel.msgmax }] }',
      },
      'securityContext.sysctls[0].name',
    ],
    [
      'no seccomp by an explicit word',
      { context: `${GOOD}, seccompProfile: { type: Unconfined }` },
      'containers[0].securityContext.seccompProfile.type',
    ],
  ];

  test.each(CASES)('restricted forbids too: %s', (_, one, place) => {
    expect(places('baseline', one)).toEqual([place]);
    expect(places('restricted', one)).toEqual([place]);
    const asked = ask(podSecurity, documents(namespace('privileged'), given(one)));
    expect(asked).toMatchObject({ findings: [], notApplicable: 2 });
  });

  test('a directory of the node', () => {
    const one = { pod: 'volumes: [{ name: logs, hostPath: { path: /var/log } }]' };
    expect(places('baseline', one)).toEqual(['volumes[0].hostPath']);
    expect(places('restricted', one)).toEqual(['volumes[0]']);
  });

  test('a capability beyond the usual ones', () => {
    const one = { context: 'allowPrivilegeEscalation: false, capabilities: { drop: [ALL], add: [CHOWN, IPC_LOCK] }' };
    expect(places('baseline', one)).toEqual(['containers[0].securityContext.capabilities.add[1]']);
    expect(places('restricted', one)).toEqual([
      'containers[0].securityContext.capabilities.add[0]',
      'containers[0].securityContext.capabilities.add[1]',
    ]);
  });

  test('an annotation that switches AppArmor off', () => {
    const one = {
      podMetadata: 'annotations: { container.apparmor.security.beta.kubernetes.io/server: unconfined }',
    };
    expect(under('baseline', one).map(({ prop }) => prop)).toEqual([
      "spec.template.metadata.annotations['container.apparmor.security.beta.kubernetes.io/server']",
    ]);
  });
});

describe('what is said of what baseline forbids', () => {
  const PORT = 'ports of the pod, published by a Service';
  const SECCOMP = 'RuntimeDefault or Localhost';
  const SELINUX = 'container_t, container_init_t, container_kvm_t';
  const CAPABILITIES =
    'AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT';
  const context = (setting: string): Given => ({ context: `${GOOD}, ${setting}` });
  const SERVER = "container 'server'";

  test.each<[given: Given, value: unknown, message: string, allowed: string]>([
    [{ pod: 'hostPID: true' }, true, 'the pod sees into its node', 'false'],
    [{ container: 'ports: [{ hostPort: 80 }]' }, 80, 'the pod takes a port of its node', PORT],
    [
      { pod: 'volumes: [{ name: logs, hostPath: { path: /var/log } }]' },
      { path: '/var/log' },
      "volume 'logs' is a directory of the node",
      'volumes that belong to the pod or the cluster',
    ],
    [
      { pod: 'volumes: [{ hostPath: {} }]' },
      {},
      "volume '' is a directory of the node",
      'volumes that belong to the pod or the cluster',
    ],
    [
      { context: 'capabilities: { add: [IPC_LOCK] }' },
      'IPC_LOCK',
      `${SERVER} adds a capability beyond the usual ones`,
      CAPABILITIES,
    ],
    [context('privileged: true'), true, `${SERVER} is root on its node`, 'false'],
    [context('procMount: Unmasked'), 'Unmasked', `${SERVER} shows what the runtime hides of /proc`, 'Default'],
    [context('seccompProfile: { type: Unconfined }'), 'Unconfined', `${SERVER} may make every system call`, SECCOMP],
    [context('windowsOptions: { hostProcess: true }'), true, `${SERVER} runs as a process of its node`, 'false'],
    [context('seLinuxOptions: { type: spc_t }'), 'spc_t', `${SERVER} leaves the SELinux type of containers`, SELINUX],
    [context('seLinuxOptions: { role: system_r }'), 'system_r', `${SERVER} takes another SELinux identity`, 'not set'],
    [context('appArmorProfile: { type: Unconfined }'), 'Unconfined', `${SERVER} runs without AppArmor`, SECCOMP],
    [
      { container: 'startupProbe: { tcpSocket: { host: h } }' },
      'h',
      'the kubelet would call another host than the pod',
      'no host',
    ],
    [
      { podContext: 'securityContext: { seLinuxOptions: { user: system_u } }' },
      'system_u',
      'the pod takes another SELinux identity',
      'not set',
    ],
  ])('%j', (one, value, message, allowed) => {
    expect(under('baseline', one)).toMatchObject([
      { value, message: `${message}, which level baseline forbids`, allowed },
    ]);
  });

  test.each(['livenessProbe', 'readinessProbe', 'startupProbe'])('a %s of another host, by either way', (probe) => {
    const calling = (action: string) => ({ container: `${probe}: { ${action}: { host: 10.0.0.1 } }` });
    expect(places('baseline', calling('httpGet'))).toEqual([`containers[0].${probe}.httpGet.host`]);
    expect(places('baseline', calling('tcpSocket'))).toEqual([`containers[0].${probe}.tcpSocket.host`]);
  });

  test.each(['postStart', 'preStop'])('a hook to another host: %s', (hook) => {
    const one = { container: `lifecycle: { ${hook}: { httpGet: { host: 10.0.0.1 } } }` };
    expect(places('baseline', one)).toEqual([`containers[0].lifecycle.${hook}.httpGet.host`]);
  });

  test('an AppArmor annotation of another profile', () => {
    const key = 'container.apparmor.security.beta.kubernetes.io/server';
    const profile = (value: string) => places('baseline', { podMetadata: `annotations: { ${key}: '${value}' }` });
    for (const value of ['unconfined', 'runtime/default-not', 'my/localhost/a']) expect(profile(value)).toHaveLength(1);
    for (const value of ['', 'runtime/default', 'localhost/a']) expect(profile(value)).toEqual([]);
    expect(places('baseline', { podMetadata: `annotations: { my.${key}: unconfined }` })).toEqual([]);
  });
});

describe('what only restricted forbids', () => {
  test.each([
    [
      'gaining rights',
      { context: 'capabilities: { drop: [ALL] }' },
      'containers[0].securityContext.allowPrivilegeEscalation',
    ],
    [
      'keeping capabilities',
      { context: 'allowPrivilegeEscalation: false' },
      'containers[0].securityContext.capabilities.drop',
    ],
    [
      'dropping some capabilities',
      { context: 'allowPrivilegeEscalation: false, capabilities: { drop: [KILL] }' },
      'containers[0].securityContext.capabilities.drop',
    ],
    [
      'running as root by silence',
      { podContext: 'securityContext: { seccompProfile: { type: RuntimeDefault } }' },
      'containers[0].securityContext.runAsNonRoot',
    ],
    [
      'running as root by word',
      { context: `${GOOD}, runAsNonRoot: false` },
      'containers[0].securityContext.runAsNonRoot',
    ],
    ['running as root by number', { context: `${GOOD}, runAsUser: 0` }, 'containers[0].securityContext.runAsUser'],
    [
      'no seccomp profile',
      { podContext: 'securityContext: { runAsNonRoot: true }' },
      'containers[0].securityContext.seccompProfile.type',
    ],
    ['an inline volume of a cloud', { pod: 'volumes: [{ name: files, azureFile: { shareName: a } }]' }, 'volumes[0]'],
  ])('%s', (_, one: Given, place) => {
    expect(places('restricted', one)).toEqual([place]);
    expect(places('baseline', one)).toEqual([]);
  });

  test('is told with container, level and the allowed value', () => {
    expect(under('restricted', { context: 'capabilities: { drop: [ALL] }' })[0]).toMatchObject({
      about: 'PodSecurity/allowPrivilegeEscalation',
      message: "container 'server' can gain rights that it was not started with, which level restricted forbids",
      allowed: 'false',
    });
  });

  test('of init containers and debuggers as well', () => {
    const pod = 'initContainers: [{ name: a }]\nephemeralContainers: [{ name: b }]';
    expect(places('restricted', { pod })).toEqual([
      'initContainers[0].securityContext.allowPrivilegeEscalation',
      'ephemeralContainers[0].securityContext.allowPrivilegeEscalation',
      'initContainers[0].securityContext.capabilities.drop',
      'ephemeralContainers[0].securityContext.capabilities.drop',
    ]);
  });
});

describe('what restricted allows', () => {
  test.each([
    ['a pod as it should be', {}],
    [
      'settings of the containers instead of the pod',
      {
        podContext: '',
        context: `${GOOD}, runAsNonRoot: true, seccompProfile: { type: Localhost, localhostProfile: a }`,
      },
    ],
    [
      'to bind low ports',
      { context: 'allowPrivilegeEscalation: false, capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] }' },
    ],
    [
      'volumes of the pod and the cluster',
      {
        pod: 'volumes: [{ name: a, emptyDir: {} }, { name: b, image: { reference: x } }, { name: c, persistentVolumeClaim: { claimName: x } }, { name: d, projected: {} }, { name: e }]',
      },
    ],
    [
      'safe sysctls',
      {
        podContext:
          'securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault }, sysctls: [{ name: net.ipv4.tcp_rmem }] }',
      },
    ],
    [
      'values that are not set',
      {
        context: `${GOOD}, procMount: null, seLinuxOptions: null`,
        pod: 'hostNetwork: false',
        container: 'ports: [{ hostPort: 0 }]',
      },
    ],
    [
      'values that are what they are without a word',
      {
        context: `${GOOD}, privileged: false, procMount: Default, windowsOptions: { hostProcess: false }, seLinuxOptions: { type: '', user: '', role: '' }, appArmorProfile: { type: RuntimeDefault }`,
        pod: 'hostPID: false\nhostIPC: false',
        container: "ports: [{ containerPort: 80 }], livenessProbe: { httpGet: { host: '', port: 80 } }",
      },
    ],
    ...['container_t', 'container_init_t', 'container_kvm_t'].map((type): [string, Given] => [
      `the SELinux type ${type}`,
      { context: `${GOOD}, seLinuxOptions: { type: ${type} }` },
    ]),
    [
      'a profile by annotation',
      { podMetadata: 'annotations: { container.apparmor.security.beta.kubernetes.io/server: runtime/default }' },
    ],
  ])('%s', (_, one: Given) => {
    expect(places('restricted', one)).toEqual([]);
  });

  test('Windows pods without what Windows does not have', () => {
    const one = { pod: 'os: { name: windows }', podContext: 'securityContext: { runAsNonRoot: true }', context: '' };
    expect(places('restricted', one)).toEqual([]);
    expect(places('restricted', { ...one, podContext: '' })).toEqual(['containers[0].securityContext.runAsNonRoot']);
  });

  test('root in a user namespace, from 1.35 on', () => {
    const one = {
      pod: 'hostUsers: false',
      podContext: 'securityContext: { seccompProfile: { type: RuntimeDefault } }',
      context: `${GOOD}, runAsUser: 0`,
    };
    expect(places('restricted', one, 'v1.35')).toEqual([]);
    expect(places('restricted', one, 'v1.34')).toHaveLength(2);
  });
});

describe('the version of the standards', () => {
  const sysctl = (name: string) => ({
    podContext: `securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault }, sysctls: [{ name: ${name} }] }`,
  });

  test.each([
    ['net.ipv4.ip_local_reserved_ports', 'v1.26', 'v1.27'],
    ['net.ipv4.tcp_keepalive_time', 'v1.28', 'v1.29'],
    ['net.ipv4.tcp_rmem', 'v1.31', 'v1.32'],
    ['net.ipv4.tcp_notsent_lowat', 'v1.36', 'v1.37'],
    ['net.ipv4.tcp_notsent_lowat', 'v1.36', 'latest'],
  ])('decides whether %s is safe', (name, before, since) => {
    expect(places('baseline', sysctl(name), before)).toHaveLength(1);
    expect(places('baseline', sysctl(name), since)).toEqual([]);
  });

  test('decides whether probes may go elsewhere', () => {
    const one = { container: 'livenessProbe: { httpGet: { host: 10.0.0.1 } }' };
    expect(places('baseline', one, 'v1.33')).toEqual([]);
    expect(places('baseline', one, 'v1.34')).toHaveLength(1);
  });

  test('decides whether a container engine may keep its SELinux type', () => {
    const one = { context: `${GOOD}, seLinuxOptions: { type: container_engine_t }` };
    expect(places('baseline', one, 'v1.30')).toHaveLength(1);
    expect(places('baseline', one, 'v1.31')).toEqual([]);
  });

  test('decides whether a user namespace may show /proc, which restricted never allows', () => {
    const one = { pod: 'hostUsers: false', context: `${GOOD}, procMount: Unmasked` };
    expect(places('baseline', one, 'v1.34')).toHaveLength(1);
    expect(places('baseline', one, 'v1.35')).toEqual([]);
    expect(places('restricted', one, 'v1.35')).toHaveLength(1);
  });
});

describe('the level of a namespace', () => {
  const BAD = { context: 'capabilities: { drop: [ALL] }' };

  test('is restricted where nobody states one', () => {
    expect(ask(podSecurity, given(BAD)).notCompliant).toBe(1);
    const bare = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: chat }';
    expect(ask(podSecurity, documents(bare, given(BAD))).notCompliant).toBe(1);
    expect(places('strict', BAD)).toHaveLength(1);
  });

  test.each(['1.28', 'xv1.28', 'v1.28.3', 'v2.28', 'newest'])(
    'is that of the newest standards where its version is none: %s',
    (version) => {
      const one = { podContext: `${POD_WIDE.slice(0, -2)}, sysctls: [{ name: net.ipv4.tcp_notsent_lowat }] }` };
      expect(places('restricted', one, 'v1.28')).toHaveLength(1);
      expect(places('restricted', one, version)).toEqual([]);
    },
  );

  test('is that of the release where the pod names none', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a }] }';
    const yaml = documents(namespace('baseline'), pod);
    expect(ask(podSecurity, yaml, { namespace: 'chat' }).findings).toEqual([]);
    expect(ask(podSecurity, yaml).findings).not.toEqual([]);
  });
});

test('objects without pods are not asked, and nonsense is survived', () => {
  expect(ask(podSecurity, namespace('baseline')).notApplicable).toBe(1);
  const yaml = workload(
    'securityContext: 5\nvolumes: [5, null]\ncontainers: [null, { securityContext: [1], ports: 7 }]',
  );
  expect(ask(podSecurity, yaml).notCompliant).toBe(1);
});

describe('where the level of the namespace', () => {
  const one: Given = { pod: 'hostNetwork: true' };
  const [ENFORCED, UNLABELLED] = [namespace('restricted'), 'apiVersion: v1\nkind: Namespace\nmetadata: { name: chat }'];

  test('is named, the API server refuses the pod', () => {
    expect(ask(podSecurity, documents(ENFORCED, given(one))).findings).toMatchObject([
      { severity: 'error', message: 'the pod sees into its node, which level restricted forbids' },
    ]);
  });

  test.each([
    ['is not among the manifests', given(one)],
    ['is left open', documents(UNLABELLED, given(one))],
  ])('%s, restricted is presumed, and warned of', (_, yaml) => {
    expect(ask(podSecurity, yaml).findings).toMatchObject([
      {
        severity: 'warning',
        message:
          "the pod sees into its node, which level restricted (presumed, as no manifest names the level of 'chat') forbids",
        fix: expect.stringContaining('Namespace'),
      },
    ]);
  });
});
