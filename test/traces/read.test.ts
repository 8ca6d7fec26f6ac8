import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { formatProblem, ProblemsError } from '../../lib/domain';
import { draftTrace, type RequestTrace, readTrace } from '../../lib/traces';
import { drafted, HEADERS, mean, requestTrace, sum, told, written, zipped } from './given';

const SHIPPED = join(__dirname, '..', '..', 'bench', 'traces');

describe('a trace of requests', () => {
  test('holds times from its first arrival, and lengths', () => {
    expect(drafted('requests', ['1000,4808,10', '1052,3180,8', '1098.5,110,27'])).toEqual({
      value: {
        form: 'requests',
        source: 'trace.csv',
        arrivalMs: Float64Array.of(0, 52, 98.5),
        inputTokens: Uint32Array.of(4808, 3180, 110),
        outputTokens: Uint32Array.of(10, 8, 27),
        durationSeconds: 0.0985,
      },
      problems: [],
    });
  });

  test('may have several requests at one moment', () => {
    expect(requestTrace(['0,1,1', '5,1,1', '5,2,2']).arrivalMs).toEqual(Float64Array.of(0, 5, 5));
  });

  test('plays requests without tokens with one, and says so', () => {
    const { value, problems } = drafted('requests', ['0,0,5', '9,7,0']);
    expect(value).toMatchObject({ inputTokens: Uint32Array.of(1, 7), outputTokens: Uint32Array.of(5, 1) });
    expect(problems.map(({ rule, severity, prop, value }) => ({ rule, severity, prop, value }))).toEqual([
      { rule: 'WP-TRACE-006', severity: 'warning', prop: 'trace.csv in_tokens', value: 0 },
      { rule: 'WP-TRACE-006', severity: 'warning', prop: 'trace.csv out_tokens', value: 0 },
    ]);
  });

  test('says where nobody came for long', () => {
    const steady = (from: number) => Array.from({ length: 200 }, (_, i) => `${from + i * 1000},1,1`);
    const [warning, ...others] = drafted('requests', [...steady(0), ...steady(2_000_000)]).problems;
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      rule: 'WP-TRACE-005',
      severity: 'warning',
      prop: 'trace.csv:202 t_ms',
      message: 'no request came for 1801 s before it, 327 times the mean gap',
    });
  });

  test('of a quiet service is no gap', () => {
    expect(drafted('requests', ['0,1,1', '700000,1,1', '1500000,1,1']).problems).toEqual([]);
  });
});

describe('a trace of rates', () => {
  test('holds middles of intervals and rates per second', () => {
    expect(drafted('rate', ['30,60,30,120', '37.2,120,60,600', '44.5,30,30,30', '51.7,6,6,6'])).toEqual({
      value: {
        form: 'rate',
        source: 'trace.csv',
        middleSeconds: Float64Array.of(216, 648, 1086, 1518),
        ratePerSecond: Float64Array.of(1, 2, 0.5, 0.1),
        lowestRatePerSecond: Float64Array.of(0.5, 1, 0.5, 0.1),
        highestRatePerSecond: Float64Array.of(2, 10, 0.5, 0.1),
        intervalSeconds: 432,
        durationSeconds: 1734,
      },
      problems: [],
    });
  });

  const hours = (...at: number[]) => at.map((hour) => `${hour * 60},60,60,60`);

  test('with a small gap is bridged, and says so', () => {
    const { value, problems } = drafted('rate', hours(...Array.from({ length: 30 }, (_, i) => i + (i > 19 ? 2 : 0))));
    expect(value).toBeDefined();
    expect(problems).toMatchObject([
      { rule: 'WP-TRACE-005', severity: 'warning', prop: 'trace.csv:22 minute_of_week' },
    ]);
    expect(problems[0]?.message).toBe('120 minutes are missing in 1 places, the first of them before this line');
  });

  test('with a large gap is refused', () => {
    expect(told('rate', hours(0, 1, 2, 6, 7))).toEqual([
      'error WP-TRACE-005 trace.csv:5 minute_of_week = 360: 180 minutes are missing in 1 places, the first of them before' +
        ' this line. Allowed: a step of 60 minutes, and at most 10 % missing. Fix: add the intervals that are missing, or' +
        ' cut the trace to a part without gaps.',
    ]);
  });

  test('says that rates are zero, and is refused where all are', () => {
    expect(drafted('rate', ['0,0,0,0', '1,5,5,5']).problems).toMatchObject([
      { rule: 'WP-TRACE-006', severity: 'warning', prop: 'trace.csv:2 rpm_mid', message: '1 of 2 rates are zero' },
    ]);
    expect(drafted('rate', ['0,0,0,0', '1,0,0,0']).problems).toMatchObject([
      { rule: 'WP-TRACE-006', severity: 'error', message: '2 of 2 rates are zero' },
    ]);
  });
});

