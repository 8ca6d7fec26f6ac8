/**
 * cdk8s's own `App` checks and resolves the whole tree again for every chart, so that twice the charts take four times
 * as long. This one does so once, and writes the same bytes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiObject, type AppProps, App as Cdk8sApp, Chart, Names, YamlOutputType } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { objectsOf, resolveDependencies, topology } from './dependencies';
import { serialiserFor } from './serialise';
import { printYaml } from './yaml-printer';

/** The text of cdk8s's validation error. */
function validate(constructs: readonly IConstruct[]): void {
  const errors = constructs.flatMap(({ node }) => node.validate().map((error) => `[${node.path}] ${error}`));
  if (errors.length > 0) throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
}

/** Names of files and folders; charts that depend on each other are numbered in the order of their application. */
function chartNamer(numbered: boolean): (chart: Chart) => string {
  let index = 0;
  return (chart) => (numbered ? `${String(index++).padStart(4, '0')}-` : '') + Names.toDnsLabel(chart);
}

/** As far as file names need it. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name?: string };
}

function resourceName({ kind, metadata }: Manifest): string {
  return `${kind}.${metadata.name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
}

/**
 * A drop-in for cdk8s's `App`: same props, same files, same errors, in time proportional to the number of objects.
 *
 * The tree is checked twice, where cdk8s checks it once more for every chart: before anything is written, and before
 * the last chart, when what a `Lazy` value or a `toJson` has done to the tree is told. A chart that overrides `toJson`
 * is asked itself, and pays for cdk8s's own way if it calls `super.toJson()`.
 *
 * @example
 * const app = new App();
 * new MyChart(app, 'chat');
 * app.synth();
 */
export class App extends Cdk8sApp {
  private readonly recordsConstructs: boolean;

  constructor(props: AppProps = {}) {
    super(props);
    // cdk8s keeps its own answer to itself.
    this.recordsConstructs = props.recordConstructMetadata ?? process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
  }

  /** All charts, each behind those it depends on. */
  override get charts(): Chart[] {
    return topology(this).filter(Chart.isChart);
  }

  /** Writes all manifests to the output folder. */
  override synth(): void {
    mkdirSync(this.outdir, { recursive: true });
    const constructs = this.node.findAll();
    validate(constructs);
    const nameOf = chartNamer(resolveDependencies(constructs));
    const charts = this.charts;
    switch (this.yamlOutputType) {
      case YamlOutputType.FILE_PER_APP:
        this.synthOneFile(charts);
        break;
      case YamlOutputType.FILE_PER_CHART:
        for (const [chart, objects] of this.render(charts)) this.write(nameOf(chart), objects);
        break;
      case YamlOutputType.FILE_PER_RESOURCE:
        for (const [, objects] of this.render(charts)) {
          for (const object of objects)
            if (object !== undefined) this.write(resourceName(object as Manifest), [object]);
        }
        break;
      case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
        for (const chart of charts) this.synthFolder(chart, nameOf(chart), serialiserFor(this));
        break;
      default:
        break;
    }
    if (this.recordsConstructs) this.writeConstructs();
  }

  /** All manifests as one text. */
  override synthYaml(): string {
    const constructs = this.node.findAll();
    resolveDependencies(constructs);
    validate(constructs);
    return this.renderText(this.charts);
  }

  /** The objects of each chart as plain values, chart by chart: nothing of a chart is kept when the next one comes. */
  private *render(charts: readonly Chart[]): Generator<readonly [Chart, readonly unknown[]]> {
    const ownWay = (chart: Chart) => chart.toJson !== Chart.prototype.toJson;
    const toJson = serialiserFor(this);
    const last = charts.findLast((chart) => !ownWay(chart));
    for (const chart of charts) {
      if (ownWay(chart)) {
        yield [chart, Object.values(chart.toJson())];
        continue;
      }
      // Values that were produced for earlier charts may have added objects and dependencies to this one.
      const constructs = (chart === last ? this : chart).node.findAll();
      resolveDependencies(constructs);
      if (chart === last) validate(constructs);
      yield [chart, objectsOf(chart).map(toJson)];
    }
  }

  private renderText(charts: readonly Chart[]): string {
    const documents: string[] = [];
    for (const [, objects] of this.render(charts)) for (const object of objects) documents.push(printYaml([object]));
    return documents.join('---\n');
  }

  private write(name: string, objects: readonly unknown[]): void {
    writeFileSync(join(this.outdir, name + this.outputFileExtension), printYaml(objects));
  }

  private synthOneFile(charts: readonly Chart[]): void {
    const text = this.renderText(charts);
    if (charts.length > 0) writeFileSync(join(this.outdir, `app${this.outputFileExtension}`), text);
  }

  private synthFolder(chart: Chart, folder: string, toJson: (object: ApiObject) => unknown): void {
    const objects = objectsOf(chart);
    mkdirSync(join(this.outdir, folder), { recursive: true });
    for (const object of objects) this.write(join(folder, resourceName(object)), [toJson(object)]);
  }

  private writeConstructs(): void {
    const resources: Record<string, { readonly path: string }> = {};
    for (const object of this.charts.flatMap(objectsOf)) resources[object.name] = { path: object.node.path };
    writeFileSync(join(this.outdir, 'construct-metadata.json'), JSON.stringify({ version: '1.0.0', resources }));
  }
}
