import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ArrivalSource, Scaling, ServingBackend } from '../../lib';
import { SIMULATE_HELP, simulateCommand } from '../../lib/cli/simulate';
import type { PlanRecord } from '../../lib/domain';
import { parsed } from '../charts/given';
import { pool } from '../support/synth';
import { drawn, drawnSized, manifestsOf, record, remembering, SIZING, scaledObject, write } from './given';

const TRACE = join(__dirname, '../../bench/traces/azure2023-conv.csv.gz');

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'warmpath-simulate-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function run(args: readonly string[]) {
  const { said, terminal } = remembering();
  const code = await simulateCommand(args, terminal);
  return { code, out: said.out.join('\n'), err: said.err.join('\n'), progress: said.progress };
}

/** Ten minutes of conversations against a service of that plan. */
async function played(plans: PlanRecord, ...options: readonly string[]) {
  write(root, 'prod', manifestsOf(plans));
  const result = await run(['--env', 'prod', '--manifests', root, '--trace', TRACE, '--to', '600', ...options]);
  expect({ code: result.code, err: result.err }).toEqual({ code: 0, err: '' });
  return result;
}

const json = async (plans: PlanRecord, ...options: readonly string[]) =>
  JSON.parse((await played(plans, '--json', ...options)).out);

/** Arrivals of the trace before that moment, counted without any of our readers. */
function arrivalsBefore(seconds: number): number {
  const [, ...lines] = gunzipSync(readFileSync(TRACE)).toString().trim().split('\n');
  return lines.filter((line) => Number(line.split(',')[0]) < seconds * 1000).length;
}

describe('a run', () => {
  test('plays the part of the trace, and judges what comes after the first quarter of a short one', async () => {
    const { trace, discardSeconds, verdict } = await json(record());
    const requests = arrivalsBefore(600);
    expect(trace).toEqual({
      source: 'azure2023-conv.csv.gz',
      form: 'requests',
      scale: 1,
      fromSeconds: 0,
      toSeconds: 600,
      seed: 1,
      requests,
    });
    expect(discardSeconds).toBe(149);
    expect(verdict.requests).toBe(requests - arrivalsBefore(149));
  });

  test('takes the policy from the manifests, not from the plan', async () => {
    const plans = record();
    const objects = manifestsOf(plans, { placeholders: 1 }).filter(({ kind }) => kind !== 'ScaledObject');
    write(root, 'prod', [
      ...objects,
      scaledObject({ ...plans, minReplicas: 4, maxReplicas: 5 }, 'sum(rate(envoy_cluster_upstream_rq_total[90s]))'),
    ]);
    const { out } = await run(['--env', 'prod', '--manifests', root, '--trace', TRACE, '--to', '300', '--json']);
    expect(JSON.parse(out).policy).toMatchObject({
      minReplicas: 4,
      maxReplicas: 5,
      placeholders: 1,
      imagePrefetched: true,
      triggers: [{ signal: 'arrivalRate', threshold: 5, windowSeconds: 90 }],
    });
  });

  test('counts GPU-hours by what the GPUs did', async () => {
    const { verdict, judgedSeconds } = await json(record({ maxReplicas: 3 }));
    const { ready, placeholder, starting } = verdict.replicaHours;
    // Three replicas and two warm nodes, all the time.
    expect(ready).toBeCloseTo((3 * judgedSeconds) / 3600, 3);
    expect(placeholder).toBeCloseTo((2 * judgedSeconds) / 3600, 3);
    expect(starting).toBe(0);
  });

  test('multiplies them by the GPUs of a replica', async () => {
    const hours = async (gpusPerReplica: number) => {
      const { out } = await played(record({ maxReplicas: 3, gpusPerReplica }));
      const [, all = ''] = /GPU-hours +ready.*\n.* ([\d.]+)$/m.exec(out) ?? [];
      return Number(all);
    };
    expect((await hours(4)) / (await hours(1))).toBeCloseTo(4, 1);
  });

  test('starts replicas later, and answers fewer in time, with a longer cold start', async () => {
    const plans = record({ minReplicas: 1 });
    const attainment = async (factor: string) =>
      (await json(plans, '--scale', '4', '--cold-start', factor)).verdict.attainment;
    expect(await attainment('1')).toBeGreaterThan(await attainment('20'));
  });

  test('takes longer for every token with a slower server', async () => {
    const p50 = async (factor: string) => (await json(record(), '--service-time', factor)).verdict.p50Seconds;
    const [fast, slow] = [await p50('1'), await p50('2')];
    expect(slow).toBeGreaterThan(1.5 * fast);
  });

  test('is the same, byte for byte, for a seed, and another one for another', async () => {
    const once = async (seed: string) => (await played(record(), '--json', '--scale', '2', '--seed', seed)).out;
    expect(await once('7')).toBe(await once('7'));
    expect(JSON.parse(await once('8')).verdict).not.toEqual(JSON.parse(await once('7')).verdict);
  });

  test('knows no other numbers than of six digits, and no time of the day', async () => {
    const { out } = await played(record(), '--json');
    expect(out.match(/\d*\.\d+/g)?.filter((number) => number.replace(/^0\.0*|\./g, '').length > 6)).toEqual([]);
    expect(out).not.toMatch(/20\d\d-\d\d-\d\dT|milliseconds/i);
  });
});

