import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, Duration } from 'cdk8s';
import { App } from '../../lib';

import type { Manifest } from '../../lib/policy';

import type { Environment } from '../../stacks/environment';
import { ENVIRONMENTS } from '../../stacks/environments';
import { dev } from '../../stacks/environments/dev';
import { prod } from '../../stacks/environments/prod';
import { staging } from '../../stacks/environments/staging';
import { buildEnvironment } from '../../stacks/inference';
import { readFolder, type SynthesisOptions, synthesise } from '../../stacks/synthesise';
import { COMMIT, DIGEST, type KubernetesObject } from '../support/synth';

const ROOT = join(__dirname, '../..');
const made: string[] = [];

function temp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warmpath-'));
  made.push(folder);
  return folder;
}

afterEach(() => jest.restoreAllMocks());
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Every file below a folder with its content; folders count too. */
/** A manifest as these tests look at it. */
const seen = ({ object }: Manifest) => object as unknown as KubernetesObject;

function contentOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(folder, entry);
      return [entry, statSync(path).isDirectory() ? 'folder' : readFileSync(path, 'utf8')];
    }),
  );
}

function run(options: Partial<SynthesisOptions> & Pick<SynthesisOptions, 'outdir'>): { code: number; text: string } {
  const printed: string[] = [];
  const lockFile = join(options.outdir, 'no-such.lock');
  const code = synthesise({ lockFile, print: (text) => printed.push(text), ...options });
  return { code, text: printed.join('\n') };
}

/** Somebody's bad day. */
const BROKEN: Environment = {
  ...staging,
  name: 'broken',
  ownership: { ...staging.ownership, owner: 'ML Platform' },
  pools: {
    A100: { purpose: 'inference', machine: 'Standard_NC24ads_A100_v4', minNodes: 3, maxNodes: 4 },
    h100: { purpose: 'inference', machine: 'Standard_NC40_H100', minNodes: 1, maxNodes: 1 },
    l4: { purpose: 'inference', machine: 'Standard_NC24ads_A100_v4', minNodes: 3, maxNodes: 2 },
  },
  services: {
    chat: { namespace: 'chat', pool: 'A100', model: { catalogue: 'qwen3-8b' }, replicas: 0 },
    slow: { namespace: 'chat', pool: 'A100', model: { catalogue: 'qwen3-8b' }, drain: Duration.hours(1) },
    moving: { namespace: 'chat', pool: 'A100', model: { catalogue: 'qwen3-8b', uri: 'hf://Qwen/Qwen3-8B@main' } },
    lost: { namespace: 'chat', pool: 'b200', model: { catalogue: 'qwen3-8b' } },
  },
};

/** What has to be told about it. */
const TOLD = [
  '[pools/A100] WP-POOL-001 name = "A100"',
  '[pools/A100] WP-COST-001 ownership.owner = "ML Platform"',
  '[pools/h100] WP-GPU-002 machine = "Standard_NC40_H100"',
  '[pools/l4] WP-POOL-003 maxNodes = 2',
  '[service-chat/chat] WP-SVC-001 replicas = 0',
  '[service-slow/slow] WP-DRAIN-001 drain = 3600',
  '[service-moving/moving] WP-MODEL-001 model.uri = "hf://Qwen/Qwen3-8B@main"',
  '[service-lost] WP-ENV-001 pool = "b200"',
];

describe('the committed manifests', () => {
  test.each(ENVIRONMENTS.map(({ name }) => name))('of %s are what a fresh synthesis writes, byte for byte', (name) => {
    const outdir = temp();
    expect(run({ outdir, only: [name], lockFile: join(ROOT, 'images.lock') }).code).toBe(0);
    const committed = join(ROOT, 'manifests', name);
    expect(readdirSync(join(outdir, name)).sort()).toEqual(readdirSync(committed).sort());
    for (const file of readdirSync(committed)) {
      expect(readFileSync(join(outdir, name, file), 'utf8')).toBe(readFileSync(join(committed, file), 'utf8'));
    }
  });

  test('belong to environments, all of them', () => {
    expect(readdirSync(join(ROOT, 'manifests')).sort()).toEqual(ENVIRONMENTS.map(({ name }) => name).sort());
  });
});

