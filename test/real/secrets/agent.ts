/**
 * The Vault agent as its annotations configure it, played by consul-template, which is the template engine inside it.
 * Templates, permissions, role and pauses are read from the synthesised pod; nothing is copied.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toolPaths } from '../support/tools';
import { guard, release } from '../support/watchdog';
import { serviceAccountToken } from './vault-stub';

type Strings = Readonly<Record<string, string>>;

/** The parts of a pod that the injector reads. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Strings; readonly annotations: Strings };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly [
      {
        readonly name: string;
        readonly command: readonly string[];
        readonly env: readonly { readonly name: string }[];
      },
    ];
    readonly volumes: readonly {
      readonly name: string;
      readonly projected?: {
        readonly sources: readonly {
          readonly serviceAccountToken: { readonly audience: string; readonly path: string };
        }[];
      };
    }[];
  };
}

const PREFIX = 'vault.hashicorp.com/';

/** What must hold of a value for the translation below to mean the same. */
const only =
  (...allowed: readonly string[]) =>
  (value: string) => {
    if (!allowed.includes(value)) throw new Error(`'${value}' cannot be played here, only ${allowed.join(', ')}`);
    return {};
  };
const anything = () => ({});

/**
 * Annotation (vault-k8s 1.7.6 annotations.go) → setting of the agent (its config.go; hashicorp/vault auth.go and
 * ctmanager/runner_config.go) → option of consul-template 0.41 (config/vault.go, config/template.go). Those that only
 * shape the injected container have no third column.
 */