describe('the text', () => {
  test('says whether the promise was kept, beside what was planned', async () => {
    const { out } = await played(record());
    expect(out).toContain('promise  kept: 99 % get a first token within 2 s');
    expect(out).toMatch(/in time +\d+\.\d\d % +99\.56 %/);
    expect(out).toMatch(/replicas, mean +3 +4\.5/);
    expect(out).toMatch(/warm nodes, mean +2 +2/);
    // 24 x (4.5 + 2 + 0.5)
    expect(out).toMatch(/GPU-hours a day +[\d.]+ +168/);
  });

  test('says loudly that it was not', async () => {
    const { out } = await played(record(), '--slo', '0.05');
    expect(out).toContain('promise  MISSED: 99 % get a first token within 0.05 s');
  });

  test('compares with nothing where nothing was planned', async () => {
    const { out } = await played(record({ sizing: undefined }), '--slo', '2');
    expect(out).toContain('got a first token within 2 s; the service promises nothing');
    expect(out).not.toContain('planned');
  });

  test('says whose idle nodes are those of a larger pool', async () => {
    const note = 'the pool never has fewer than 8 nodes; what else runs on them is not played, and counts as idle';
    expect((await played(record({ pool: { ...record().pool, minNodes: 8 } }))).out).toContain(note);
    expect((await played(record())).out).not.toContain('the pool never has fewer');
  });

  test('says of a guessed capacity that it is one', async () => {
    const { out } = await played(record({ sizing: { ...SIZING, unproven: 'no GPU yet' } }));
    expect(out).toContain('UNPROVEN: the plan rests on a guess of what a replica serves: no GPU yet');
  });

  test('names the server profile that stands in for hardware that nobody profiled', async () => {
    const pool = { ...record().pool, gpu: 'H100-94GB' };
    const { out } = await played(
      record({ pool, gpusPerReplica: 2, model: 'llama-3.3-70b-instruct', parameters: 70e9 }),
    );
    expect(out).toContain(
      'profile a100-8b (A100 80 GB, 8 B, one GPU) STANDS IN for llama-3.3-70b-instruct on 2 x H100-94GB, of which there is no profile',
    );
  });

  test.each([
    ['the GPU of the profile', {}, false],
    ['another GPU', { pool: { ...record().pool, gpu: 'A100-40GB' } }, true],
    ['more GPUs', { gpusPerReplica: 2 }, true],
    ['another size of model', { parameters: 14e9 }, true],
  ])('does so exactly where it has to: %s', async (_, more, standsIn) => {
    expect((await played(record(more))).out.includes('STANDS IN')).toBe(standsIn);
  });

  test('says that lengths were drawn where a trace has none', async () => {
    write(root, 'prod', manifestsOf(record()));
    const rates = join(__dirname, '../../bench/traces/azure2024-conv-week-rate.csv.gz');
    const args = ['--env', 'prod', '--manifests', root, '--trace', rates, '--scale', '0.1', '--to', '1200'];
    expect((await run(args)).out).toContain('lengths  the trace has none: drawn as at a large general service');
  });
});