describe('an environment with many mistakes', () => {
  const environments = [dev, BROKEN];

  test('is told all of them in one run', () => {
    const { code, text } = run({ outdir: temp(), environments });
    expect(code).toBe(1);
    for (const told of TOLD) expect(text).toContain(told);
    expect(text).toContain('broken: ');
    expect(text).toContain('Nothing was written');
  });

  test('is told with what is allowed and the fix, a line each', () => {
    const { text } = run({ outdir: temp(), environments });
    const lines = text.split('\n').filter((line) => line.includes('['));
    expect(lines.length).toBeGreaterThanOrEqual(TOLD.length);
    for (const line of lines)
      expect(line).toMatch(/^ {2}\[.*\] WP-[A-Z]+-\d{3} .* = .*: .*\. Allowed: .*\. Fix: .*\.$/);
  });

  test('counts what it tells', () => {
    const { text } = run({ outdir: temp(), environments });
    const lines = text.split('\n').filter((line) => line.startsWith('  [')).length;
    expect(text).toContain(`broken: ${lines} error(s)`);
    expect(text).toContain(`Nothing was written: ${lines} error(s)`);
  });

  test('changes no byte of what was written before, not even of environments without mistakes', () => {
    const outdir = temp();
    run({ outdir, environments: [staging] });
    mkdirSync(join(outdir, 'dev'));
    writeFileSync(join(outdir, 'dev', 'service-chat.k8s.yaml'), 'what: was here before\n');
    const before = contentOf(outdir);
    expect(run({ outdir, environments }).code).toBe(1);
    expect(contentOf(outdir)).toEqual(before);
  });

  test('makes no folder that was not there, and leaves none behind', () => {
    const parent = temp();
    expect(run({ outdir: join(parent, 'manifests'), environments }).code).toBe(1);
    expect(readdirSync(parent)).toEqual([]);
  });

  test('with a second broken one: both are told', () => {
    const other = { ...dev, name: 'other', platform: { ...dev.platform, kubernetes: '1.20' } };
    const { text } = run({ outdir: temp(), environments: [BROKEN, other] });
    expect(text).toContain('broken: ');
    expect(text).toContain('other: 1 error(s)');
    expect(text).toContain('[platform] WP-PLAT-002 platform.kubernetes = "1.20"');
  });
});

describe('mistakes that only the whole output shows', () => {
  test('two objects of one identity are refused: a service and a job of one name in one namespace', () => {
    const environment: Environment = {
      ...staging,
      name: 'twins',
      pools: {
        ...staging.pools,
        train: { purpose: 'training', machine: 'Standard_NC24ads_A100_v4', minNodes: 0, maxNodes: 1 },
      },
      training: {
        chat: {
          namespace: 'chat',
          pool: 'train',
          image: 'trainer:1.0.0',
          command: ['train'],
          activeDeadline: Duration.hours(1),
        },
      },
    };
    const outdir = temp();
    const { code, text } = run({ outdir, environments: [environment] });
    expect(code).toBe(1);
    expect(text).toContain('WP-NAME-002 name = "chat": service-chat/chat and training-chat/chat have one name');
    expect(readdirSync(outdir)).toEqual([]);
  });

  test('a file that got lost on the way to the disk is noticed (WP-OUT-002)', () => {
    const original = App.prototype.synth;
    jest.spyOn(App.prototype, 'synth').mockImplementation(function (this: App) {
      original.call(this);
      rmSync(join(this.outdir, 'namespace-chat.k8s.yaml'));
    });
    const outdir = temp();
    const { code, text } = run({ outdir, environments: [dev] });
    expect(code).toBe(1);
    expect(text).toContain('WP-OUT-002 objects = 10: 13 objects were constructed and 10 written. Allowed: 13. Fix: ');
    expect(readdirSync(outdir)).toEqual([]);
  });
});

