/** Both clouds in front of one engine, as each environment meets them. */
import { Azure } from './azure';
import { Engine, type Outcome } from './engine';
import { IbmCloud } from './ibm';
import { Project } from './project';
import { FakeProvider } from './provider';

/** Where the stand-in of Azure says that its machines are paid for. */
export const SUBSCRIPTION = '0b1f6471-1bf0-4dda-aec3-cb9272f09590';

const TENANT = 'f0f57b0d-9c4e-4f11-9b2c-3d6ad2f0a0d1';

/** What users of the clouds get for their cluster; nobody listens there. */
export const KUBECONFIG = 'apiVersion: v1\nkind: Config\ncurrent-context: nobody-listens-here\n';

/** An engine over the project, with everything that answers it. */
export class Clouds {
  static async start(further: readonly FakeProvider[] = [], kubeconfig = KUBECONFIG): Promise<Clouds> {
    const azure = await FakeProvider.start(new Azure({ subscriptionId: SUBSCRIPTION, tenantId: TENANT, kubeconfig }));
    const ibm = await FakeProvider.start(new IbmCloud({ configFilePath: kubeconfig }));
    const engine = await Engine.start({ providers: [azure, ibm, ...further] });
    return new Clouds(azure, ibm, engine, new Project(engine));
  }

  private constructor(
    readonly azure: FakeProvider,
    readonly ibm: FakeProvider,
    readonly engine: Engine,
    readonly project: Project,
  ) {}

  /** Everything that exists in the clouds. */
  all() {
    return [...this.azure.all(), ...this.ibm.all()];
  }

  /** What exists and the engine does not know of. */
  async orphans(stack: string): Promise<readonly string[]> {
    const { resources } = await this.engine.exportState(stack);
    const known = new Set(resources.map(({ id }) => id));
    return this.all()
      .map(({ id }) => id)
      .filter((id) => !known.has(id));
  }

  /** What has been done to the clouds since, as `create a100`. */
  take(): readonly string[] {
    const calls = [...this.azure.calls.splice(0), ...this.ibm.calls.splice(0)];
    return calls
      .filter(({ operation, error }) => ['create', 'update', 'delete'].includes(operation) && error === undefined)
      .map(({ operation, type, name }) => `${operation} ${type.split(':').at(-1)} ${name}`);
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    await this.azure.stop();
    await this.ibm.stop();
  }
}

/** Fails with all that the engine said when the run did not end well. */
export function good(outcome: Outcome): Outcome {
  if (!outcome.ok) throw new Error(outcome.text);
  return outcome;
}
