/** One synthesis in a process of its own: `node measure-synth.js TREE ours|stock SIZE FOLDER` prints JSON. */
import { ApiObject, App as Cdk8sApp } from 'cdk8s';
import { App } from '../lib';
import { type AppClass, TREES, type TreeName } from './trees';

/** What a synthesis took. */
export interface SynthMeasurement {
  /** Building the tree. */
  readonly treeSeconds: number;
  readonly synthSeconds: number;
  readonly peakBytes: number;
  readonly objects: number;
}

function seconds(run: () => void): number {
  const started = performance.now();
  run();
  return (performance.now() - started) / 1000;
}

function measure(tree: TreeName, AppOf: AppClass, size: number, outdir: string): SynthMeasurement {
  const app = new AppOf({ outdir });
  const treeSeconds = seconds(() => TREES[tree](app, size));
  const synthSeconds = seconds(() => app.synth());
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { treeSeconds, synthSeconds, peakBytes, objects: app.node.findAll().filter(ApiObject.isApiObject).length };
}

const [tree, app, size, outdir] = process.argv.slice(2);
if (outdir === undefined || !(tree === 'services' || tree === 'charts')) throw new Error('see the head of this file');
console.log(JSON.stringify(measure(tree, app === 'ours' ? App : Cdk8sApp, Number(size), outdir)));
