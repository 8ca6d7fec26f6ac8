import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PlanRecord, ServingBackend } from '../../lib';
import { PLAN_HELP, plan } from '../../lib/cli/plan';
import { drawn, drawnSized, manifestsOf, record, remembering, SIZING, scaledObject, write } from './given';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'warmpath-plan-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function run(args: readonly string[], stdin = '') {
  const { said, terminal } = remembering(stdin);
  const code = plan(args, terminal);
  return { code, out: said.out.join('\n'), err: said.err.join('\n'), progress: said.progress };
}

const environment = (objects: readonly object[]) => write(root, 'prod', objects);

/** What is said of one service in one environment. */
function saidOf(plans: PlanRecord, ...options: readonly string[]) {
  environment(manifestsOf(plans));
  const { code, out, err } = run(['--env', 'prod', '--manifests', root, ...options]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

/** The line of a table that begins with these words, with single blanks. */
function line(out: string, beginning: string): string | undefined {
  const lines = out.split('\n').map((one) => one.trim().replace(/ +/g, ' '));
  return lines.find((one) => one.startsWith(`${beginning} `));
}

describe('the statement', () => {
  test('names service, model, GPUs, pool and region', () => {
    expect(saidOf(record()).split('\n')[0]).toBe(
      'chat/chat  qwen3-8b on 1 x A100-80GB a replica; pool a100: 3-20 x Standard_NC24ads_A100_v4, AKS westeurope',
    );
  });

  test.each([
    ['promise', 'promise 99 % of requests get their first token within 2 s'],
    ['replica', 'replica 7 requests a second, with 100 in it (load test of 2026-11-02)'],
    ['node', 'node 8:00 12:00 published'],
    ['image', 'image 2:00 5:00 assumed'],
    ['warmup', 'warmup 0:30 0:40 measured'],
    ['on a warm node', 'on a warm node 0:50 1:10 the image lies there'],
    ['with a new node', 'with a new node 10:50 18:10 the sum of the stages'],
    ['warm replicas', 'warm replicas 3 always serve'],
    ['warm nodes', 'warm nodes 2 serve nothing: each is held by a placeholder for one replica'],
    ['most replicas', 'most replicas 12'],
    ['5 replicas', '5 replicas 1:45 these 2 on warm nodes'],
    ['7 replicas', '7 replicas 19:15 these 2 on new nodes'],
    ['12 replicas', '12 replicas 19:30 these 5 on new nodes'],
    ['predicted', 'predicted 99.56 % in time over the traffic of the plan, with 4.5 replicas on the mean'],
    ['replicas', 'replicas 108 4.5 x 24 h x 1 GPU'],
    ['all', 'all 168'],
    // 4.775 is the list price of the machine in westeurope.
    ['floor', 'floor 23.88 3 replicas + 2 warm nodes = 5 machines'],
    ['mean', 'mean 33.43 4.5 replicas + 2 warm nodes + 0.5 idle = 7 machines'],
    ['ceiling', 'ceiling 66.85 12 replicas + 2 warm nodes = 14 machines'],
  ])('has a line for: %s', (beginning, expected) => {
    const out = saidOf(record());
    const lines = out.split('\n').map((one) => one.trim().replace(/ +/g, ' '));
    expect(lines.filter((one) => one === expected)).toEqual([expected]);
    expect(expected.startsWith(beginning)).toBe(true);
  });

  test('says every sum and every assumption, and which stages nobody measured', () => {
    const out = saidOf(record());
    expect(out).toContain('  Sums\n    minimum: so many as it takes = 3 replicas');
    expect(out).toContain('  Assumed\n    tomorrow is like today\n    image of the cold start: assumed');
    expect(out).toContain('    node of the cold start: published by others, not measured here');
  });

  test('says the price of a machine and where it was read', () => {
    expect(saidOf(record())).toMatch(/a machine costs \$4\.775 an hour \(\S.*, \d{4}-\d\d-\d\d\)/);
  });

  test('takes an own price', () => {
    const out = saidOf(record(), '--price', 'Standard_NC24ads_A100_v4=2');
    expect(out).toContain('a machine costs $2 an hour (--price)');
    expect(line(out, 'floor')).toContain('floor 10.00 ');
  });

  test('says that a price is not known, and guesses none', () => {
    const out = saidOf(record({ pool: { ...record().pool, region: 'nowhere' } }));
    expect(line(out, 'floor')).toContain('floor unknown ');
    expect(out).toContain('no dated price of Standard_NC24ads_A100_v4 in nowhere is known, and none is guessed');
    expect(out).not.toContain('$4');
  });

  test('shares a machine among the replicas that fit on it', () => {
    const out = saidOf(record({ pool: { ...record().pool, replicasPerNode: 2 } }));
    expect(line(out, 'floor')).toBe(
      'floor 14.32 (3 replicas + 2 warm nodes) / 2 on a machine = 3 machines'.replace('14.32', '14.33'),
    );
  });

  test('says loudly that a capacity is a guess', () => {
    const out = saidOf(
      record({ sizing: { ...SIZING, capacity: { requestsPerSecond: 7, inFlight: 100 }, unproven: 'no GPU yet' } }),
    );
    expect(out.split('\n')[2]).toBe('  UNPROVEN: what a replica serves is a guess: no GPU yet.');
    expect(line(out, 'replica')).toContain('(a guess)');
    expect(saidOf(record())).not.toContain('UNPROVEN');
  });

  test('of a service without sizing says what is known, and that nobody said what it promises', () => {
    const out = saidOf(record({ sizing: undefined, maxReplicas: 3 }));
    expect(out).toContain('NO PROMISE: nobody said what this service promises');
    expect(line(out, 'with a new node')).toBe('with a new node 10:50 18:10 the sum of the stages');
    expect(line(out, 'floor')).toBe('floor 14.33 3 replicas = 3 machines');
    for (const word of ['warm nodes', 'predicted', 'GPU-hours', 'time to', 'mean ']) expect(out).not.toContain(word);
  });

  test('says what the pool costs beyond the service', () => {
    const out = saidOf(record({ pool: { ...record().pool, minNodes: 8 } }));
    expect(out).toContain('the pool never has fewer than 8 machines, whoever runs on them: $38.20');
  });
});

describe('where the manifests are not what was planned, it says so:', () => {
  const differences = (objects: readonly object[]) => {
    environment(objects);
    const { out } = run(['--env', 'prod', '--manifests', root]);
    return out.split('NOT AS PLANNED\n')[1]?.trim();
  };

  test('not at all where they are', () => {
    expect(differences(manifestsOf(record()))).toBeUndefined();
  });

  test('placeholders that are missing', () => {
    const expected = '1 placeholders of its shape stand in the manifests, and 2 were planned';
    expect(differences(manifestsOf(record(), { placeholders: 1 }))).toBe(expected);
  });

  test('bounds that somebody changed', () => {
    const changed = scaledObject({ ...record(), maxReplicas: 6 }, 'sum(rate(envoy_cluster_upstream_rq_total[60s]))');
    const objects = manifestsOf(record()).filter(({ kind }) => kind !== 'ScaledObject');
    expect(differences([...objects, changed])).toBe('3 to 6 replicas stand in the manifests, and 3 to 12 were planned');
  });

  test('a scaler that is missing', () => {
    const objects = manifestsOf(record()).filter(({ kind }) => kind !== 'ScaledObject');
    expect(differences(objects)).toContain('nothing in the manifests scales it');
  });

  test('images that nobody brings', () => {
    const objects = manifestsOf(record()).filter(({ kind }) => kind !== 'DaemonSet');
    expect(differences(objects)).toBe(
      'nothing in the manifests brings its image to the nodes, and the plan counts on that',
    );
  });

  test('a trigger that nobody can judge', () => {
    const cron = scaledObject(record(), '', { type: 'cron', metadata: {} });
    const objects = manifestsOf(record()).filter(({ kind }) => kind !== 'ScaledObject');
    expect(differences([...objects, cron])).toContain('trigger "cron"');
  });
});

describe('the services', () => {
  const two = [
    ...manifestsOf(record()),
    ...manifestsOf(record({ service: 'code', deployment: 'code', namespace: 'code' })),
  ];

  test('are all of the environment, or the one that is named', () => {
    environment(two);
    const of = (...options: readonly string[]) =>
      JSON.parse(run(['--env', 'prod', '--manifests', root, '--json', ...options]).out).services.map(
        ({ service }: PlanRecord) => service,
      );
    expect(of()).toEqual(['chat', 'code']);
    expect(of('--service', 'code')).toEqual(['code']);
    expect(of('--service', 'chat/chat')).toEqual(['chat']);
  });

  test('may stand in a folder, a file or standard input', () => {
    const folder = environment(two);
    const named = run([folder, '--json']).out;
    expect(run([join(folder, 'all.k8s.yaml'), '--json']).out).toBe(named);
    expect(run(['-', '--json'], JSON.stringify({ kind: 'List', items: two })).out).toBe(named);
  });

  test('are read as the library writes them: a size that was computed, on warm nodes', () => {
    writeFileSync(join(root, 'chat.yaml'), drawnSized());
    const [service] = JSON.parse(run([root, '--json']).out).services;
    expect(service).toMatchObject({
      service: 'chat',
      imageIsPulled: false,
      sizing: { warmNodes: 2, capacity: { requestsPerSecond: 7 } },
      cost: { price: { dollarsPerHour: 4.775 } },
    });
    expect(service.timeToReplicas[0]).toMatchObject({ fromReplicas: service.minReplicas + 1, node: 'warm' });
    // The scaler of this test draws nothing.
    expect(service.differences).toContain('nothing in the manifests scales it');
  });

  test('behind KServe carry their plan where a new sum restarts no pod', () => {
    const yaml = drawn({ backend: ServingBackend.kserve({ version: '0.20' }) });
    writeFileSync(join(root, 'chat.yaml'), yaml);
    const [service] = JSON.parse(run([root, '--json']).out).services;
    expect(service).toMatchObject({ service: 'chat', deployment: 'chat-predictor', minReplicas: 3, differences: [] });
    expect(yaml.split('---').filter((text) => text.includes('warmpath.dev/plan'))).toEqual([
      expect.stringContaining('kind: ServiceAccount'),
    ]);
  });
});

describe('the JSON', () => {
  test('is the same, byte for byte, every time', () => {
    environment(manifestsOf(record()));
    const once = () => run(['--env', 'prod', '--manifests', root, '--json']).out;
    expect(once()).toBe(once());
  });

  test('has numbers of six digits, and null for a price that is not known', () => {
    const plans = record({
      pool: { ...record().pool, region: 'nowhere' },
      sizing: { ...SIZING, prediction: { ...SIZING.prediction, meanReplicas: 4.123456789 } },
    });
    const [service] = JSON.parse(saidOf(plans, '--json')).services;
    expect(service.cost.price).toBeNull();
    expect(service.sizing.prediction.meanReplicas).toBe(4.12346);
    expect(service.gpuHoursPerDay.replicas).toBe(98.963);
  });
});

describe('what cannot be used ends with 2 and says what to do:', () => {
  test.each([
    ['no place', [], 'no manifests are named. Allowed: --env NAME, or files and folders. Fix: --env with one of: prod'],
    ['an unknown environment', ['--env', 'test'], '--env test: there is no such environment'],
    ['a path as environment', ['--env', '../prod'], '--env ../prod: there is no such environment'],
    ['two places', ['--env', 'prod', 'folder'], '--env prod and folder exclude each other'],
    ['a missing file', ['missing.yaml'], 'missing.yaml cannot be read (ENOENT)'],
    ['an unknown option', ['--jsn'], "Unknown option '--jsn'"],
    [
      'an unknown service',
      ['--env', 'prod', '--service', 'code'],
      '--service code: there is no such service. Allowed: chat/chat.',
    ],
    [
      'a price without a number',
      ['--env', 'prod', '--price', 'Standard_NC24ads_A100_v4'],
      'is no price. Allowed: MACHINE=DOLLARS',
    ],
    ['a negative price', ['--env', 'prod', '--price', 'Standard_NC24ads_A100_v4=-1'], 'is no price'],
    [
      'a price of another machine',
      ['--env', 'prod', '--price', 'a=1'],
      'no service runs on a. Allowed: Standard_NC24ads_A100_v4',
    ],
    ['manifests without a plan', ['-'], 'carries warmpath.dev/plan. Allowed: manifests of GPU inference services'],
  ])('%s', (_, args, message) => {
    environment(manifestsOf(record()));
    const { code, out, err, progress } = run([...args, '--manifests', root], 'kind: ConfigMap\n');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`warmpath plan: `);
    expect(err).toContain(message);
    expect(err).toMatch(/Fix:/);
    expect(progress.at(-1)).toBe('');
  });

  test('a plan that somebody changed, with all others that were', () => {
    const broken = (name: string) => ({
      kind: 'Deployment',
      metadata: { name, namespace: 'chat', annotations: { 'warmpath.dev/plan': '{}' } },
    });
    environment([broken('a'), broken('b')]);
    const { code, err } = run(['--env', 'prod', '--manifests', root]);
    expect(code).toBe(2);
    expect(err.match(/WP-WARM-019 Deployment chat\/[ab] /g)).toHaveLength(2);
  });

  test('text that is no YAML', () => {
    writeFileSync(join(root, 'a.yaml'), 'a: [1\nb: 2');
    expect(run([root])).toMatchObject({ code: 2, err: expect.stringMatching(/a\.yaml:\d+ is no YAML.*Fix:/s) });
  });
});

test('the help names every option and every exit code', () => {
  expect(run(['--help'])).toMatchObject({ code: 0, out: PLAN_HELP, err: '' });
  for (const word of ['--env', '--manifests', '--service', '--price', '--json', '0 said', '2 wrong']) {
    expect(PLAN_HELP).toContain(word);
  }
});

test('whoever watches is told what is being done, and the line is cleared', () => {
  const folder = environment(manifestsOf(record()));
  expect(run([folder]).progress).toEqual([`reading ${folder}`, '']);
});
