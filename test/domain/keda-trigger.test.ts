import { draftKedaTrigger, type TriggerFacts } from '../../lib/domain/keda-trigger';
import { problemOf, rulesOf } from './given';

/** Made up, so that every kind of parameter stands here once. */
const TABLE: Readonly<Record<string, TriggerFacts>> = {
  queue: {
    known: ['host', 'hostFromEnv', 'queueName', 'queueNames', 'length', 'mode', 'authModes', 'topic', 'query.*'],
    required: [
      { anyOf: ['length'], from: ['metadata'] },
      { anyOf: ['queueName', 'queueNames'], from: ['metadata'] },
      { anyOf: ['host'], from: ['metadata', 'environment', 'authentication'] },
    ],
    fromAuthentication: ['host', 'password'],
    allowed: { mode: ['sum', 'max'] },
    allowedInLists: { authModes: { allowed: ['basic', 'tls', 'bearer'], atMostOneOf: ['basic', 'bearer'] } },
    refused: { type: "The 'type' setting is removed - use 'metricType' instead." },
    deprecated: { topic: 'This scaler is deprecated.' },
  },
  external: { known: ['address'], required: [], fromAuthentication: [], open: true },
  keyed: {
    known: ['apiKey'],
    required: [{ anyOf: ['apiKey'], from: ['authentication'] }],
    fromAuthentication: ['apiKey'],
  },
};

const RIGHT = { host: 'amqp://broker', queueName: 'jobs', length: '5' };

function draft(metadata: object, { type = 'queue', authenticated = false } = {}) {
  return draftKedaTrigger('scaler.triggers[0]', { type, metadata, authenticated }, TABLE);
}

describe('a trigger', () => {
  test('with what its scaler needs has no problem, and is handed back', () => {
    const { value, problems } = draft(RIGHT);
    expect(problems).toEqual([]);
    expect(value).toEqual({ type: 'queue', metadata: RIGHT, authenticated: false });
  });

  test('of a type that KEDA does not have is refused, with the one that is like it', () => {
    const { value, problems } = draft(RIGHT, { type: 'Queues' });
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ rule: 'WP-SCALE-001', prop: 'scaler.triggers[0].type', fix: "use 'queue'" }]);
    expect(draft(RIGHT, { type: 'constructor' }).problems).toMatchObject([{ fix: 'correct it' }]);
  });
});

describe('a required parameter', () => {
  test.each([
    ['is missing', { length: undefined }, 'length', 'length'],
    ['is blank, which KEDA takes for missing', { length: ' ' }, 'length', 'length'],
    ['is missing under both of its names', { queueName: undefined }, 'queueName', 'queueName, or queueNames'],
    ['is missing everywhere', { host: undefined }, 'host', 'host, or hostFromEnv, or an authentication with host'],
  ])('is asked for where it %s', (_, more, name, allowed) => {
    expect(draft({ ...RIGHT, ...more }).problems).toMatchObject([
      { rule: 'WP-SCALE-001', severity: 'error', prop: `scaler.triggers[0].metadata.${name}`, allowed },
    ]);
  });

  test.each([
    ['under its other name', { queueName: undefined, queueNames: 'jobs,mails' }, {}],
    ['from a variable of the container', { host: undefined, hostFromEnv: 'BROKER' }, {}],
    ['from an authentication', { host: undefined }, { authenticated: true }],
  ])('may come %s', (_, more, how) => {
    expect(draft({ ...RIGHT, ...more }, how).problems).toEqual([]);
  });

  test('that no authentication holds is not excused by one', () => {
    expect(rulesOf(draft({ ...RIGHT, length: undefined }, { authenticated: true }))).toEqual(['WP-SCALE-001']);
  });

  test('that only an authentication holds is not satisfied by the metadata', () => {
    const problem = problemOf(draft({ apiKey: 'k' }, { type: 'keyed' }), 'WP-SCALE-001');
    expect(problem.allowed).toBe('an authentication with apiKey');
    expect(draft({ apiKey: 'k' }, { type: 'keyed', authenticated: true }).problems).toEqual([]);
  });
});