describe('a trace of clients', () => {
  test('holds a window a line', () => {
    expect(
      drafted('clients', ['a,0,1.332,8.598,W,0.3753,0.3968', 'b,0,0.5,1,G,1,2', 'b,600,0.15,4,G,0.06,103.7']),
    ).toEqual({
      value: {
        form: 'clients',
        source: 'trace.csv',
        clients: ['a', 'b'],
        client: Uint32Array.of(0, 1, 1),
        startSeconds: Float64Array.of(0, 0, 600),
        ratePerSecond: Float64Array.of(1.332, 0.5, 0.15),
        variation: Float64Array.of(8.598, 1, 4),
        family: ['weibull', 'gamma', 'gamma'],
        shape: Float64Array.of(0.3753, 1, 0.06),
        windowSeconds: 600,
        durationSeconds: 1200,
      },
      problems: [],
    });
  });

  test('begins with its first window', () => {
    const { value } = drafted('clients', ['b,605400,1,1,G,1,1', 'a,604800,1,1,G,1,1']);
    expect(value).toMatchObject({ startSeconds: Float64Array.of(600, 0), durationSeconds: 1200 });
  });

  test('may leave out windows of a client, not of all without a word', () => {
    const window = (client: string, start: number) => `${client},${start},1,1,G,1,1`;
    expect(drafted('clients', [window('a', 0), window('a', 1200), window('b', 600)]).problems).toEqual([]);
    expect(drafted('clients', [window('a', 0), window('a', 1800), window('b', 0)]).problems).toMatchObject([
      { rule: 'WP-TRACE-005', severity: 'warning', value: 600, prop: 'trace.csv t_s' },
    ]);
  });
});

