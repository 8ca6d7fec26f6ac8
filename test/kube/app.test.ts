import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App as Cdk8sApp, Chart, Helm, Include, Lazy, Testing, YamlOutputType } from 'cdk8s';
import { Construct, Node } from 'constructs';
import fc from 'fast-check';
import { App } from '../../lib';
import { type AppClass, grow, type Outcome, outcomeOf, type Tree, trees } from '../support/trees';

const numRuns = Number(process.env.WARMPATH_PROPERTY_RUNS ?? 150);

/** What is left of the same steps with cdk8s's App and with ours. */
function both(run: (AppOf: AppClass, outdir: string) => void): readonly [theirs: Outcome, ours: Outcome] {
  return [outcomeOf((outdir) => run(Cdk8sApp, outdir)), outcomeOf((outdir) => run(App, outdir))];
}

function expectSame(run: (AppOf: AppClass, outdir: string) => void): Outcome {
  const [theirs, ours] = both(run);
  expect(ours).toEqual(theirs);
  return ours;
}

function synthesise(tree: Tree, AppOf: AppClass, outdir: string): void {
  grow(tree, AppOf, outdir).synth();
}

function thing(scope: Construct, id: string, produce: () => unknown = () => id): ApiObject {
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'Thing', spec: Lazy.any({ produce }) });
}

const OUTPUT_TYPES = [
  YamlOutputType.FILE_PER_APP,
  YamlOutputType.FILE_PER_CHART,
  YamlOutputType.FILE_PER_RESOURCE,
  YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
];