const SETTINGS: Readonly<Record<string, readonly [agent: string, play: (value: string) => object]>> = {
  'agent-inject': ['whether the webhook does anything', only('true')],
  role: ['auto_auth.method.config.role', (value) => ({ vault: { k8s_auth_role_name: value } })],
  // The agent posts to <mount_path>/login, consul-template to auth/<mount>/login.
  'auth-path': [
    'auto_auth.method.mount_path',
    (value) => ({ vault: { k8s_service_mount_path: value.replace(/^auth\//, '') } }),
  ],
  namespace: ['auto_auth.method.namespace', (value) => ({ vault: { namespace: value } })],
  service: ['vault.address; the stub is elsewhere', anything],
  // The agent's login gets no second attempt then (newAutoAuthBackoff); consul-template never tries its login again.
  'agent-auto-auth-exit-on-err': ['auto_auth.method.exit_on_err', only('true')],
  'template-config-exit-on-retry-failure': [
    'template_config.exit_on_retry_failure',
    (value) => ({ template_error_fatal: value === 'true' }),
  ],
  // Handed on to the retries of the template engine, of which there are 12 (DefaultRetryAttempts).
  'auth-max-backoff': [
    'auto_auth.method.max_backoff',
    (value) => ({ vault: { retry: { enabled: true, attempts: 12, max_backoff: value } } }),
  ],
  'agent-service-account-token-volume-name': ['auto_auth.method.config.token_path; read below', anything],
  'agent-pre-populate-only': ['exit_after_auth, and no second container', only('true')],
  'agent-revoke-on-shutdown': ['preStop of the second container', only('false')],
  'agent-inject-containers': ['which containers get the file', anything],
  'agent-run-as-same-user': ['securityContext', only('false')],
  'agent-run-as-user': ['securityContext.runAsUser', anything],
  'agent-run-as-group': ['securityContext.runAsGroup', anything],
  'agent-set-security-context': ['securityContext', only('true')],
  'agent-requests-cpu': ['resources', anything],
  'agent-requests-mem': ['resources', anything],
  'agent-limits-cpu': ['resources', anything],
  'agent-limits-mem': ['resources', anything],
};

/** Those that end in the name of a file. */
const FILE_SETTINGS: Readonly<Record<string, (value: string) => object>> = {
  'agent-inject-secret-': anything,
  'agent-inject-template-': (value) => ({ contents: value }),
  'agent-inject-perms-': (value) => ({ perms: value }),
  'error-on-missing-key-': (value) => ({ error_on_missing_key: value === 'true' }),
};

function settingsOf({ metadata }: PodTemplate): readonly (readonly [string, string])[] {
  return Object.entries(metadata.annotations)
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, value]) => [key.slice(PREFIX.length), value] as const);
}

/** Annotations of the injector that the tables above do not explain. */
export function unexplained(pod: PodTemplate): readonly string[] {
  const prefixes = Object.keys(FILE_SETTINGS);
  return settingsOf(pod)
    .map(([key]) => key)
    .filter((key) => SETTINGS[key] === undefined && !prefixes.some((prefix) => key.startsWith(prefix)));
}

function merge(into: Record<string, unknown>, from: object): void {
  for (const [key, value] of Object.entries(from)) {
    const both = typeof into[key] === 'object' && typeof value === 'object';
    if (both) merge(into[key] as Record<string, unknown>, value as object);
    else into[key] = value;
  }
}

/** Where an agent runs in place of its pod. */
export interface Place {
  /** Folder in place of the pod's file system. */
  readonly folder: string;
  readonly address: string;
  readonly namespace: string;
  /** Audience of the token that the kubelet writes. @default the one that the pod asks for */
  readonly audience?: string;
}

/** The folder that stands for /vault/secrets. */
export const secretsIn = ({ folder }: Place): string => join(folder, 'secrets');

/** The kubelet's part: the token that the named volume asks for, for the account of the pod. */
function writeToken(pod: PodTemplate, { folder, namespace, audience }: Place): string {
  const name = Object.fromEntries(settingsOf(pod))['agent-service-account-token-volume-name'];
  const source = pod.spec.volumes.find((volume) => volume.name === name)?.projected?.sources[0]?.serviceAccountToken;
  if (source === undefined) throw new Error(`the injector refuses the pod: it has no projected volume ${name}`);
  const file = join(folder, source.path);
  const subject = `system:serviceaccount:${namespace}:${pod.spec.serviceAccountName}`;
  writeFileSync(file, serviceAccountToken(subject, audience ?? source.audience));
  return file;
}

function configOf(pod: PodTemplate, place: Place): object {
  const config: Record<string, unknown> = {
    vault: { address: place.address, renew_token: false, k8s_service_account_token_path: writeToken(pod, place) },
  };
  const templates = new Map<string, Record<string, unknown>>();
  // consul-template cannot play the agent's default, which is to try to log in for ever.
  if (!settingsOf(pod).some(([key]) => key === 'agent-auto-auth-exit-on-err')) throw new Error('the agent would hang');
  for (const [key, value] of settingsOf(pod)) {
    const setting = SETTINGS[key];
    if (setting !== undefined) merge(config, setting[1](value));
    const prefix = Object.keys(FILE_SETTINGS).find((one) => key.startsWith(one));
    if (prefix === undefined) continue;
    const file = key.slice(prefix.length);
    const template = templates.get(file) ?? { destination: join(secretsIn(place), file) };
    templates.set(file, { ...template, ...FILE_SETTINGS[prefix]?.(value) });
  }
  return { ...config, template: [...templates.values()] };
}

/** How an agent ended. */
export interface Ending {
  /** Null when it had to be killed. */
  readonly code: number | null;
  readonly log: string;
  /** Files by name: bytes and mode. */
  readonly files: ReadonlyMap<string, { readonly text: string; readonly mode: number }>;
}

/** An agent that hangs is killed after this long: every pause that the annotations allow, and half as much again. */
const PATIENCE_MS = 150_000;

function filesOf(place: Place, pod: PodTemplate): Ending['files'] {
  const prefix = 'agent-inject-secret-';
  const names = settingsOf(pod).flatMap(([key]) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  const paths = names.map((name) => join(secretsIn(place), name)).filter((path) => existsSync(path));
  return new Map(
    paths.map((path) => [basename(path), { text: readFileSync(path, 'utf8'), mode: statSync(path).mode & 0o777 }]),
  );
}

interface Run {
  readonly ended: Promise<Ending>;
  stop(): void;
}

function start(pod: PodTemplate, place: Place, args: readonly string[]): Run {
  mkdirSync(secretsIn(place), { recursive: true });
  const file = join(place.folder, 'agent.json');
  writeFileSync(file, JSON.stringify(configOf(pod, place)));
  const command = toolPaths('secrets')['consul-template'] ?? '';
  // No variable of this machine may tell it of another Vault.
  const child = spawn(command, ['-config', file, ...args], { env: { PATH: process.env.PATH }, stdio: 'pipe' });
  const { pid } = child;
  if (pid !== undefined) guard(pid);
  let log = '';
  child.stdout.on('data', (data) => (log += data));
  child.stderr.on('data', (data) => (log += data));
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const ended = new Promise<Ending>((done, failed) => {
    child.once('error', failed).once('close', (code) => {
      clearTimeout(timer);
      if (pid !== undefined) release(pid);
      done({ code, log, files: filesOf(place, pod) });
    });
  });
  return { ended, stop: () => void child.kill('SIGINT') };
}

/** The init container: renders every file once and ends. */
export function initContainer(pod: PodTemplate, place: Place): Promise<Ending> {
  return start(pod, place, ['-once']).ended;
}

/** The second container: runs until something was seen, or patience ends. */
export async function sidecarUntil(pod: PodTemplate, place: Place, seen: () => boolean): Promise<Ending> {
  const run = start(pod, place, []);
  const deadline = Date.now() + PATIENCE_MS;
  while (!seen() && Date.now() < deadline) await sleep(50);
  run.stop();
  return run.ended;
}
