import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

// As many as the engine itself allows (`rpcutil.MaxRPCMessageSize`).
const MESSAGE_BYTES = 400 * 1024 * 1024;

/** A gRPC server on a free port of loopback. */
export class LoopbackServer {
  static async start(
    service: ServiceDefinition,
    implementation: UntypedServiceImplementation,
  ): Promise<LoopbackServer> {
    const server = new Server({
      'grpc.max_receive_message_length': MESSAGE_BYTES,
      'grpc.max_send_message_length': MESSAGE_BYTES,
    });
    server.addService(service, implementation);
    const port = await new Promise<number>((done, fail) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? fail(error) : done(bound),
      );
    });
    return new LoopbackServer(server, port);
  }

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Ends it, with whatever call is still open: its client is gone, or about to be killed. */
  stop(): void {
    this.server.forceShutdown();
  }
}

/** A method of a service that answers, or throws. */
export function unary<Request, Response>(
  body: (request: Request) => Response | Promise<Response>,
  asError: (error: unknown) => Partial<ServiceError> = (error) => error as Error,
): handleUnaryCall<Request, Response> {
  return (call, answer) => {
    Promise.resolve(call.request)
      .then(body)
      .then(
        (response) => answer(null, response),
        (error: unknown) => answer(asError(error)),
      );
  };
}
