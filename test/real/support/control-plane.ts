import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { join, resolve } from 'node:path';
import { ApiClient } from './api';
import { CertificateAuthority } from './certificates';
import { HttpClient } from './http';
import { kwokStages, type StageOptions } from './kwok-stages';
import { freePorts, Program, type ProgramOptions, temporaryDir } from './process';
import { toolPaths } from './tools';

export interface ControlPlaneOptions {
  /** Folder in which the programs' logs are kept, for a closer look. @default a temporary one, removed by `stop` */
  readonly logs?: string;
  /** How long pods take to be ready, and Jobs to be done. @default ready at once; Jobs run until they are deleted */
  readonly stages?: StageOptions;
  /** Whether other servers may serve APIs through this one (APIService). Needs `openssl`. @default false */
  readonly aggregation?: boolean;
  /** Added after the flags below, so that they win. */
  readonly extraApiserverArgs?: readonly string[];
  /** Such as `--horizontal-pod-autoscaler-sync-period=5s`. */
  readonly extraControllerManagerArgs?: readonly string[];
  readonly extraSchedulerArgs?: readonly string[];
}

/**
 * A Kubernetes control plane of real programs on loopback: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and
 * kwok in place of the kubelets. RBAC is on, and the admission plugins (Pod Security, quota, priority) are the default ones.
 *
 * ```ts
 * const plane = await ControlPlane.start();
 * try { await plane.api.apply(manifest); } finally { await plane.stop(); }
 * ```
 */
