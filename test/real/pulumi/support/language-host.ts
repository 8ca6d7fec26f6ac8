import { type ChildProcess, spawn } from 'node:child_process';
import { LanguageRuntimeService } from '@pulumi/pulumi/proto/language_grpc_pb';
import {
  AboutResponse,
  GetProgramDependenciesResponse,
  GetRequiredPackagesResponse,
  type LanguageHandshakeRequest,
  LanguageHandshakeResponse,
  type RunRequest,
  RunResponse,
} from '@pulumi/pulumi/proto/language_pb';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { guard, release } from '../../support/watchdog';
import { LoopbackServer, unary } from './grpc';

/** By this code `@pulumi/pulumi/cmd/run` says that the user has been told already. */
const BAIL = 32;

/**
 * Runs programs as `pulumi-language-nodejs` does (pulumi/pulumi sdk/nodejs/cmd/pulumi-language-nodejs/main.go), which no
 * registry serves. The program talks to the engine itself, so that nothing of the SDK is imitated here.
 */
export class LanguageHost {
  /** @param environment - of the programs: nothing of this process reaches them by chance */
  static async start(environment: NodeJS.ProcessEnv): Promise<LanguageHost> {
    const host = new LanguageHost(environment);
    await host.listen();
    return host;
  }

  private readonly programs = new Set<ChildProcess>();
  private server?: LoopbackServer;
  private engine = '';
  private printed = '';

  private constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /** The value of `PULUMI_DEBUG_LANGUAGES`. */
  get attachment(): string {
    return `nodejs:${this.server?.port}`;
  }

  /** What the programs have printed since the last call. */
  takeOutput(): string {
    const taken = this.printed;
    this.printed = '';
    return taken;
  }

  async stop(): Promise<void> {
    for (const program of this.programs) program.kill('SIGKILL');
    this.server?.stop();
  }

  private async listen(): Promise<void> {
    this.server = await LoopbackServer.start(LanguageRuntimeService, {
      handshake: unary((request: LanguageHandshakeRequest) => {
        this.engine = request.getEngineAddress();
        return new LanguageHandshakeResponse();
      }),
      getRequiredPackages: unary(() => new GetRequiredPackagesResponse()),
      getProgramDependencies: unary(() => new GetProgramDependenciesResponse()),
      about: unary(() => new AboutResponse()),
      getPluginInfo: unary(() => {
        const info = new PluginInfo();
        info.setVersion('0.0.0');
        return info;
      }),
      run: unary((request: RunRequest) => this.run(request)),
    });
  }

  private async run(request: RunRequest): Promise<RunResponse> {
    const info = request.getInfo();
    const directory = info?.getProgramDirectory() ?? '.';
    const options = info?.getOptions()?.toJavaScript() ?? {};
    const nodeArgs = String(options['nodeargs'] ?? '')
      .split(' ')
      .filter((arg) => arg !== '');
    const code = await this.spawned(
      [
        ...nodeArgs,
        require.resolve('@pulumi/pulumi/cmd/run', { paths: [directory] }),
        ...['--monitor', request.getMonitorAddress(), '--engine', this.engine],
        ...['--project', request.getProject(), '--stack', request.getStack()],
        ...['--pwd', directory, '--root-directory', info?.getRootDirectory() ?? directory],
        ...['--organization', request.getOrganization(), '--parallel', String(request.getParallel())],
        ...(request.getDryrun() ? ['--dry-run'] : []),
        info?.getEntryPoint() || '.',
        ...request.getArgsList(),
      ],
      directory,
      {
        ...this.environment,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        ...(options['typescript'] === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: 'true' }),
      },
    );
    const response = new RunResponse();
    if (code === BAIL) response.setBail(true);
    else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}\n${this.printed}`);
    return response;
  }

  private async spawned(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number | string> {
    const program = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid } = program;
    if (pid !== undefined) guard(pid);
    this.programs.add(program);
    for (const stream of [program.stdout, program.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
      });
    try {
      return await new Promise((done, fail) => {
        program.once('error', fail);
        program.once('close', (code, signal) => done(code ?? signal ?? 'unknown'));
      });
    } finally {
      this.programs.delete(program);
      if (pid !== undefined) release(pid);
    }
  }
}
