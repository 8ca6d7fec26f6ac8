import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePorts, temporaryDir } from '../../support/process';
import { toolPaths } from '../../support/tools';
import { guard, release } from '../../support/watchdog';
import type { Properties } from './behaviour';
import { LanguageHost } from './language-host';
import type { FakeProvider } from './provider';

const ROOT = resolve(__dirname, '../../../..');
const PASSPHRASE = 'a passphrase of the tests';

/** A step that the engine took or would take. */
export interface Step {
  /** Such as `create`, `update`, `delete-replaced`, `create-replacement`, `same`. */
  readonly operation: string;
  readonly urn: string;
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Paths that differ, with `add`, `update`, `delete` and their `-replace` forms. */
  readonly diff: Readonly<Record<string, string>>;
  /** Whether it was done; steps of a preview never are. */
  readonly done: boolean;
}

/** How a run of the engine went. A run that fails is an outcome too: much of what is tested is how it fails. */
export interface Outcome {
  readonly ok: boolean;
  readonly code: number;
  /** All that a user would have seen, and what the program printed. */
  readonly text: string;
  /** In the order in which the engine began them, without the stack itself and providers. */
  readonly steps: readonly Step[];
  /** Steps by operation, as the engine counts them. */
  readonly summary: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** A resource in the engine's state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
  readonly initErrors?: readonly string[];
  readonly delete?: boolean;
  readonly protect?: boolean;
}

export interface State {
  readonly resources: readonly StateResource[];
  /** What the engine had begun and does not know the end of. */
  readonly pending: readonly Properties[];
  /** The export as text, as it would lie in a bucket. */
  readonly text: string;
}

export interface EngineOptions {
  readonly providers: readonly FakeProvider[];
  /** Text of a program that is not the project's own. @default `Pulumi.yaml` of the project, with all that it needs */
  readonly program?: string;
  /** Further variables, for the engine and the program. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** @default 300 s */
  readonly timeoutSeconds?: number;
  /** Further flags of the CLI. @default none */
  readonly flags?: readonly string[];
}

/**
 * The Pulumi CLI over a copy of the project, with a backend of its own, attached to stand-in providers and cut off from the
 * network: the proxy for all but loopback is a port on which nobody listens.
 */
export class Engine {
  static async start(options: EngineOptions): Promise<Engine> {
    const { pulumi } = toolPaths('engine');
    if (!pulumi) throw new Error('test/real/tools/tools.json has no pulumi in the group engine');
    const [closedPort = 0] = await freePorts(1);
    const environment = { ...cutOff(closedPort), ...options.env };
    return new Engine(pulumi, options, await LanguageHost.start(environment), environment);
  }

  private readonly temporary = temporaryDir('pulumi');
  private runs = 0;

  private constructor(
    private readonly pulumi: string,
    private readonly options: EngineOptions,
    private readonly host: LanguageHost,
    private readonly base: NodeJS.ProcessEnv,
  ) {
    mkdirSync(this.path('home'));
    mkdirSync(this.path('backend'));
    mkdirSync(this.project);
    symlinkSync(join(ROOT, 'node_modules'), join(this.project, 'node_modules'));
    if (options.program === undefined) this.copyProject();
    else this.write(options.program);
  }

  /** The folder with `Pulumi.yaml`; its `Pulumi.<stack>.yaml` are copies that a run may change. */
  get project(): string {
    return this.path('project');
  }

  /** Gives the fixture another program for the next run. */
  write(program: string): void {
    writeFileSync(join(this.project, 'index.ts'), program);
    writeFileSync(join(this.project, 'package.json'), '{ "name": "fixture", "private": true }\n');
    writeFileSync(
      join(this.project, 'Pulumi.yaml'),
      'name: fixture\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n    nodeargs: "--import tsx"\nmain: index.ts\n',
    );
  }

  async stackInit(stack: string): Promise<void> {
    await this.must(['stack', 'init', stack]);
  }

  /** @param path - whether the key is a path into an object */
  async setConfig(stack: string, key: string, value: string, flags: readonly string[] = []): Promise<void> {
    await this.must(['config', 'set', '--stack', stack, ...flags, key, '--', value]);
  }

  /** `pulumi preview`. */
  preview(stack: string, options: RunOptions = {}): Promise<Outcome> {
    return this.operation(['preview', '--diff', '--stack', stack], options);
  }

  /** `pulumi up` without the preview of its own, so that a test sees each operation once. */
  up(stack: string, options: RunOptions = {}): Promise<Outcome> {
    return this.operation(['up', '--yes', '--skip-preview', '--stack', stack], options);
  }

  refresh(stack: string, options: RunOptions = {}): Promise<Outcome> {
    return this.operation(['refresh', '--yes', '--skip-preview', '--stack', stack], options);
  }

  destroy(stack: string, options: RunOptions = {}): Promise<Outcome> {
    return this.operation(['destroy', '--yes', '--skip-preview', '--stack', stack], options);
  }