describe('the picture', () => {
  test('is a well-formed one, with a word for the promise', async () => {
    const file = join(root, 'run.svg');
    const { progress } = await played(record(), '--svg', file);
    const svg = readFileSync(file, 'utf8');
    expect(parsed(svg).tagName).toBe('svg');
    const texts = Array.from(parsed(svg).getElementsByTagName('text'), ({ textContent }) => textContent);
    const expected = ['chat/chat: qwen3-8b', 'promised: 2 s', 'judged from here', 'placeholders on warm nodes'];
    expect(texts).toEqual(expect.arrayContaining(expected));
    expect(progress).toEqual([
      `reading ${join(root, 'prod')}`,
      `reading ${TRACE}`,
      `playing ${arrivalsBefore(600)} requests of 600 s`,
      `drawing ${file}`,
      '',
    ]);
  });

  test('changes nothing of the result', async () => {
    const { out } = await played(record(), '--json', '--svg', join(root, 'run.svg'));
    expect((await played(record(), '--json')).out).toBe(out);
  });
});

describe('services as the library draws them', () => {
  const simulated = async (yaml: string, ...options: readonly string[]) => {
    writeFileSync(join(root, 'chat.yaml'), yaml);
    const { out, err } = await run([root, '--trace', TRACE, '--to', '300', '--json', ...options]);
    expect(err).toBe('');
    return JSON.parse(out);
  };

  test('have their warm nodes and their images', async () => {
    const { policy, planned } = await simulated(drawnSized());
    expect(policy).toMatchObject({ placeholders: 2, imagePrefetched: true });
    expect(planned).toMatchObject({ objective: '0.99', meanReplicas: expect.any(Number) });
  });

  test('pull their image where only that of others, or another pool, is brought', async () => {
    const yaml = drawnSized();
    const prefetched = async (text: string) => (await simulated(text)).policy.imagePrefetched;
    const parts = yaml.split('---\n');
    const changed = (from: RegExp, to: string) =>
      parts.map((part) => (part.includes('kind: DaemonSet') ? part.replaceAll(from, to) : part)).join('---\n');
    expect(await prefetched(changed(/image: (?!registry).*vllm.*/g, 'image: another:1'))).toBe(false);
    expect(await prefetched(changed(/warmpath.dev\/pool: a100/g, 'warmpath.dev/pool: h100'))).toBe(false);
  });

  test('may take spot capacity above a floor, which serves beside it', async () => {
    const yaml = drawn({
      replicas: 3,
      spot: { pool: pool({ name: 'spot', spot: true, minNodes: 0, maxNodes: 60 }) },
      scaler: Scaling.arrivalRate({
        prometheus: { serverAddress: 'http://prometheus.monitoring.svc:9090' },
        arrivals: ArrivalSource.envoyCluster('httproute/chat/chat/rule/0'),
        arrivalsPerReplica: 1.1,
        inFlightPerReplica: 50,
        minReplicas: 0,
        maxReplicas: 6,
      }),
    });
    const options = ['--service', 'chat-spot', '--slo', '2'];
    const { policy, verdict } = await simulated(yaml, ...options);
    expect(policy).toMatchObject({
      floorReplicas: 3,
      minReplicas: 0,
      triggers: [
        { signal: 'arrivalRate', ofFloor: 3.3 },
        { signal: 'inFlight', ofFloor: 150 },
      ],
    });
    // The floor answers from the first request on.
    expect(verdict).toMatchObject({ unanswered: 0, attainment: 1 });
    const { out } = await run([root, '--trace', TRACE, '--to', '300', ...options]);
    expect(out).toContain('0-6 replicas beside a floor of 3, one for every 1.1 arrivals/s over 60 s or 50 requests');
  });

  test('may stand behind KServe', async () => {
    const yaml = drawn({ backend: ServingBackend.kserve({ version: '0.20' }), replicas: 4 });
    const { deployment, policy, verdict } = await simulated(yaml, '--slo', '2');
    expect(deployment).toBe('chat-predictor');
    expect(policy).toMatchObject({ minReplicas: 4, maxReplicas: 4, triggers: [] });
    expect(verdict.mostReplicas).toBe(4);
  });
});

