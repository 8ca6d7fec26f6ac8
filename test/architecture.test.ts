/** The import rules of the design, executable. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');

interface Import {
  readonly from: string;
  /** A path from the root without extension, or the name of a package. */
  readonly to: string;
  readonly runtime: boolean;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`);
}

/** Whether anything of an import or export is left after compilation. */
function isRuntime(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    const names = exportClause && ts.isNamedExports(exportClause) ? exportClause.elements : undefined;
    return !statement.isTypeOnly && !names?.every((name) => name.isTypeOnly);
  }
  const clause = statement.importClause;
  if (clause === undefined) return true;
  const { namedBindings } = clause;
  const names = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : undefined;
  return !clause.isTypeOnly && (clause.name !== undefined || !names?.every((name) => name.isTypeOnly));
}

/** `lib/constructs` and `lib/constructs/index` are one module. */
function moduleOf(path: string): string {
  return existsSync(join(ROOT, `${path}.ts`)) ? path : `${path}/index`;
}

function importsOf(file: string): readonly Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, runtime: boolean) => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const { text } = specifier;
    found.push({ from: file, to: text.startsWith('.') ? moduleOf(join(dirname(file), text)) : text, runtime });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier, isRuntime(node));
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, false);
    if (ts.isCallExpression(node) && /^(import|require)$/.test(node.expression.getText())) add(node.arguments[0], true);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const LIB = filesBelow('lib');
const FILES = [...LIB, ...filesBelow('stacks')];
const IMPORTS = FILES.flatMap(importsOf);

/** What the files of a folder may import: beginnings of paths, and packages. Everything of its own folder is allowed. */
const ARROWS: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'lib/domain/': [],
  'lib/promql/': ['lib/domain/'],
  // Of Node only what computes: nothing here reads a file or opens a connection.
  // Writes what cdk8s's own App would write.
  'lib/kube/app.ts': ['lib/kube/', 'cdk8s', 'constructs', 'node:fs', 'node:path'],
  'lib/kube/': ['lib/domain/', 'cdk8s', 'constructs', 'cdk8s-plus-28', 'node:net'],
  'lib/constructs/': ['lib/domain/', 'lib/promql/', 'lib/kube/', 'imports/', 'cdk8s', 'constructs', 'node:crypto'],
  'lib/cloud/': ['lib/domain/', 'lib/policy/index', 'imports/ibm/', 'node:crypto', /^@pulumi\//],
  'lib/policy/': ['lib/domain/', 'yaml', 'node:fs'],
  'lib/cli/': ['lib/domain/', 'lib/policy/index', 'lib/sim/', 'lib/traces/index', 'lib/charts/index', /^node:/],
  'lib/sim/': ['lib/domain/', 'lib/policy/json', 'lib/charts/index', 'heap-js', /^pure-rand\//],
  'lib/charts/': ['d3-scale', 'd3-shape'],
  'lib/traces/': ['lib/domain/', 'lib/sim/random', 'lib/sim/simulate', 'node:fs', 'node:path', 'node:zlib'],
  // What a user of the package could import as well, beside the Pulumi entry.
  'stacks/': ['lib/index', 'lib/domain/index', 'lib/policy/index', 'cdk8s', 'constructs', 'yaml', /^node:/],
  'stacks/up.ts': [
    'lib/index',
    'lib/domain/index',
    'lib/policy/index',
    'lib/cloud/index',
    /^@pulumi\//,
    /^node:/,
    'stacks/',
  ],
  'lib/index.ts': ['lib/constructs/', 'lib/domain/', 'lib/kube/', 'lib/promql/'],
};

function ruleFor(file: string): readonly [folder: string, allowed: readonly (string | RegExp)[]] {
  const own = ARROWS[file];
  const folder =
    own === undefined ? Object.keys(ARROWS).find((key) => key.endsWith('/') && file.startsWith(key)) : file;
  if (folder === undefined) throw new Error(`${file} stands in no folder of the design`);
  return [folder, ARROWS[folder] ?? []];
}

describe('imports', () => {
  test('are found at all', () => {
    expect(IMPORTS.length).toBeGreaterThan(200);
    expect(IMPORTS).toContainEqual({ from: 'lib/kube/k8s.ts', to: 'cdk8s-plus-28', runtime: true });
    expect(IMPORTS).toContainEqual({
      from: 'lib/constructs/siblings.ts',
      to: 'lib/domain/serving-plan',
      runtime: false,
    });
  });

  test('follow the arrows of the design', () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      const [folder, allowed] = ruleFor(from);
      if (to.startsWith(folder)) return false;
      return !allowed.some((one) =>
        typeof one === 'string' ? (one.endsWith('/') ? to.startsWith(one) : to === one) : one.test(to),
      );
    });
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test.each([
    ['lib never imports stacks', (one: Import) => one.from.startsWith('lib/') && one.to.startsWith('stacks/')],
    [
      'only lib/kube names cdk8s-plus-28',
      (one: Import) => one.to.startsWith('cdk8s-plus') && !one.from.startsWith('lib/kube/'),
    ],
    [
      'only lib/cloud and stacks/up.ts import @pulumi',
      (one: Import) => one.to.startsWith('@pulumi') && !/^(lib\/cloud\/|stacks\/up\.ts$)/.test(one.from),
    ],
    ['azure-native is imported by subpath', (one: Import) => one.to === '@pulumi/azure-native' && one.runtime],
    ['domain imports no package', (one: Import) => one.from.startsWith('lib/domain/') && !one.to.startsWith('lib/')],
  ])('obey: %s', (_, breaks) => {
    expect(IMPORTS.filter(breaks)).toEqual([]);
  });

  test('run in no circle', () => {
    const graph = new Map(LIB.map((file) => [file.replace(/\.ts$/, ''), new Set<string>()]));
    for (const { from, to, runtime } of IMPORTS) if (runtime) graph.get(from.replace(/\.ts$/, ''))?.add(to);
    // Takes away what imports nothing that is left; a circle is what can never be taken away.
    for (let taken = true; taken; ) {
      taken = false;
      for (const [file, imported] of graph) {
        if ([...imported].some((one) => graph.has(one))) continue;
        graph.delete(file);
        taken = true;
      }
    }
    expect([...graph.keys()]).toEqual([]);
  });
});

describe('files', () => {
  const lines = (file: string) => readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n').length;

  test.each(FILES)('%s stays short', (file) => {
    const limit = file.startsWith('lib/constructs/') ? 250 : 430;
    expect(lines(file)).toBeLessThanOrEqual(limit);
  });
});

describe('the package', () => {
  const { exports, main, types } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    main: string;
    types: string;
    exports: Record<string, string | Record<string, string>>;
  };
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );

  test.each([main, types, ...targets].map((target) => relative('.', target)))('%s has a source', (target) => {
    const source = target.replace(/^build\//, '').replace(/(\.d\.ts|\.js)$/, '.ts');
    expect(existsSync(join(ROOT, source))).toBe(true);
  });

  /** What is loaded once a script has run; what it prints itself goes nowhere. */
  function loadedBy(script: string, ...args: readonly string[]): readonly string[] {
    const report = `process.on('exit', () => require('node:fs').writeSync(3, JSON.stringify(Object.keys(require.cache))));`;
    const tsx = ['--require', require.resolve('tsx/cjs'), '--input-type=commonjs', '--eval', `${report}${script}`];
    const { output, stderr } = spawnSync(process.execPath, [...tsx, '--', 'warmpath', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    expect(stderr).toBe('');
    return JSON.parse(output[3] ?? '') as string[];
  }

  test('gives traces to whoever counts arrivals', () => {
    expect(exports['./traces']).toEqual({
      types: './build/lib/traces/index.d.ts',
      default: './build/lib/traces/index.js',
    });
  });

  test.each([
    ['check', ['check', 'manifests/dev/cluster.k8s.yaml'], ['lib/policy/'], ['lib/sim/', 'lib/traces/', 'lib/charts/']],
    ['plan', ['plan', '--help'], ['lib/cli/plan.ts'], ['lib/traces/', 'lib/charts/', 'node_modules/cdk8s']],
    ['simulate', ['simulate', '--help'], ['lib/sim/', 'lib/traces/'], ['node_modules/d3-', 'node_modules/cdk8s']],
  ])('loads for warmpath %s what that needs', (_, args, needed, foreign) => {
    const loaded = loadedBy(`require('./lib/cli/main.ts');`, ...args);
    for (const part of needed) expect(loaded.filter((file) => file.includes(part))).not.toEqual([]);
    for (const part of foreign) expect(loaded.filter((file) => file.includes(part))).toEqual([]);
  });

  test('loads nothing of Pulumi on the YAML side', () => {
    const loaded = loadedBy(`require('./lib/index.ts'); require('./stacks/synthesise.ts');`);
    expect(loaded.some((file) => file.includes('node_modules/cdk8s/'))).toBe(true);
    expect(loaded.filter((file) => file.includes('@pulumi'))).toEqual([]);
  });
});