describe('a synthesis', () => {
  test('twice writes the same bytes', () => {
    const [first, second] = [temp(), temp()];
    run({ outdir: first });
    run({ outdir: second });
    expect(contentOf(first)).toEqual(contentOf(second));
  });

  test('over an earlier one writes the same bytes and leaves no file of it', () => {
    const outdir = temp();
    run({ outdir });
    const before = contentOf(outdir);
    writeFileSync(join(outdir, 'dev', 'stale.k8s.yaml'), 'stale: true\n');
    expect(run({ outdir }).code).toBe(0);
    expect(contentOf(outdir)).toEqual(before);
  });

  test.each(ENVIRONMENTS)('of $name writes every object that is constructed', (environment) => {
    const outdir = temp();
    run({ outdir, only: [environment.name] });
    const { app } = buildEnvironment(environment);
    const constructed = app.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
    const written = readFolder(join(outdir, environment.name)).map(seen);
    expect(written).toHaveLength(constructed.length);
    const identity = (kind: string, name: string) => `${kind} ${name}`;
    expect(written.map(({ kind, metadata }) => identity(kind, metadata.name)).sort()).toEqual(
      constructed
        .map((construct) => construct as ApiObject)
        .map(({ kind, name }) => identity(kind, name))
        .sort(),
    );
  });

  test('names files after charts, without numbers: no chart depends on another', () => {
    const outdir = temp();
    run({ outdir });
    const files = Object.keys(contentOf(outdir)).filter((path) => path.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files)
      expect(file).toMatch(/^[a-z-]+\/(cluster|(namespace|service|training|warm)-[a-z0-9-]+)\.k8s\.yaml$/);
  });

  test('makes its folder, with parents', () => {
    const outdir = join(temp(), 'deep', 'manifests');
    expect(run({ outdir, environments: [dev] }).code).toBe(0);
    expect(readdirSync(outdir)).toEqual(['dev']);
    expect(readdirSync(join(outdir, '..'))).toEqual(['manifests']);
  });

  test('of named environments leaves the others alone', () => {
    const outdir = temp();
    run({ outdir });
    writeFileSync(join(outdir, 'staging', 'cluster.k8s.yaml'), 'edited: by hand\n');
    const before = contentOf(outdir);
    expect(run({ outdir, only: ['dev'] }).code).toBe(0);
    expect(contentOf(outdir)).toEqual(before);
    expect(run({ outdir, only: ['staging', 'dev'] }).code).toBe(0);
    expect(contentOf(outdir)).not.toEqual(before);
  });

  test('of an environment that does not exist is refused with the names of those that do', () => {
    const outdir = temp();
    const { code, text } = run({ outdir, only: ['prd'] });
    expect(code).toBe(1);
    expect(text).toContain("there is no environment 'prd'. Allowed: dev, staging, prod, prod-iks. Fix: ");
    expect(readdirSync(outdir)).toEqual([]);
  });

  test('names folders that belong to no environment, and keeps them', () => {
    const outdir = temp();
    mkdirSync(join(outdir, 'old'));
    const { code, text } = run({ outdir, environments: [dev] });
    expect(code).toBe(0);
    expect(text).toContain(`${join(outdir, 'old')} belongs to no environment any more`);
    expect(existsSync(join(outdir, 'old'))).toBe(true);
  });
});

describe('a move that fails', () => {
  /** Fails every move to the place of an environment. */
  function failMovesTo(target: string): void {
    const original = fs.renameSync;
    jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      if (to === target) throw new Error(`EACCES: permission denied, rename to '${target}'`);
      original(from, to);
    });
  }

  test('restores what stood there, of all environments', () => {
    const outdir = temp();
    run({ outdir, environments: [dev, staging] });
    writeFileSync(join(outdir, 'dev', 'cluster.k8s.yaml'), 'edited: by hand\n');
    writeFileSync(join(outdir, 'staging', 'cluster.k8s.yaml'), 'edited: by hand\n');
    const before = contentOf(outdir);
    const staged = join(outdir, 'staging');
    const original = fs.renameSync;
    let failed = false;
    jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      if (to === staged && !failed) {
        failed = true;
        throw new Error('EACCES: permission denied');
      }
      original(from, to);
    });
    const { code, text } = run({ outdir, environments: [dev, staging] });
    expect(code).toBe(1);
    expect(text).toContain('Nothing was written: EACCES');
    expect(contentOf(outdir)).toEqual(before);
  });

  test('removes what was moved in where nothing stood before', () => {
    const outdir = temp();
    failMovesTo(join(outdir, 'staging'));
    expect(run({ outdir, environments: [dev, staging] }).code).toBe(1);
    expect(readdirSync(outdir)).toEqual([]);
  });

  test('leaves no staging folder beside the target', () => {
    const parent = temp();
    const outdir = join(parent, 'manifests');
    failMovesTo(join(outdir, 'dev'));
    expect(run({ outdir, environments: [dev] }).code).toBe(1);
    expect(readdirSync(parent)).toEqual(['manifests']);
  });
});

