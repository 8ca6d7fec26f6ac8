import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { comparisonSvg, type Timeline, timelineSvg } from '../../lib/charts';
import { THEMES } from '../../lib/charts/style';
import { reduce } from '../../lib/charts/timeline';
import { elements, parsed, paths, texts, timeline } from './given';

const ROOT = join(__dirname, '..', '..');

describe('the picture of a run', () => {
  test('has a panel for each question, with its series by name', async () => {
    const found = texts(parsed(await timelineSvg(timeline())));
    for (const panel of ['Requests per second', 'Replicas', 'Requests without a first token', 'Time to first token']) {
      expect(found).toContain(panel);
    }
    for (const series of [
      ...['arrivals', 'ready', 'starting', 'wanted', 'placeholders on warm nodes', 'waiting'],
      ...['p50', 'p95', 'p99', 'promised: 2 s'],
    ]) {
      expect(found).toContain(series);
    }
  });

  test('says in words what it shows', async () => {
    const root = parsed(await timelineSvg(timeline()));
    expect(root.getAttribute('role')).toBe('img');
    const [first, second] = [elements(root, 'title')[0], elements(root, 'desc')[0]];
    expect(root.firstChild).toBe(first);
    expect(first?.textContent).toBe('A spike');
    expect(second?.textContent).toBe(
      'At most 15 requests per second arrive, 2 replicas serve and 40 requests wait. The 99th percentile of the time to' +
        ' first token is 8 s at the worst; 2 s was promised.',
    );
    expect(texts(root)).toEqual(expect.arrayContaining(['A spike', 'chat in prod · one point for 10 s', 'spike']));
  });

  test('runs no script and loads nothing', async () => {
    const svg = await timelineSvg(timeline());
    expect(svg).not.toMatch(/<script|<foreignObject|href|url\(|@import|\son[a-z]+=/);
  });

  test('holds replicas level as long as they last', async () => {
    const root = parsed(await timelineSvg(timeline({ marks: [] })));
    // 872 pixels for 40 s from 64; 128 pixels for 2.2 replicas up from 332.
    expect(paths(root, 'wp-line', 'wp-green')).toContain('M64,273.8L500,273.8L500,215.6L936,215.6');
    expect(paths(root, 'wp-area', 'wp-fill-green')).toEqual([
      'M64,273.8L500,273.8L500,215.6L936,215.6L936,332L500,332L500,332L64,332Z',
    ]);
    // One replica starts on top of the one that is ready, from 10 s to 20 s.
    expect(paths(root, 'wp-area', 'wp-fill-amber')).toEqual(['M282,215.6L500,215.6L500,273.8L282,273.8Z']);
    expect(paths(root, 'wp-line', 'wp-dashed', 'wp-ink')).toContain('M64,273.8L282,273.8L282,215.6L936,215.6');
    expect(paths(root, 'wp-line', 'wp-dotted', 'wp-violet')).toContain(
      'M64,273.8L282,273.8L282,332L718,332L718,273.8L936,273.8',
    );
  });

  test('draws times by their decades, and a gap where there was nothing', async () => {
    const root = parsed(await timelineSvg(timeline({ marks: [] })));
    // From 200 ms to 10 s over 148 pixels up from 656; points in the middle of their steps.
    const y = (seconds: number) => Math.round((656 - 148 * (Math.log(seconds / 0.2) / Math.log(50))) * 10) / 10;
    expect(paths(root, 'wp-line', 'wp-strong', 'wp-ink')).toContain(
      `M173,${y(0.5)}L391,${y(8)}M827,${y(0.6)}Z`.replace(/\.0(?=[LMZ])/g, ''),
    );
    expect(texts(root)).toEqual(expect.arrayContaining(['1 s', '10 s']));
    const limits = paths(root, 'wp-dashed', 'wp-red');
    expect(limits).toEqual([`M64,${y(2)}H936`]);
  });

  test('draws what never ended on a line of its own', async () => {
    const never = { p50: [1, 1, 1, 1], p95: [], p99: [1, Number.POSITIVE_INFINITY, 1e6, 1] };
    const root = parsed(await timelineSvg(timeline({ ttftSeconds: never, marks: [] })));
    const height = (words: string) =>
      elements(root, 'text')
        .find(({ textContent }) => textContent === words)
        ?.getAttribute('y');
    expect(['1 s', '10000 s', 'never'].map(height)).toEqual(['660', '541.6', '512']);
    // Five decades over 148 pixels: 1 s at the bottom, what took longest at 10000 s, what never ended at the top.
    expect(paths(root, 'wp-line', 'wp-strong', 'wp-ink')).toContain('M173,656L391,508L609,537.6L827,656');
  });

  test('draws a mark across every panel, and none beyond its time', async () => {
    const marks = [
      { atSeconds: 10, text: 'inside' },
      { atSeconds: 41, text: 'too late' },
      { atSeconds: -1, text: 'too early' },
    ];
    const root = parsed(await timelineSvg(timeline({ marks })));
    expect(paths(root, 'wp-mark').map((path) => path.slice(0, 5))).toEqual(['M282,', 'M282,', 'M282,', 'M282,']);
    expect(texts(root).filter((text) => marks.some(({ text: words }) => text === words))).toEqual(['inside']);
  });

  test('writes marks that stand close above one another', async () => {
    const marks = ['first thing', 'second thing', 'third thing'].map((text, i) => ({ atSeconds: 10 + i, text }));
    const root = parsed(await timelineSvg(timeline({ marks })));
    const heights = elements(root, 'text')
      .filter(({ textContent }) => textContent?.endsWith(' thing'))
      .map((text) => Number(text.getAttribute('y')));
    expect(new Set(heights).size).toBe(3);
  });

  test('leaves out placeholders where there never were any', async () => {
    const found = texts(parsed(await timelineSvg(timeline({ placeholders: [0, 0, 0, 0] }))));
    expect(found).not.toContain('placeholders on warm nodes');
  });

  test('is the same bytes for the same run, whatever was drawn before', async () => {
    const first = await timelineSvg(timeline());
    await timelineSvg(timeline({ title: 'another', stepSeconds: 1 }));
    expect(await timelineSvg(timeline())).toBe(first);
  });

  test('is the same bytes in another process, from the modules that are shipped', async () => {
    const script = `
      import charts from './lib/charts/index.ts';
      process.stdout.write(await charts.timelineSvg(${JSON.stringify(timeline({ ttftSeconds: { p50: [], p95: [], p99: [] } }))}));`;
    const tsx = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const { stdout, stderr } = spawnSync(process.execPath, tsx, { cwd: ROOT, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe(await timelineSvg(timeline({ ttftSeconds: { p50: [], p95: [], p99: [] } })));
  });
});

describe('odd numbers', () => {
  const NO_NUMBER = /NaN|Infinity|undefined|null/;

  test.each<[string, Partial<Timeline>]>([
    ['nothing at all', { arrivalsPerSecond: [], readyReplicas: [], waitingRequests: [] }],
    ['lists of different lengths', { readyReplicas: [3], ttftSeconds: { p50: [], p95: [1], p99: [1, 2, 3, 4, 5, 6] } }],
    ['requests that never got a token', { ttftSeconds: { p50: [Number.POSITIVE_INFINITY], p95: [], p99: [1e300] } }],
    ['times of zero and below', { ttftSeconds: { p50: [0, -1, 0, 1], p95: [0], p99: [-5] } }],
    ['an objective beyond the axis', { objectiveSeconds: 1e9 }],
    ['an objective of zero', { objectiveSeconds: 0 }],
    ['an objective that is no number', { objectiveSeconds: Number.NaN }],
    ['numbers below zero', { readyReplicas: [-3, 1, 1, 1], arrivalsPerSecond: [-5, 5, 5, 5] }],
    ['what is no number', { waitingRequests: [Number.NaN, 1, 2, 3], desiredReplicas: [Number.NaN] }],
    ['more than anybody counts', { waitingRequests: [1e12, 0, 0, 0], arrivalsPerSecond: [1e9, 1e9, 1e9, 1e9] }],
    ['less than anybody counts', { arrivalsPerSecond: [1e-9, 0, 0, 0] }],
    ['a very short step', { stepSeconds: 1e-6 }],
    ['a very long step', { stepSeconds: 1e7 }],
  ])('are drawn: %s', async (_, more) => {
    const svg = await timelineSvg(timeline(more));
    const root = parsed(svg);
    expect(texts(root)).toContain('Replicas');
    expect(svg.slice(svg.indexOf('</desc>'))).not.toMatch(NO_NUMBER);
  });

  test('of any kind leave a picture', async () => {
    const steps = fc.array(fc.option(fc.double(), { nil: undefined }), { maxLength: 12 });
    const any = fc.record({
      stepSeconds: fc.double({ min: 0.001, max: 1e5, noNaN: true }),
      arrivalsPerSecond: steps,
      readyReplicas: steps,
      startingReplicas: steps,
      desiredReplicas: steps,
      placeholders: steps,
      waitingRequests: steps,
      ttftSeconds: fc.record({ p50: steps, p95: steps, p99: steps }),
      objectiveSeconds: fc.double(),
      marks: fc.array(fc.record({ atSeconds: fc.double(), text: fc.string() }), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(any, fc.string({ unit: 'binary' }), async (more, title) => {
        const svg = await timelineSvg(timeline({ ...more, title, subtitle: title }));
        parsed(svg);
        const drawn = [...svg.matchAll(/ (?:d|x|y|width|height)="([^"]*)"/g)].map(([, value]) => value);
        expect(drawn.filter((value) => NO_NUMBER.test(value ?? ''))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a step of %d s is refused', async (stepSeconds) => {
    await expect(timelineSvg(timeline({ stepSeconds }))).rejects.toThrow(`stepSeconds = ${stepSeconds}`);
  });

  test('markup in words stays words', async () => {
    const title = '<script>alert("&")</script>';
    const root = parsed(await timelineSvg(timeline({ title, marks: [{ atSeconds: 5, text: 'a < b' }] })));
    expect(elements(root, 'script')).toEqual([]);
    expect(texts(root)).toEqual(expect.arrayContaining([title, 'a < b']));
  });
});

describe('a run with more steps than a picture has room for', () => {
  const long = (steps: number) => timeline({ arrivalsPerSecond: Array.from({ length: steps }, (_, i) => i % 4) });

  test('shows the mean of rates and the worst of the rest', () => {
    const { seconds, of } = reduce(long(1760));
    expect(seconds).toBe(40);
    expect(of([1, 2, 3, 6, undefined, 5], 'mean').slice(0, 3)).toEqual([3, 5, undefined]);
    expect(of([1, 2, 3, 6, undefined, 5], 'most').slice(0, 2)).toEqual([6, 5]);
    expect(of([1, 2, 3, 6, Number.NaN, 5], 'least').slice(0, 2)).toEqual([1, 5]);
  });

  test('is drawn as small as any other, and says what a point is', async () => {
    const svg = await timelineSvg(long(604_800 / 10));
    expect(svg.length).toBeLessThan(60_000);
    expect(texts(parsed(svg))).toEqual(expect.arrayContaining(['chat in prod · one point for 23 min', '3 d']));
  });
});

describe('a comparison', () => {
  const runs = [
    { label: 'warm', timeline: timeline() },
    { label: 'cold', timeline: timeline({ readyReplicas: [1, 1, 1, 2], marks: [] }) },
  ];

  test('draws each run by its name in every panel but the first', async () => {
    const root = parsed(await comparisonSvg('Warm and cold', runs, 'chat'));
    const found = texts(root);
    for (const label of ['warm', 'cold']) expect(found.filter((text) => text === label)).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining(['Warm and cold', 'arrivals', 'Ready replicas', 'Time to first token, 99th percentile']),
    );
    expect(elements(root, 'desc')[0]?.textContent).toMatch(/^warm: At most .* cold: At most /);
  });

  test('draws runs of different length over one time', async () => {
    const short = { label: 'short', timeline: timeline({ arrivalsPerSecond: [5], readyReplicas: [3] }) };
    const root = parsed(await comparisonSvg('Short and long', [short, ...runs]));
    expect(paths(root, 'wp-strong', 'wp-blue').some((path) => /^M64,[\d.]+L282,[\d.]+$/.test(path))).toBe(true);
  });

  test.each([
    ['no runs', [], 'runs = 0'],
    ['more runs than can be told apart', [...runs, ...runs, ...runs], 'runs = 6'],
    ['another step', [...runs, { label: 'odd', timeline: timeline({ stepSeconds: 7 }) }], "stepSeconds = 7 in 'odd'"],
  ])('of %s is refused', async (_, given, message) => {
    await expect(comparisonSvg('none', given)).rejects.toThrow(message);
  });
});

describe('colours', () => {
  /** Relative luminance and contrast as WCAG 2.2 defines them. */
  const luminance = (colour: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
      .reduce((sum, channel, i) => sum + channel * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0);
  const contrast = (a: string, b: string) => {
    const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };

  test.each(Object.entries(THEMES))('can be read on a %s screen', (_, { ground, grid, ...colours }) => {
    for (const [name, colour] of Object.entries(colours)) {
      expect([name, contrast(colour, ground) >= 4.5]).toEqual([name, true]);
    }
    expect(contrast(grid, ground)).toBeGreaterThan(1.2);
  });

  test('change with the screen', async () => {
    const svg = await timelineSvg(timeline());
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
    for (const { ground } of Object.values(THEMES)) expect(svg).toContain(`.wp-ground{fill:${ground}}`);
  });
});