describe('our App leaves what cdk8s leaves, files and error,', () => {
  test('for generated trees', () => {
    const written = { files: 0, dependent: 0, cycles: 0 };
    fc.assert(
      fc.property(trees({ faults: false, late: false }), (tree) => {
        const { files, error = '' } = expectSame((AppOf, outdir) => synthesise(tree, AppOf, outdir));
        const names = Object.keys(files);
        written.files += names.length;
        written.dependent += Number(names.some((name) => name.startsWith('0001-')));
        written.cycles += Number(error.startsWith('Dependency cycle'));
      }),
      { numRuns },
    );
    // What was compared was worth comparing.

    expect(written.files).toBeGreaterThan(numRuns);
    expect(written.dependent).toBeGreaterThan(numRuns / 20);
    expect(written.cycles).toBeGreaterThan(numRuns / 50);
  });

  test('for trees with invalid constructs and values that cannot be produced', () => {
    fc.assert(
      fc.property(trees({ faults: true, late: false }), (tree) => {
        expectSame((AppOf, outdir) => synthesise(tree, AppOf, outdir));
      }),
      { numRuns },
    );
  });

  test('for objects and dependencies that are added while values are produced', () => {
    const compared = { good: 0, bad: 0 };
    fc.assert(
      fc.property(trees({ faults: false, late: true }), (tree) => {
        const [theirs, ours] = both((AppOf, outdir) => synthesise(tree, AppOf, outdir));
        compared[theirs.error === undefined ? 'good' : 'bad'] += 1;
        if (theirs.error === undefined) return expect(ours).toEqual(theirs);
        // The error may come some charts later, when the last one is at hand.
        expect(ours.error).toBeDefined();
        expect(ours.files).toMatchObject(theirs.files);
      }),
      { numRuns },
    );
    expect(compared.good).toBeGreaterThan(numRuns / 4);
    expect(compared.bad).toBeGreaterThan(numRuns / 20);
  });

  test('as one text', () => {
    fc.assert(
      fc.property(trees({ faults: true, late: false }), (tree) => {
        expectSame((AppOf, outdir) => writeFileSync(join(outdir, 'all'), grow(tree, AppOf, outdir).synthYaml()));
      }),
      { numRuns },
    );
  });

  test('in a second run over the same tree', () => {
    fc.assert(
      fc.property(trees({ faults: false, late: false }), (tree) => {
        expectSame((AppOf, outdir) => {
          const app = grow(tree, AppOf, outdir);
          app.synth();
          app.synth();
        });
      }),
      { numRuns: numRuns / 5 },
    );
  });

  test.each(OUTPUT_TYPES.map((type) => [YamlOutputType[type], type] as const))(
    'for an empty app, %s',
    (_, yamlOutputType) => {
      expectSame((AppOf, outdir) => new AppOf({ outdir, yamlOutputType, recordConstructMetadata: true }).synth());
      expectSame((AppOf, outdir) => {
        const app = new AppOf({ outdir, yamlOutputType });
        new Chart(app, 'empty');
        app.synth();
      });
    },
  );

  test('for included and helm-rendered manifests', () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: included\ndata:\n  mode: "0644"\n---\n# nothing\n';
    const { files } = expectSame((AppOf, outdir) => {
      const app = new AppOf({ outdir });
      const chart = new Chart(app, 'chart', { namespace: 'there' });
      const file = join(outdir, 'included.yaml');
      const helm = join(outdir, 'helm');
      writeFileSync(file, text);
      writeFileSync(helm, `#!/bin/sh\ncat <<'EOF'\n${text.replace('included', 'rendered')}EOF\n`);
      chmodSync(helm, 0o755);
      thing(chart, 'thing').addDependency(new Include(chart, 'include', { url: file }));
      new Helm(chart, 'helm', { chart: './somewhere', helmExecutable: helm });
      app.synth();
      for (const one of [file, helm]) writeFileSync(one, '');
    });
    expect(files['chart.k8s.yaml']).toContain('name: included');
    expect(files['chart.k8s.yaml']).toContain('name: rendered');
  });

  test('for a cycle of constructs in two charts', () => {
    const { error } = expectSame((AppOf, outdir) => {
      const app = new AppOf({ outdir });
      const [a, b] = [new Chart(app, 'a'), new Chart(app, 'b')];
      const [first, second] = [thing(a, 'first'), thing(b, 'second')];
      first.addDependency(second);
      second.addDependency(first);
      app.synth();
    });
    expect(error).toMatch(/^Dependency cycle detected: /);
  });

  test('for a dependency outside of all charts', () => {
    const { error } = expectSame((AppOf, outdir) => {
      const app = new AppOf({ outdir });
      thing(new Chart(app, 'chart'), 'thing').addDependency(new Construct(app, 'outside'));
      app.synth();
    });
    expect(error).toBe('cannot find a parent chart (directly or indirectly)');
  });

  test('for what an earlier value has to say about the tree', () => {
    const { error } = expectSame((AppOf, outdir) => {
      const app = new AppOf({ outdir });
      thing(new Chart(app, 'a'), 'thing', () => {
        app.node.addValidation({ validate: () => ['seen too late'] });
        return 1;
      });
      new Chart(app, 'b');
      app.synth();
    });
    expect(error).toBe('Validation failed with the following errors:\n  [] seen too late');
  });

  test('when a file cannot be written', () => {
    const { error } = expectSame((AppOf, outdir) => {
      const app = new AppOf({ outdir });
      new Chart(app, 'a');
      new Chart(app, 'b');
      mkdirSync(join(outdir, 'b.k8s.yaml'));
      try {
        app.synth();
      } catch (thrown) {
        throw new Error((thrown as Error).message.replaceAll(outdir, ''));
      }
    });
    expect(error).toMatch(/^EISDIR/);
  });
});

