import { type ChildProcess, spawn } from 'node:child_process';
import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
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

// As many as the engine itself allows (`rpcutil.MaxRPCMessageSize`).
const MESSAGE_BYTES = 400 * 1024 * 1024;

/** By this code `@pulumi/pulumi/cmd/run` says that the user has been told already. */
const BAIL = 32;

/**
 * Runs programs as `pulumi-language-nodejs` does (pulumi/pulumi sdk/nodejs/cmd/pulumi-language-nodejs/main.go), which no
 * registry serves. The program talks to the engine itself, so that nothing of the SDK is imitated here.
 */
export class LanguageHost {
  static async start(): Promise<LanguageHost> {
    const host = new LanguageHost();
    await host.listen();
    return host;
  }

  private readonly server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES,
    'grpc.max_send_message_length': MESSAGE_BYTES,
  });
  private readonly programs = new Set<ChildProcess>();
  private port = 0;
  private engine = '';
  private printed = '';

  /** The value of `PULUMI_DEBUG_LANGUAGES`. */
  get attachment(): string {
    return `nodejs:${this.port}`;
  }

  /** What the programs have printed since the last call. */
  takeOutput(): string {
    const taken = this.printed;
    this.printed = '';
    return taken;
  }

  async stop(): Promise<void> {
    for (const program of this.programs) program.kill('SIGKILL');
    await new Promise<void>((done) => this.server.tryShutdown(() => done()));
  }

  private async listen(): Promise<void> {
    this.server.addService(LanguageRuntimeService, {
      handshake: answer((request: LanguageHandshakeRequest) => {
        this.engine = request.getEngineAddress();
        return new LanguageHandshakeResponse();
      }),
      getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
      getProgramDependencies: answer(() => new GetProgramDependenciesResponse()),
      about: answer(() => new AboutResponse()),
      getPluginInfo: answer(() => {
        const info = new PluginInfo();
        info.setVersion('0.0.0');
        return info;
      }),
      run: answer((request: RunRequest) => this.run(request)),
    });
    this.port = await new Promise((done, fail) => {
      this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? fail(error) : done(port),
      );
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
        ...process.env,
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

function answer<Request, Response>(
  body: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(body)
      .then(
        (response) => callback(null, response),
        (error: Error) => callback(error),
      );
  };
}