  /** @param showSecrets - decrypted; the text of the state must never be asked for with it */
  async exportState(stack: string, showSecrets = false): Promise<State> {
    const flags = showSecrets ? ['--show-secrets'] : [];
    const { stdout } = await this.must(['stack', 'export', '--stack', stack, ...flags]);
    const { deployment } = JSON.parse(stdout) as {
      deployment: { resources?: StateResource[]; pending_operations?: Properties[] };
    };
    return { resources: deployment.resources ?? [], pending: deployment.pending_operations ?? [], text: stdout };
  }

  /** Outputs of the stack, decrypted. */
  async outputs(stack: string): Promise<Properties> {
    const { stdout } = await this.must(['stack', 'output', '--json', '--show-secrets', '--stack', stack]);
    return JSON.parse(stdout) as Properties;
  }

  /** Any other command, whose exit code the caller judges. */
  command(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.operation(args, options, false);
  }

  async stop(): Promise<void> {
    await this.host.stop();
    this.temporary.dispose();
  }

  private path(name: string): string {
    return join(this.temporary.path, name);
  }

  /** Links to what a run reads, copies of what it writes. */
  private copyProject(): void {
    for (const name of ['lib', 'stacks', 'imports', 'manifests', 'package.json', 'tsconfig.json', 'images.lock'])
      if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(this.project, name));
    for (const name of readdirSync(ROOT).filter((file) => /^Pulumi(\.[\w-]+)?\.yaml$/.test(file)))
      copyFileSync(join(ROOT, name), join(this.project, name));
  }

  private async must(args: readonly string[]): Promise<{ readonly stdout: string }> {
    const { code, stdout, text } = await this.run(args, 120);
    if (code !== 0) throw new Error(`pulumi ${args.join(' ')} exited with ${code}\n${text}`);
    return { stdout };
  }

  private async operation(args: readonly string[], options: RunOptions, logsEvents = true): Promise<Outcome> {
    this.runs += 1;
    const log = this.path(`events-${this.runs}.jsonl`);
    const events = logsEvents ? ['--event-log', log] : [];
    const begun = Date.now();
    const { code, text } = await this.run(
      [...args, ...events, ...(options.flags ?? [])],
      options.timeoutSeconds ?? 300,
    );
    return { ok: code === 0, code, text, seconds: (Date.now() - begun) / 1000, ...read(log) };
  }

  private async run(
    args: readonly string[],
    timeoutSeconds: number,
  ): Promise<{ readonly code: number; readonly stdout: string; readonly text: string }> {
    const child = spawn(this.pulumi, [...args, '--non-interactive', '--color', 'never'], {
      cwd: this.project,
      env: this.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) guard(pid);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutSeconds * 1000);
    try {
      const code = await new Promise<number>((done, fail) => {
        child.once('error', fail);
        child.once('close', (exit, signal) =>
          exit === null
            ? fail(
                new Error(`pulumi ${args.join(' ')} ended by ${signal} after ${timeoutSeconds} s\n${stdout}${stderr}`),
              )
            : done(exit),
        );
      });
      return { code, stdout, text: `${stdout}${stderr}${this.host.takeOutput()}` };
    } finally {
      clearTimeout(timer);
      if (pid !== undefined) release(pid);
    }
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...this.base,
      PULUMI_HOME: this.path('home'),
      PULUMI_BACKEND_URL: `file://${this.path('backend')}`,
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      // For `--event-log`, as the Automation API does.
      PULUMI_DEBUG_COMMANDS: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      PULUMI_DEBUG_LANGUAGES: this.host.attachment,
      PULUMI_DEBUG_PROVIDERS: this.options.providers.map(({ attachment }) => attachment).join(','),
    };
  }
}

/** What a program needs of this machine, and a proxy that nobody is for all that is not on loopback. */
function cutOff(closedPort: number): NodeJS.ProcessEnv {
  const nowhere = `http://127.0.0.1:${closedPort}`;
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    ...{ PATH, HOME, TMPDIR },
    ...{ HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, http_proxy: nowhere, https_proxy: nowhere },
    ...{ NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' },
  };
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly detailedDiff?: Readonly<Record<string, { readonly diffKind: string }>> | null;
}

interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly summaryEvent?: { readonly resourceChanges?: Readonly<Record<string, number>> };
}

/** Reads what the engine wrote with `--event-log` (`apitype.EngineEvent`). */
function read(log: string): Pick<Outcome, 'steps' | 'summary'> {
  if (!existsSync(log)) return { steps: [], summary: {} };
  const events = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as EngineEvent);
  const done = new Set(
    events.flatMap(({ resOutputsEvent: event }) =>
      event && !event.planning ? [`${event.metadata.op} ${event.metadata.urn}`] : [],
    ),
  );
  const steps = events.flatMap(({ resourcePreEvent: event }): readonly Step[] => {
    if (!event) return [];
    const { op, urn, type, detailedDiff } = event.metadata;
    if (type === 'pulumi:pulumi:Stack' || type.startsWith('pulumi:providers:')) return [];
    const diff = Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => [path, diffKind] as const);
    const name = urn.split('::').slice(3).join('::');
    return [{ operation: op, urn, type, name, diff: Object.fromEntries(diff), done: done.has(`${op} ${urn}`) }];
  });
  const summary = events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges ?? {};
  return { steps, summary };
}