describe('a parameter', () => {
  test.each([
    ['misspelt', { lenght: '5' }, 'lenght', 'did you mean length?'],
    ['in other case', { QueueNames: 'jobs' }, 'QueueNames', 'did you mean queueNames?'],
    ['like nothing', { replicas: '5' }, 'replicas', 'remove it'],
    ['named like a method', { toString: '5' }, 'toString', 'remove it'],
    ['of an authentication only', { password: 'p4ss' }, 'password', 'move it to the secrets of authentication'],
    ['that no variable may hold', { lengthFromEnv: 'LENGTH' }, 'lengthFromEnv', 'did you mean length?'],
    ['of a pattern, without a name', { 'query.': 'a' }, 'query.', 'did you mean query.*?'],
  ])('%s is an error', (_, more, name, fix) => {
    expect(draft({ ...RIGHT, ...more }).problems).toMatchObject([
      { rule: 'WP-SCALE-001', severity: 'error', prop: `scaler.triggers[0].metadata.${name}`, fix },
    ]);
  });

  test('that is unknown does not print its value, which may be a password', () => {
    expect(JSON.stringify(draft({ ...RIGHT, pasword: 'p4ss' }).problems)).not.toContain('p4ss');
    expect(JSON.stringify(draft({ ...RIGHT, host: 4444 }).problems)).not.toContain('4444');
  });

  test('of a pattern may have any name that goes on', () => {
    expect(draft({ ...RIGHT, 'query.A': 'a' }).problems).toEqual([]);
  });

  test('that is not set is none', () => {
    expect(draft({ ...RIGHT, pasword: undefined }).problems).toEqual([]);
  });

  test('may be any where the scaler hands them on', () => {
    expect(draft({ anything: 'x' }, { type: 'external' }).problems).toEqual([]);
    expect(rulesOf(draft({ anything: 1 }, { type: 'external' }))).toEqual(['WP-SCALE-001']);
  });

  test.each([[5], [true], [null], [{}]])('that is %p instead of a text is an error', (length) => {
    expect(draft({ ...RIGHT, length }).problems).toMatchObject([
      { rule: 'WP-SCALE-001', value: length, message: 'KEDA reads texts', fix: 'write it in quotes' },
    ]);
  });
});

describe('a choice', () => {
  test.each([['sum'], [' max '], ['']])('%p is one', (mode) => {
    expect(draft({ ...RIGHT, mode }).problems).toEqual([]);
  });

  test.each([['avg'], ['Sum'], ['sum,max']])('%p is none', (mode) => {
    expect(draft({ ...RIGHT, mode }).problems).toMatchObject([
      { rule: 'WP-SCALE-001', prop: 'scaler.triggers[0].metadata.mode', value: mode, allowed: 'sum, max' },
    ]);
  });

  test('may be several where the scaler takes a list', () => {
    expect(draft({ ...RIGHT, authModes: 'tls, basic' }).problems).toEqual([]);
  });

  test.each([
    ['tls,oauth', "there is no such choice: 'oauth'"],
    ['basic,tls,bearer', 'these exclude each other'],
  ])('of a list is checked: %s', (authModes, message) => {
    expect(draft({ ...RIGHT, authModes }).problems).toMatchObject([{ rule: 'WP-SCALE-001', message }]);
  });
});

describe('what goes away', () => {
  test('is an error where KEDA refuses it already', () => {
    const problem = problemOf(draft({ ...RIGHT, type: 'Value' }), 'WP-SCALE-001');
    expect(problem.message).toBe(
      "KEDA refuses a trigger with it: The 'type' setting is removed - use 'metricType' instead",
    );
    expect(draft({ ...RIGHT, type: '' }).problems).toEqual([]);
  });

  test('is a warning where KEDA announces it', () => {
    expect(draft({ ...RIGHT, topic: 'jobs' }).problems).toMatchObject([
      { rule: 'WP-SCALE-002', severity: 'warning', message: 'KEDA says: This scaler is deprecated' },
    ]);
  });
});

test('everything that is wrong is told at once', () => {
  expect([...rulesOf(draft({ lenght: '5', mode: 'avg', topic: 'jobs' }))].sort()).toEqual([
    'WP-SCALE-001',
    'WP-SCALE-001',
    'WP-SCALE-001',
    'WP-SCALE-001',
    'WP-SCALE-001',
    'WP-SCALE-002',
  ]);
});