describe('our App', () => {
  test('is an App to cdk8s', () => {
    const app = new App({ outdir: 'somewhere', outputFileExtension: '.yaml' });
    const chart = new Chart(app, 'chart');
    thing(chart, 'thing');
    expect(app).toBeInstanceOf(Cdk8sApp);
    expect(Cdk8sApp.of(chart)).toBe(app);
    expect(Testing.synth(chart)).toHaveLength(1);
    expect([app.outdir, app.outputFileExtension, app.yamlOutputType]).toEqual([
      'somewhere',
      '.yaml',
      YamlOutputType.FILE_PER_CHART,
    ]);
    expect(app.resolvers).toHaveLength(new Cdk8sApp().resolvers.length);
  });

  test('takes its folder and its metadata from the environment like cdk8s', () => {
    const before = { ...process.env };
    try {
      const { files } = outcomeOf((outdir) => {
        Object.assign(process.env, { CDK8S_OUTDIR: outdir, CDK8S_RECORD_CONSTRUCT_METADATA: 'true' });
        const app = new App();
        thing(new Chart(app, 'chart'), 'thing');
        app.synth();
      });
      expect(Object.keys(files)).toEqual(['chart.k8s.yaml', 'construct-metadata.json']);
    } finally {
      process.env = before;
    }
  });

  test('lists charts behind those they depend on', () => {
    const app = new App();
    const [a, b] = [new Chart(app, 'a'), new Chart(app, 'b')];
    a.addDependency(b);
    expect(app.charts.map(({ node }) => node.id)).toEqual(['b', 'a']);
  });

  /** How often parts of the tree are looked at in a synthesis of so many charts that depend on the first. */
  function workOf(
    AppOf: AppClass,
    charts: number,
  ): { validations: number; serialised: number; looks: number; constructs: number } {
    const work = { validations: 0, serialised: 0, looks: 0, constructs: 0 };
    outcomeOf((outdir) => {
      const app = new AppOf({ outdir });
      const first = new Chart(app, 'first');
      for (let index = 0; index < charts; index += 1) {
        const chart = new Chart(app, `chart-${index}`);
        chart.addDependency(first);
        for (const id of ['a', 'b']) {
          const object = thing(chart, id, () => {
            work.serialised += 1;
            return 1;
          });
          object.node.addValidation({
            validate: () => {
              work.validations += 1;
              return [];
            },
          });
        }
      }
      work.constructs = app.node.findAll().length;
      const spies = [jest.spyOn(Node.prototype, 'children', 'get'), jest.spyOn(Node.prototype, 'dependencies', 'get')];
      app.synth();
      for (const spy of spies) {
        work.looks += spy.mock.calls.length;
        spy.mockRestore();
      }
    });
    return work;
  }

  test('does work in proportion to the number of constructs, where cdk8s does it anew for every chart', () => {
    const [few, many] = [workOf(App, 4), workOf(App, 32)];
    expect(few.validations).toBe(2 * 4 * 2);
    expect(many.validations).toBe(2 * 32 * 2);
    expect(few.serialised).toBe(4 * 2);
    expect(many.serialised).toBe(32 * 2);
    expect(few.looks / few.constructs).toBeLessThan(20);
    expect(many.looks / many.constructs).toBeLessThan(20);

    const theirs = workOf(Cdk8sApp, 32);
    expect(theirs.validations).toBe(34 * 32 * 2);
    expect(theirs.looks / theirs.constructs).toBeGreaterThan(100);
  });

  test('walks every dependency once, where the ways through them double with every layer', () => {
    const { files } = outcomeOf((outdir) => {
      const app = new App({ outdir });
      const chart = new Chart(app, 'chart');
      let layer: readonly ApiObject[] = [];
      for (let depth = 0; depth < 60; depth += 1) {
        const next = ['a', 'b'].map((id) => thing(chart, `${id}-${depth}`));
        for (const object of next) object.addDependency(...layer);
        layer = next;
      }
      app.synth();
    });
    const order = files['chart.k8s.yaml']?.match(/spec: .*/g) ?? [];
    expect(order).toHaveLength(120);
    expect(order.slice(0, 4)).toEqual(['spec: a-0', 'spec: b-0', 'spec: a-1', 'spec: b-1']);
  });

  test('orders a chain that is longer than the stack is deep', () => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    let before = thing(chart, 'thing-0');
    for (let index = 1; index < 20_000; index += 1) {
      const object = new ApiObject(chart, `thing-${index}`, { apiVersion: 'v1', kind: 'Thing' });
      before.addDependency(object);
      before = object;
    }
    expect(app.charts).toEqual([chart]);
  });
});