describe('a file', () => {
  const LINES = [HEADERS.requests, '0,5,6', '10,7,8'];

  test.each([
    ['without a last line break', LINES.join('\n')],
    ['with line breaks of Windows', `${LINES.join('\r\n')}\r\n`],
    ['with a byte order mark', `\uFEFF${LINES.join('\n')}\n`],
    ['with spaces and signs', `${HEADERS.requests}\n0, 5,+6\n1e1,7,8.0\n`],
  ])('%s is read', (_, text) => {
    expect(readTrace(written('as-it-is.csv', text))).toMatchObject({
      arrivalMs: Float64Array.of(0, 10),
      inputTokens: Uint32Array.of(5, 7),
      outputTokens: Uint32Array.of(6, 8),
    });
  });

  test('in gzip is read whatever its name', () => {
    for (const name of ['zipped.csv.gz', 'zipped.csv']) {
      expect(readTrace(written(name, zipped(LINES.join('\n'))))).toMatchObject({ durationSeconds: 0.01 });
    }
  });

  test('says every number as it is written', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (value) => {
        const text = String(value);
        const [trace] = [requestTrace(['0,1,1', `${text},1,1`, '1e10,1,1'])];
        expect(trace.arrivalMs[1]).toBe(value);
      }),
      { numRuns: 50 },
    );
  });

  test('that cannot be read says why', () => {
    const problems = (path: string) =>
      draftTrace(path).problems.map(({ rule, prop, message }) => [rule, prop, message]);
    expect(problems(join(SHIPPED, 'nowhere.csv'))).toEqual([
      ['WP-TRACE-001', 'nowhere.csv', expect.stringContaining('it cannot be read: ENOENT')],
    ]);
    expect(problems(written('text.csv.gz', LINES.join('\n')))).toEqual([
      ['WP-TRACE-001', 'text.csv.gz', 'its name says gzip, and its content is none'],
    ]);
    expect(problems(written('cut.csv.gz', zipped(LINES.join('\n')).subarray(0, 30)))).toEqual([
      ['WP-TRACE-001', 'cut.csv.gz', 'it cannot be read: unexpected end of file'],
    ]);
  });

  test.each([
    ['', 'the file is empty'],
    ['time,tokens\n', 'it is no header of a trace'],
    ['t_ms,in_tokens\n0,1\n', 'the columns out_tokens are missing'],
    ['t_ms,in_tokens,out_tokens,model\n', 'the columns model are unknown'],
    ['in_tokens,t_ms,out_tokens\n', 'the columns stand in another order'],
    ['0,374,44\n4315,396,109\n', 'it is no header of a trace'],
  ])('that begins with %j is of no form', (text, message) => {
    const { value, problems } = draftTrace(written('form.csv', text));
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ rule: 'WP-TRACE-002', prop: 'form.csv:1', message }]);
    expect(problems[0]?.allowed).toBe(Object.values(HEADERS).join(' | '));
  });

  test('without lines, or without time, is no trace', () => {
    expect(told('rate', [])).toEqual([expect.stringContaining('nothing stands below the header')]);
    expect(told('requests', ['5,1,1', '5,1,1'])).toEqual([expect.stringContaining('no time passes')]);
    expect(told('rate', ['5,1,1,1'])).toEqual([expect.stringContaining('no time passes')]);
  });
});

