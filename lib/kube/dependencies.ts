/** What cdk8s infers from dependencies between constructs, and the order that follows, each in one pass. */
import { ApiObject, Chart, DependencyGraph } from 'cdk8s';
import type { IConstruct } from 'constructs';

interface Dependency {
  readonly source: IConstruct;
  readonly target: IConstruct;
}

function objectsIn(constructs: readonly IConstruct[], chart: Chart): readonly ApiObject[] {
  return constructs.filter(ApiObject.isApiObject).filter((object) => Chart.of(object) === chart);
}

function memoised<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

function dependenciesOf(constructs: readonly IConstruct[]): readonly Dependency[] {
  return constructs.flatMap((source) => source.node.dependencies.map((target) => ({ source, target })));
}

/**
 * Turns dependencies between constructs into dependencies between charts and between objects. Adds what cdk8s adds, in
 * its order, which decides the order of objects in a file.
 *
 * @returns whether any chart depends on another
 */
export function resolveDependencies(constructs: readonly IConstruct[]): boolean {
  let dependentCharts = false;
  for (const parent of constructs.filter(Chart.isChart)) {
    for (const child of parent.node.children.filter(Chart.isChart)) {
      parent.node.addDependency(child);
      dependentCharts = true;
    }
  }
  for (const { source, target } of dependenciesOf(constructs)) {
    const sourceChart = Chart.of(source);
    const targetChart = Chart.of(target);
    if (sourceChart === targetChart) continue;
    sourceChart.node.addDependency(targetChart);
    dependentCharts = true;
  }
  const objectsBelow = memoised((construct: IConstruct) => objectsIn(construct.node.findAll(), Chart.of(construct)));
  for (const { source, target } of dependenciesOf(constructs)) {
    for (const object of objectsBelow(source)) {
      for (const other of objectsBelow(target)) if (other !== object) object.node.addDependency(other);
    }
  }
  return dependentCharts;
}

/** The objects of a chart without those of the charts inside it, each behind what it depends on. */
export function objectsOf(chart: Chart): readonly ApiObject[] {
  return objectsIn(topology(chart), chart);
}

/** Of the paths, only those of charts below the root can look like the index of an array. */
function isIndex(path: string): boolean {
  const number = Number(path);
  return Number.isInteger(number) && number >= 0 && number < 2 ** 32 - 1 && String(number) === path;
}

/** Constructs as cdk8s lists them: it keeps them as properties of an object, of which JavaScript puts indices first. */
function listed(constructs: readonly IConstruct[]): readonly IConstruct[] {
  const indexed = constructs.filter(({ node }) => isIndex(node.path));
  if (indexed.length === 0) return constructs;
  indexed.sort((a, b) => Number(a.node.path) - Number(b.node.path));
  return [...indexed, ...constructs.filter(({ node }) => !isIndex(node.path))];
}

interface Vertex {
  readonly construct: IConstruct;
  readonly dependencies: Vertex[];
  isDependency: boolean;
  /** How many dependencies have been looked at. */
  visited: number;
  done: boolean;
}

/** Constructs with the dependencies among them, found by path as cdk8s finds them. */
function graphOf(constructs: readonly IConstruct[], all: readonly Dependency[]): readonly Vertex[] {
  const vertices = new Map<string, Vertex>();
  for (const construct of listed(constructs)) {
    vertices.set(construct.node.path, { construct, dependencies: [], isDependency: false, visited: 0, done: false });
  }
  for (const { source, target } of all) {
    const dependency = vertices.get(target.node.path);
    if (dependency === undefined) continue;
    vertices.get(source.node.path)?.dependencies.push(dependency);
    dependency.isDependency = true;
  }
  return [...vertices.values()];
}

/** Appends a vertex behind all that it depends on; false when it depends on itself. */
function visit(root: Vertex, ordered: IConstruct[]): boolean {
  const open = [root];
  for (let vertex = open.at(-1); vertex !== undefined; vertex = open.at(-1)) {
    const next = vertex.dependencies[vertex.visited++];
    if (next === undefined) {
      vertex.done = true;
      ordered.push(vertex.construct);
      open.pop();
    } else if (!next.done) {
      if (next.visited > 0) return false;
      open.push(next);
    }
  }
  return true;
}

/**
 * A construct and all below it, each behind what it depends on: the order of cdk8s's `DependencyGraph`, which walks
 * every way through the graph where this one walks every edge once.
 *
 * @throws cdk8s's own error when there is a cycle
 */
export function topology(scope: IConstruct): readonly IConstruct[] {
  const constructs = scope.node.findAll();
  const dependencies = dependenciesOf(constructs);
  if (dependencies.length === 0) return listed(constructs);
  const graph = graphOf(constructs, dependencies);
  const ordered: IConstruct[] = [];
  const acyclic = graph.every((vertex) => vertex.isDependency || visit(vertex, ordered));
  // Whatever is reached from nowhere is part of a cycle. What cdk8s says to that depends on the way it walks.
  if (acyclic && ordered.length === graph.length) return ordered;
  return new DependencyGraph(scope.node).topology();
}