export class ControlPlane {
  /** Starts everything and waits until it works. @throws with the logs' tails when a program does not come up */
  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const plane = new ControlPlane(options);
    try {
      await plane.startPrograms();
    } catch (error) {
      await plane.tearDown();
      throw error;
    }
    return plane;
  }

  /** Folder for scratch files of the tests, removed by `stop`. */
  readonly dir: string;
  /** For programs that talk to the cluster, as an administrator. */
  readonly kubeconfig: string;
  /** Bearer token of the administrator (group system:masters). */
  readonly token = randomBytes(16).toString('hex');

  private readonly temporary = temporaryDir('control-plane');
  private readonly logDir: string;
  private readonly programs: Program[] = [];
  private client?: ApiClient;
  private address = '';

  private constructor(private readonly options: ControlPlaneOptions) {
    this.dir = this.temporary.path;
    this.kubeconfig = join(this.dir, 'admin.kubeconfig');
    this.logDir = options.logs ? resolve(options.logs) : join(this.dir, 'logs');
    mkdirSync(this.logDir, { recursive: true });
  }

  /** The client of the administrator. */
  get api(): ApiClient {
    if (!this.client) throw new Error('the control plane is not running');
    return this.client;
  }

  /** `https://127.0.0.1:port` of the API server. */
  get url(): string {
    return this.address;
  }

  /** PEM file with the certificate of the API server, the one thing that a client has to trust. */
  get caFile(): string {
    return join(this.dir, 'certs', 'apiserver.crt');
  }

  /** State and last log lines of each program. */
  logs(lines = 15): string {
    return this.programs.map((program) => program.tail(lines)).join('\n');
  }

  /** Process ids by program name. */
  get pids(): Readonly<Record<string, number | undefined>> {
    return Object.fromEntries(this.programs.map(({ name, pid }) => [name, pid]));
  }

  /**
   * Starts a program that belongs to this cluster: its log is kept with the others, and `stop` ends it before them.
   * @throws with the tail of its log when it does not come up
   */
  async attach(options: Omit<ProgramOptions, 'logDir'>): Promise<Program> {
    const program = await Program.start({ ...options, logDir: this.logDir });
    this.programs.push(program);
    return program;
  }

  /** Runs a test's body; when it throws, the tails of the logs go to stderr before the error goes on. */
  async withLogs<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      process.stderr.write(`${this.logs(40)}\n`);
      throw error;
    }
  }

  /**
   * Ends all programs, waits until they are gone, and removes the temporary folder. May be called twice.
   * @throws when a program had ended by itself before, since what the tests saw may be due to that
   */
  async stop(): Promise<void> {
    const dead = this.programs.filter((program) => !program.running).map((program) => program.tail(40));
    await this.tearDown();
    if (dead.length > 0) throw new Error(`ended while the tests ran:\n${dead.join('\n')}`);
  }

  private async tearDown(): Promise<void> {
    this.client?.close();
    this.client = undefined;
    // Clients before servers. The API server drains for long and has nothing worth keeping; a lingering one holds its port.
    for (const program of this.programs.splice(0).reverse()) await program.stop(2_000);
    this.temporary.dispose();
  }

  private async startPrograms(): Promise<void> {
    const tools = toolPaths('cluster');
    const [etcdPort = 0, peerPort = 0, apiPort = 0, controllerPort = 0, schedulerPort = 0, kwokPort = 0] =
      await freePorts(6);
    const certDir = join(this.dir, 'certs');
    const etcd = `http://127.0.0.1:${etcdPort}`;
    this.address = `https://127.0.0.1:${apiPort}`;
    const keys = this.writeServiceAccountKeys();
    this.writeKubeconfig();

    await this.run(tools, 'etcd', () => plainOk(`${etcd}/health`), [
      `--data-dir=${join(this.dir, 'etcd')}`,
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
      '--name=test',
      `--initial-cluster=test=http://127.0.0.1:${peerPort}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]);
    await this.run(tools, 'kube-apiserver', () => tlsOk(this.address, this.caFile, '/readyz'), [
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      // Loopback cannot stand in the endpoints of the Service `kubernetes`; nobody reads them here.
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${apiPort}`,
      `--cert-dir=${certDir}`,
      `--token-auth-file=${this.writeTokens()}`,
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${keys.publicFile}`,
      `--service-account-signing-key-file=${keys.privateFile}`,
      '--shutdown-delay-duration=0',
      ...(this.options.aggregation ? this.aggregationArgs() : []),
      ...(this.options.extraApiserverArgs ?? []),
    ]);
    this.client = new ApiClient({ url: this.address, token: this.token, ca: readFileSync(this.caFile, 'utf8') }, () =>
      this.logs(),
    );

    const client = [
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--cert-dir=${certDir}`,
      `--kubeconfig=${this.kubeconfig}`,
    ];
    const health = (port: number, program: string, path: string) => (): Promise<boolean> =>
      tlsOk(`https://127.0.0.1:${port}`, join(certDir, `${program}.crt`), path);
    await all([
      this.run(tools, 'kube-controller-manager', health(controllerPort, 'kube-controller-manager', '/healthz'), [
        ...client,
        `--secure-port=${controllerPort}`,
        '--controllers=*',
        `--service-account-private-key-file=${keys.privateFile}`,
        `--root-ca-file=${this.caFile}`,
        // A busy test machine must not look like a lost node.
        '--node-monitor-grace-period=10m',
        '--kube-api-qps=200',
        '--kube-api-burst=400',
        ...(this.options.extraControllerManagerArgs ?? []),
      ]),
      this.run(tools, 'kube-scheduler', health(schedulerPort, 'kube-scheduler', '/readyz'), [
        ...client,
        `--secure-port=${schedulerPort}`,
        '--kube-api-qps=200',
        '--kube-api-burst=400',
        ...(this.options.extraSchedulerArgs ?? []),
      ]),
      this.run(tools, 'kwok', () => plainOk(`http://127.0.0.1:${kwokPort}/readyz`), [
        `--kubeconfig=${this.kubeconfig}`,
        `--config=${this.writeStages()}`,
        '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
        '--node-lease-duration-seconds=40',
        '--cidr=10.244.0.0/16',
        '--node-ip=10.0.0.1',
        `--server-address=127.0.0.1:${kwokPort}`,
      ]),
    ]);
    // Pods are refused before the controllers have made it.
    await this.api.waitFor('the default service account', () =>
      this.api.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'default', name: 'default' }),
    );
  }

  private async run(
    tools: Readonly<Record<string, string>>,
    name: string,
    ready: () => Promise<boolean>,
    args: readonly string[],
  ): Promise<void> {
    const command = tools[name];
    if (!command) throw new Error(`test/real/tools/tools.json has no ${name} in the group cluster`);
    await this.attach({ name, command, args, ready });
  }

  /**
   * How the server proves to an aggregated one that it speaks for a user.
   *
   * Without `--enable-aggregator-routing`, a Service of type ExternalName is a valid backend; with it, it is refused.
   */
  private aggregationArgs(): readonly string[] {
    const dir = join(this.dir, 'front-proxy');
    const authority = new CertificateAuthority(dir, 'front-proxy');
    const client = authority.issue('front-proxy-client', []);
    // Nobody shows a client certificate; the aggregated servers want to know an authority all the same.
    const clients = new CertificateAuthority(join(this.dir, 'clients'), 'clients');
    return [
      `--client-ca-file=${clients.certFile}`,
      `--requestheader-client-ca-file=${authority.certFile}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-username-headers=X-Remote-User',
      `--proxy-client-cert-file=${client.certFile}`,
      `--proxy-client-key-file=${client.keyFile}`,
    ];
  }

  private writeServiceAccountKeys(): { publicFile: string; privateFile: string } {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      publicFile: this.write('service-account.pub', publicKey.export({ type: 'spki', format: 'pem' })),
      privateFile: this.write('service-account.key', privateKey.export({ type: 'pkcs8', format: 'pem' })),
    };
  }

  private writeTokens(): string {
    return this.write('tokens.csv', `${this.token},admin,admin,"system:masters"\n`);
  }

  private writeStages(): string {
    return this.write('kwok.yaml', kwokStages(this.options.stages));
  }

  private writeKubeconfig(): void {
    const name = 'warmpath-test';
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: this.address, 'certificate-authority': this.caFile } }],
      users: [{ name, user: { token: this.token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    };
    // JSON is YAML.
    this.write('admin.kubeconfig', JSON.stringify(config, undefined, 2));
  }

  private write(name: string, content: string | Buffer): string {
    const file = join(this.dir, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }
}

/** Waits for all, also when one fails: a program that is still on its way up has to be known before it can be stopped. */
async function all(starts: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(starts)) if (result.status === 'rejected') throw result.reason;
}

/** Whether a server with that certificate answers 200; an error means that it is not there yet. */
export async function tlsOk(url: string, caFile: string, path: string): Promise<boolean> {
  // The program writes its certificate when it starts; until then this throws, which means "not yet".
  const client = new HttpClient({ url, ca: readFileSync(caFile, 'utf8') });
  try {
    return (await client.send('GET', path)).status === 200;
  } finally {
    client.close();
  }
}

/** The same without TLS. */
export function plainOk(url: string): Promise<boolean> {
  return new Promise((done, failed) => {
    httpGet(url, { timeout: 5_000 }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    }).on('error', failed);
  });
}