describe('a line that is wrong is told with its place:', () => {
  test.each([
    ['requests', '9,x,1', 'trace.csv:3 in_tokens = "x": it is not a number. Allowed: a whole number of 0 or more'],
    ['requests', '9,,1', 'trace.csv:3 in_tokens = "": it is not a number'],
    ['requests', '9,-3,1', 'trace.csv:3 in_tokens = "-3": it is negative'],
    ['requests', '9,3,1.5', 'trace.csv:3 out_tokens = "1.5": it is not whole'],
    ['requests', '9,3,4294967296', 'trace.csv:3 out_tokens = "4294967296": it is too great'],
    ['requests', 'NaN,3,1', 'trace.csv:3 t_ms = "NaN": it is not a number'],
    ['requests', '1e999,3,1', 'trace.csv:3 t_ms = "1e999": it is not a number'],
    ['requests', '0x9,3,1', 'trace.csv:3 t_ms = "0x9": it is not a number'],
    ['requests', '9,3', 'trace.csv:3 = "9,3": the line has 2 fields. Allowed: 3 fields: t_ms,in_tokens,out_tokens'],
    ['requests', '9,3,1,7', 'trace.csv:3 = "9,3,1,7": the line has 4 fields'],
    ['requests', '', 'trace.csv:3 = "": the line is empty'],
    ['rate', '12,-1,0,0', 'trace.csv:3 rpm_mid = "-1": it is negative'],
    ['rate', '12,5,6,7', 'trace.csv:3 rpm_mid = 5: it lies outside rpm_lo and rpm_hi. Allowed: 6 to 7'],
    ['clients', 'a,600,1,1,X,1,1', 'trace.csv:3 family = "X": it is unknown. Allowed: G or W'],
    ['clients', ',600,1,1,G,1,1', 'trace.csv:3 client = "": it is empty'],
    ['clients', 'a,600,1,1,G,0,1', 'trace.csv:3 shape = "0": it is zero. Allowed: a number above 0'],
    ['clients', 'a,600,-1,1,G,1,1', 'trace.csv:3 rate_rps = "-1": it is negative'],
  ] as const)('%s %j', (form, line, message) => {
    const first = { requests: '0,1,1', rate: '0,1,1,1', clients: 'a,0,1,1,G,1,1' }[form];
    const third = { requests: '99,1,1', rate: '24,1,1,1', clients: 'a,1200,1,1,G,1,1' }[form];
    const lines = told(form, [first, line, third]).filter((one) => one.startsWith('error'));
    expect(lines).toEqual([expect.stringContaining(`WP-TRACE-003 ${message}`)]);
  });

  test.each([
    ['requests', ['5,1,1', '3,1,1'], 'trace.csv:3 t_ms = 3: it comes before 5 of the line above'],
    ['rate', ['5,1,1,1', '5,1,1,1', '6,1,1,1'], 'trace.csv:3 minute_of_week = 5: it stands in the line before as well'],
    ['clients', ['a,0,1,1,G,1,1', 'a,0,1,1,G,1,1'], 'trace.csv:3 t_s = 0: client a has this window twice'],
    ['clients', ['a,600,1,1,G,1,1', 'a,0,1,1,G,1,1'], 'trace.csv:3 t_s = 0: client a had 600 before'],
    ['clients', ['a,0,1,1,G,1,1', 'a,700,1,1,G,1,1'], 'trace.csv:3 t_s = 700: no window begins there'],
  ] as const)('%s %j', (form, lines, message) => {
    expect(told(form, lines)).toEqual([expect.stringContaining(`error WP-TRACE-004 ${message}`)]);
  });

  test('all of them together, up to twenty', () => {
    const three = told('requests', ['0,-1,-2', '1,x,1', '2,1,1']);
    expect(three.map((line) => line.split(':').slice(0, 2).join(':'))).toEqual([
      'error WP-TRACE-003 trace.csv:2 in_tokens = "-1"',
      'error WP-TRACE-003 trace.csv:2 out_tokens = "-2"',
      'error WP-TRACE-003 trace.csv:3 in_tokens = "x"',
    ]);
    const many = told(
      'requests',
      Array.from({ length: 1000 }, (_, i) => `${i},-1,1`),
    );
    expect(many).toHaveLength(21);
    expect(many[20]).toBe(
      'error WP-TRACE-003 trace.csv = 1000: 980 more errors were found. Allowed: a file without errors.' +
        ' Fix: mend what made them, rather than the lines one by one.',
    );
  });

  test('and thrown at whoever wants the trace itself', () => {
    const path = written('thrown.csv', `${HEADERS.requests}\n0,-1,1\n`);
    expect(() => readTrace(path)).toThrow(ProblemsError);
    expect(() => readTrace(path)).toThrow('WP-TRACE-003 thrown.csv:2 in_tokens = "-1": it is negative');
  });
});

describe('the traces that are shipped', () => {
  const FILES = readdirSync(SHIPPED).filter((file) => file.endsWith('.csv.gz'));
  const note = readFileSync(join(SHIPPED, 'README.md'), 'utf8');

  test('are the files of their digests', () => {
    const digest = (file: string) =>
      createHash('sha256')
        .update(readFileSync(join(SHIPPED, file)))
        .digest('hex');
    const lines = FILES.map((file) => `${digest(file)}  ${file}\n`);
    expect(readFileSync(join(SHIPPED, 'SHA256SUMS'), 'utf8')).toBe(lines.join(''));
  });

  test.each(FILES)('%s is read without a word, and its licence is named', (file) => {
    expect(draftTrace(join(SHIPPED, file)).problems.map(formatProblem)).toEqual([]);
    expect(note.split('\n').filter((line) => line.includes(file))).toEqual([expect.stringContaining('CC-BY-4.0')]);
  });

  test('have the numbers of their origin', () => {
    const { arrivalMs, durationSeconds, inputTokens, outputTokens } = readTrace(
      join(SHIPPED, 'azure2023-conv.csv.gz'),
    ) as RequestTrace;
    expect(arrivalMs).toHaveLength(19_366);
    expect(durationSeconds).toBeCloseTo(3501.7, 1);
    expect(mean(inputTokens)).toBeCloseTo(1154.7, 1);
    expect(sum(outputTokens) / 19_366).toBeCloseTo(211.1, 1);
  });

  test('say whom to thank, and what was changed', () => {
    for (const word of ['AzurePublicDataset', 'Splitwise', 'Changed']) expect(note).toContain(word);
  });
});