describe('what cannot be used ends with 2 and says what to do:', () => {
  const place = () => ['--env', 'prod', '--manifests', root];
  const refused = async (objects: readonly object[], ...args: readonly string[]) => {
    write(root, 'prod', objects);
    const { code, out, err, progress } = await run([...place(), ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^warmpath simulate: /);
    expect(err).toMatch(/Fix:/);
    expect(progress.at(-1)).toBe('');
    return err;
  };

  test.each([
    ['no trace', [], 'no trace is named'],
    ['a trace that is not there', ['--trace', 'nowhere.csv'], 'WP-TRACE-001 nowhere.csv'],
    ['a beginning beyond the trace', ['--trace', TRACE, '--from', '99999'], 'WP-TRACE-007 fromSeconds = 99999'],
    ['an end before the beginning', ['--trace', TRACE, '--from', '60', '--to', '30'], 'WP-TRACE-007 toSeconds = 30'],
    ['no number', ['--trace', TRACE, '--scale', 'much'], '--scale "much" is no such number. Allowed: a number above 0'],
    ['nothing', ['--trace', TRACE, '--scale', ''], '--scale "" is no such number'],
    ['a load of nothing', ['--trace', TRACE, '--scale', '0'], '--scale "0" is no such number'],
    ['a broken seed', ['--trace', TRACE, '--seed', '1.5'], '--seed "1.5" is no such number. Allowed: a whole number'],
    ['a promise of nothing', ['--trace', TRACE, '--slo', '0'], '--slo "0" is no such number'],
    ['a wild factor', ['--trace', TRACE, '--cold-start', '1000'], '--cold-start "1000" is no such number'],
    [
      'an unknown profile',
      ['--trace', TRACE, '--profile', 'h100'],
      '--profile h100: there is no such profile. Allowed: a100-8b',
    ],
    ['settling for ever', ['--trace', TRACE, '--settle', '9999'], 'so that none is judged'],
    ['an unknown option', ['--trce', 'x'], "Unknown option '--trce'"],
    ['an unknown service', ['--trace', TRACE, '--service', 'code'], 'Allowed: chat/chat'],
    [
      'a picture without a folder',
      ['--trace', TRACE, '--to', '60', '--svg', '/nowhere/a.svg'],
      '--svg /nowhere/a.svg cannot be written (ENOENT)',
    ],
    [
      'a part without a request',
      ['--trace', TRACE, '--to', '60', '--scale', '0.000001'],
      'no request comes in this part',
    ],
  ])('%s', async (_, args, message) => {
    expect(await refused(manifestsOf(record()), ...args)).toContain(message);
  });

  test('a trace of no form', async () => {
    const file = join(root, 'odd.csv');
    writeFileSync(file, 'time,tokens\n1,2\n');
    expect(await refused(manifestsOf(record()), '--trace', file)).toContain('WP-TRACE-002 odd.csv:1');
  });

  test('a trace with mistakes, all of them', async () => {
    const file = join(root, 'wrong.csv');
    writeFileSync(file, 't_ms,in_tokens,out_tokens\n0,-5,1\n10,x,1\n');
    const err = await refused(manifestsOf(record()), '--trace', file);
    expect(err.match(/WP-TRACE-003 wrong\.csv:/g)).toHaveLength(2);
  });

  test('several services, with their names', async () => {
    const code = record({ service: 'code', deployment: 'code', namespace: 'code' });
    expect(await refused([...manifestsOf(record()), ...manifestsOf(code)], '--trace', TRACE)).toContain(
      'several services are there, and one is played. Allowed: chat/chat, code/code. Fix: name it with --service',
    );
  });

  test('a service that promises nothing', async () => {
    expect(await refused(manifestsOf(record({ sizing: undefined })), '--trace', TRACE)).toContain(
      'nobody said what chat/chat promises. Allowed: --slo SECONDS',
    );
  });

  test.each([
    ['cron', { type: 'cron', metadata: { desiredReplicas: '5' } }, 'trigger "cron"'],
    [
      'an unknown query',
      { type: 'prometheus', metadata: { query: 'sum(temperature)', threshold: '5' } },
      'sum(temperature)',
    ],
    [
      'no threshold',
      { type: 'prometheus', metadata: { query: 'sum(rate(envoy_cluster_upstream_rq_total[60s]))' } },
      'threshold',
    ],
  ])('a trigger that the simulator has no model of: %s', async (_, trigger, message) => {
    const objects = manifestsOf(record()).filter(({ kind }) => kind !== 'ScaledObject');
    const err = await refused([...objects, scaledObject(record(), '', trigger)], '--trace', TRACE);
    expect(err).toContain(message);
    expect(err).toContain('cannot be simulated');
  });

  test('a HorizontalPodAutoscaler of nobody knows what', async () => {
    const objects = manifestsOf(record()).filter(({ kind }) => kind !== 'ScaledObject');
    const autoscaler = {
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'chat', namespace: 'chat' },
      spec: { scaleTargetRef: { name: 'chat' } },
    };
    expect(await refused([...objects, autoscaler], '--trace', TRACE)).toContain('HorizontalPodAutoscaler chat/chat');
  });

  test('a Deployment that the plan names and nobody wrote', async () => {
    const [deployment, ...others] = manifestsOf(record());
    const plan = { ...deployment, kind: 'ServiceAccount' };
    expect(await refused([plan, ...others], '--trace', TRACE)).toContain('there is no Deployment chat/chat');
  });
});