describe('images.lock', () => {
  function withLock(text: string) {
    const outdir = temp();
    const lockFile = join(temp(), 'images.lock');
    writeFileSync(lockFile, text);
    return { outdir, ...run({ outdir, lockFile, environments: [dev] }) };
  }

  test('pins images by its digests, and the warning is gone', () => {
    const { code, text, outdir } = withLock(JSON.stringify({ 'vllm/vllm-openai:v0.32.0': DIGEST }));
    expect(code).toBe(0);
    const yaml = readFileSync(join(outdir, 'dev', 'service-chat.k8s.yaml'), 'utf8');
    expect(yaml).toContain(`image: vllm/vllm-openai:v0.32.0@${DIGEST}\n`);
    expect(text).not.toContain('WP-IMG-003');
  });

  test('that does not exist locks nothing', () => {
    const { code, text } = run({ outdir: temp(), environments: [dev] });
    expect(code).toBe(0);
    expect(text).toContain('WP-IMG-003');
  });

  test('that is no JSON is refused with its path and the remedy', () => {
    const { code, text, outdir } = withLock('{ "vllm/vllm-openai:v0.32.0": ');
    expect(code).toBe(1);
    expect(text).toMatch(/^Nothing was written: .*images\.lock is not JSON \(.*\)\. Fix: restore it/);
    expect(readdirSync(outdir)).toEqual([]);
  });

  test('that holds no digest is refused by name of the image', () => {
    const { code, text } = withLock(JSON.stringify({ 'vllm/vllm-openai:v0.32.0': 'v0.32.0' }));
    expect(code).toBe(1);
    expect(text).toContain(
      '[service-chat/chat] WP-IMG-002 runtime.image = "v0.32.0": images.lock holds no digest for vllm/vllm-openai:v0.32.0',
    );
  });

  test.each(['null', '[]', '"sha256"', '7'])('that is JSON but no dictionary is refused with its path: %s', (text) => {
    const result = withLock(text);
    expect(result.code).toBe(1);
    expect(result.text).toContain('images.lock');
    expect(result.text).toContain('Fix: ');
  });
});

describe('an environment that warmpath cannot even build', () => {
  test('says where a duration is no whole number of seconds, beside all other mistakes', () => {
    const chat = {
      ...BROKEN.services['moving'],
      namespace: 'chat',
      pool: 'A100',
      model: { catalogue: 'qwen3-8b' },
    } as const;
    const environment = { ...BROKEN, services: { chat: { ...chat, drain: Duration.millis(1500) } } };
    const { code, text } = run({ outdir: temp(), environments: [environment] });
    expect(code).toBe(1);
    expect(text).toContain('[service-chat/chat] WP-DRAIN-001 drain');
    expect(text).toContain(TOLD[0]);
  });
});

describe('the summary', () => {
  const outdir = temp();
  const { code, text } = run({ outdir });
  const section = (name: string) =>
    text.split('\n\n').slice(text.split('\n\n').findIndex((part) => part.startsWith(`${name}  `)));

  test('ends with what was written and where', () => {
    expect(code).toBe(0);
    const objects = ENVIRONMENTS.reduce((sum, { name }) => sum + readFolder(join(outdir, name)).length, 0);
    expect(text).toContain(`${objects} objects of dev, staging, prod, prod-iks written to ${outdir}/ in `);
  });

  test.each(ENVIRONMENTS)('counts objects, files, pods and GPUs of $name', ({ name }) => {
    const objects = readFolder(join(outdir, name)).length;
    const files = readdirSync(join(outdir, name)).length;
    expect(section(name)[0]).toMatch(
      new RegExp(
        `^${name}  [AI]KS 1\\.\\d+ .*\\n  ${objects} objects in ${files} files, \\d+(-\\d+)? pods, \\d+(-\\d+)? GPUs, .* s$`,
      ),
    );
  });

  test('names dollars an hour from floor to ceiling, and says where no price is known', () => {
    expect(section('prod')[0]).toMatch(/\$\d+\.\d\d-\d+\.\d\d an hour/);
    expect(section('prod-iks')[0]).toContain('price unknown');
    expect(text).toContain("no dated price of 'gx3.24x120.l40s' in 'us-south' is known");
  });

  test('adds the pools up', () => {
    expect(section('dev')[0]).toContain('1 pods, 1-2 GPUs');
    // 7-10 A100, 3 x 2 H100, 0-2 x 2 A100 for training; what chat scales between, 3 + 3 servers and a job.
    const [chat] = buildEnvironment(prod).services;
    const [least, most] = [(chat?.plan?.minReplicas ?? 0) + 7, (chat?.plan?.maxReplicas ?? 0) + 7];
    expect(section('prod')[0]).toContain(`${least}-${most} pods, 13-20 GPUs`);
  });

  test('shows the cold start of every service by stage', () => {
    const tables = section('prod').slice(0, 3).join('\n');
    expect(tables).toMatch(/service +model +pods +GPUs +sequences +node +image +weights +load +warmup +p95 +p50/);
    for (const service of ['chat', 'reasoning', 'summarise']) {
      expect(tables).toMatch(new RegExp(`${service} .*( +\\d+:\\d\\d){7}`));
    }
  });

  test('lists each warning once with everybody it concerns', () => {
    const warnings = section('prod').find((part) => /^ {2}\d+ warning\(s\)\n/.test(part)) ?? '';
    expect(warnings.match(/WP-COLD-002/g)).toHaveLength(1);
    expect(warnings).toContain(
      'service-chat/chat, service-reasoning/reasoning, service-summarise/summarise: WP-COLD-002',
    );
  });

  test('counts only priced pools, and says how many are not', () => {
    const pools = {
      ...dev.pools,
      extra: { purpose: 'inference', machine: 'Standard_NV36ads_A10_v5', minNodes: 0, maxNodes: 1 },
    } as const;
    const environment: Environment = { ...dev, platform: { ...dev.platform, region: 'swedencentral' }, pools };
    const half: Environment = {
      ...environment,
      prices: {},
      pools: { ...pools, odd: { ...pools.extra, machine: 'Standard_ND96asr_v4' } },
    };
    expect(run({ outdir: temp(), environments: [half] }).text).toContain('an hour without 1 pool(s) of unknown price');
    const priced = { ...half, prices: { Standard_ND96asr_v4: 30 } };
    expect(run({ outdir: temp(), environments: [priced] }).text).not.toContain('unknown price');
  });
});