describe('at the edges', () => {
  test('one request is a run, and nothing is divided by its length', async () => {
    const file = join(root, 'one.csv');
    writeFileSync(file, 't_ms,in_tokens,out_tokens\n0,100,10\n1000,100,10\n');
    write(root, 'prod', manifestsOf(record()));
    const { code, out, err } = await run(['--env', 'prod', '--manifests', root, '--trace', file, '--from', '0.5']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('what never got a token is said as that', async () => {
    // A pool without a node.
    const plans = record({ pool: { ...record().pool, minNodes: 0, maxNodes: 0 } });
    const { out } = await played(plans);
    expect(out).toMatch(/never +never +never +\d+ \(100\.00 %\)/);
    expect((await json(plans)).verdict).toMatchObject({ p50Seconds: null, attainment: 0 });
  });

  test('a service that begins with nothing gets its first replica', async () => {
    const { verdict } = await json(record({ minReplicas: 0 }), '--cold-start', '0.01');
    expect(verdict.mostReplicas).toBeGreaterThan(0);
  });
});

describe('a trace with a gap', () => {
  test('is played, and the gap is said', async () => {
    const file = join(root, 'gap.csv');
    const seconds = [...Array.from({ length: 300 }, (_, second) => second), 7200];
    const rows = seconds.map((second) => `${1000 * second},100,10`);
    writeFileSync(file, `t_ms,in_tokens,out_tokens\n${rows.join('\n')}\n`);
    write(root, 'prod', manifestsOf(record()));
    const { code, err } = await run(['--env', 'prod', '--manifests', root, '--trace', file]);
    expect(code).toBe(0);
    expect(err).toMatch(/^warmpath simulate: WP-TRACE-005 gap\.csv/);
  });
});

test('the help names every option and every exit code', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, out: SIMULATE_HELP, err: '' });
  const options =
    '--trace --env --manifests --service --scale --from --to --settle --seed --slo --profile --service-time --cold-start --json --svg';
  for (const word of [...options.split(' '), '0 played', '2 wrong']) expect(SIMULATE_HELP).toContain(word);
});