test('a model of its own is taken with its coordinates', () => {
  const outdir = temp();
  const services = {
    chat: {
      ...dev.services['chat'],
      namespace: 'chat',
      pool: 't4',
      model: { catalogue: 'qwen2.5-1.5b-instruct', uri: `hf://mirror/qwen@${COMMIT}` },
    },
  } as const;
  expect(run({ outdir, environments: [{ ...dev, services }] }).code).toBe(0);
  const [deployment] = readFolder(join(outdir, 'dev'))
    .map(seen)
    .filter(({ kind }) => kind === 'Deployment');
  expect(deployment?.metadata.annotations?.['warmpath.dev/model-uri']).toBe(`hf://mirror/qwen@${COMMIT}`);
});

describe('the name of an environment', () => {
  test.each(['..', '../esc', '.', '', '.git', 'a/b', 'prød', 'Prod', undefined as unknown as string])(
    '%p is refused before anything is written, inside the folder or beside it',
    (name) => {
      const around = temp();
      const outdir = join(around, 'manifests');
      mkdirSync(join(outdir, 'dev'), { recursive: true });
      writeFileSync(join(outdir, 'dev', 'kept.k8s.yaml'), 'kept: true\n');
      const before = contentOf(around);
      const { code, text } = run({ outdir, environments: [{ ...dev, name }] });
      expect(code).toBe(1);
      expect(text).toContain('WP-ENV-003 name = ');
      expect(contentOf(around)).toEqual(before);
    },
  );

  test('is one for each environment', () => {
    const outdir = temp();
    const { code, text } = run({ outdir, environments: [dev, { ...staging, name: 'dev' }] });
    expect(code).toBe(1);
    expect(text).toContain('WP-ENV-003 name = "dev"');
    expect(readdirSync(outdir)).toEqual([]);
  });

  test('may look like a backup of another, again and again', () => {
    const outdir = temp();
    const environments = [dev, { ...dev, name: 'previous-dev' }];
    expect([1, 2, 3].map(() => run({ outdir, environments }).code)).toEqual([0, 0, 0]);
    expect(readdirSync(outdir).sort()).toEqual(['dev', 'previous-dev']);
  });
});

describe('what is worth a word', () => {
  test('is printed with its value: the reason of an exception, the image that can move, the stage that is assumed', () => {
    const outdir = temp();
    const { text } = run({ outdir, environments: [dev] });
    expect(text).toContain(dev.services.chat?.disruption?.allowOutageReason);
    expect(text).toMatch(/WP-IMG-003 runtime\.image = "vllm\/vllm-openai:v0\.32\.0"/);
    expect(text).toContain('WP-COLD-002 coldStart = "image"');
  });

  test('leaves alone what is no environment: only folders of manifests are called leftovers', () => {
    const outdir = temp();
    mkdirSync(join(outdir, 'notes'));
    writeFileSync(join(outdir, 'notes', 'readme.txt'), 'mine');
    mkdirSync(join(outdir, 'gone'));
    writeFileSync(join(outdir, 'gone', 'cluster.k8s.yaml'), 'kind: List\n');
    const { text } = run({ outdir, environments: [dev] });
    expect(text).toContain(`${join(outdir, 'gone')} belongs to no environment`);
    expect(text).not.toContain('notes');
  });
});
