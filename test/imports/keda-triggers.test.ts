/** The types and the data of KEDA's triggers: that they say what KEDA's schema says, and the same thing twice. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { TRIGGER_FACTS } from '../../imports/keda/trigger-facts';
import type { KedaTriggers, KedaTriggerType } from '../../imports/keda/triggers';
import { draftKedaTrigger } from '../../lib/domain/keda-trigger';

const FOLDER = join(__dirname, '../../imports/keda');
const PINNED = join(__dirname, '../real/tools/keda');
const GENERATED = ['triggers.ts', 'trigger-facts.ts'] as const;
const text = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

const scratch = mkdtempSync(join(tmpdir(), 'warmpath-keda-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What the generator writes for a schema. */
function generated(schema: string): Record<(typeof GENERATED)[number], string> {
  const run = spawnSync(process.execPath, [join(FOLDER, 'generate-triggers.mjs'), schema, scratch], {
    encoding: 'utf8',
  });
  expect([run.status, run.stderr]).toEqual([0, '']);
  const read = (file: string) => readFileSync(join(scratch, file), 'utf8');
  return { 'triggers.ts': read('triggers.ts'), 'trigger-facts.ts': read('trigger-facts.ts') };
}

function problemsOf(type: string, metadata: object, authenticated = false) {
  return draftKedaTrigger('trigger', { type, metadata, authenticated }, TRIGGER_FACTS).problems;
}

/** Triggers as KEDA's documentation writes them; that this file compiles is half of the test. */
const PROMETHEUS: KedaTriggers['prometheus'] = {
  serverAddress: 'http://prometheus.monitoring.svc:9090',
  query: 'sum(rate(requests_total[1m]))',
  threshold: '4.5',
  ignoreNullValues: 'false',
  authModes: 'tls,basic',
};
const SERVICE_BUS: KedaTriggers['azure-servicebus'] = {
  queueName: 'jobs',
  namespace: 'warmpath',
  messageCount: '5',
  operation: 'max',
  cloud: 'Private',
  endpointSuffix: 'servicebus.airgap.example',
};
const REDIS: KedaTriggers['redis'] = { addressFromEnv: 'REDIS', listName: 'jobs', listLength: '10', enableTLS: 'true' };
const KAFKA: KedaTriggers['kafka'] = {
  bootstrapServers: 'kafka.jobs.svc:9092',
  consumerGroup: 'chat',
  topic: 'jobs',
  offsetResetPolicy: 'latest',
  sasl: 'scram_sha512',
  tls: 'enable',
  awsAccessKeyIDFromEnv: 'KEY_ID',
};
const RABBIT: KedaTriggers['rabbitmq'] = { hostFromEnv: 'RABBIT', queueName: 'jobs', mode: 'QueueLength', value: '20' };
const CRON: KedaTriggers['cron'] = {
  timezone: 'Europe/Berlin',
  start: '0 8 * * 1-5',
  end: '0 18 * * 1-5',
  desiredReplicas: '6',
};
const SUMOLOGIC: Pick<KedaTriggers['sumologic'], 'query.A' | 'queryType'> = { queryType: 'metrics', 'query.A': 'a' };
const EXTERNAL: KedaTriggers['external'] = { scalerAddress: 'scaler.jobs.svc:6000', longitude: '-122.3' };

/** What must not compile: each line would be an error of `npm run typecheck` if it did. */
// @ts-expect-error -- a required parameter is missing
const NO_QUERY: KedaTriggers['prometheus'] = { serverAddress: 'http://prometheus', threshold: '4' };
// @ts-expect-error -- values are text
const A_NUMBER: KedaTriggers['cron'] = { ...CRON, desiredReplicas: 6 };
// @ts-expect-error -- a choice that the scaler does not have
const NO_CHOICE: KedaTriggers['azure-servicebus'] = { queueName: 'jobs', operation: 'median' };
// @ts-expect-error -- a misspelt parameter
const MISSPELT: KedaTriggers['redis'] = { listName: 'jobs', listLenght: '10' };
// @ts-expect-error -- a parameter that KEDA refuses
const REFUSED: KedaTriggers['cpu'] = { value: '60', type: 'Utilization' };

describe('a trigger that compiles', () => {
  test.each<[KedaTriggerType, object]>([
    ['prometheus', PROMETHEUS],
    ['azure-servicebus', SERVICE_BUS],
    ['redis', REDIS],
    ['kafka', KAFKA],
    ['rabbitmq', RABBIT],
    ['cron', CRON],
    ['external', EXTERNAL],
    ['sumologic', { ...SUMOLOGIC, host: 'https://h', timerange: '15m', threshold: '1' }],
  ])('of type %s has no problem', (type, metadata) => {
    const authenticated = type === 'sumologic';
    expect(problemsOf(type, metadata, authenticated)).toEqual([]);
  });

  test.each<[string, KedaTriggerType, object]>([
    ['without a query', 'prometheus', NO_QUERY],
    ['with a number', 'cron', A_NUMBER],
    ['with another choice', 'azure-servicebus', NO_CHOICE],
    ['with a misspelt parameter', 'redis', MISSPELT],
    ['with what KEDA refuses', 'cpu', REFUSED],
  ])('is the only one that passes: %s', (_, type, metadata) => {
    expect(problemsOf(type, metadata).map(({ rule }) => rule)).toEqual(['WP-SCALE-001']);
  });
});

describe('types and data', () => {
  const source = ts.createSourceFile('triggers.ts', text('triggers.ts'), ts.ScriptTarget.Latest, true);
  const interfaces = new Map(
    source.statements.filter(ts.isInterfaceDeclaration).map((one) => [one.name.text, one.members] as const),
  );
  const nameOf = (member: ts.TypeElement) => {
    if (member.name === undefined) return '';
    return ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : member.name.getText();
  };
  const typeOf = (member: ts.TypeElement) => (ts.isPropertySignature(member) ? member.type?.getText() : undefined);
  const map = (interfaces.get('KedaTriggers') ?? []).map((member) => [nameOf(member), typeOf(member) ?? ''] as const);

  test('know the same scalers', () => {
    expect(map.map(([type]) => type)).toEqual(Object.keys(TRIGGER_FACTS));
    expect(map).toHaveLength(79);
  });

  test.each(map)('say the same of %s', (type, name) => {
    const members = [...(interfaces.get(name) ?? [])];
    const facts = TRIGGER_FACTS[type as KedaTriggerType];
    const properties = members.filter(ts.isPropertySignature);
    const removed = properties.filter((member) => typeOf(member) === 'never').map(nameOf);
    expect(removed).toEqual(Object.keys(facts.refused ?? {}));
    const named = facts.known.filter((one) => !one.endsWith('.*'));
    expect(
      properties
        .map(nameOf)
        .filter((one) => !removed.includes(one))
        .sort(),
    ).toEqual([...named].sort());
    // A type can ask for a parameter only where nothing else could bring it.
    const sole = facts.required.filter(({ anyOf, from }) => anyOf.length === 1 && from.join() === 'metadata');
    expect(
      properties
        .filter(({ questionToken }) => questionToken === undefined)
        .map(nameOf)
        .sort(),
    ).toEqual(sole.flatMap(({ anyOf }) => anyOf).sort());
    for (const [parameter, values] of Object.entries(facts.allowed ?? {})) {
      const member = properties.find((one) => nameOf(one) === parameter);
      expect([parameter, member && typeOf(member)]).toEqual([parameter, values.map((one) => `'${one}'`).join(' | ')]);
    }
  });

  test('are of the version that the tests run', () => {
    const version = /kedacore\/keda\/v2 (v\S+)/.exec(readFileSync(join(PINNED, 'go.mod'), 'utf8'))?.[1];
    for (const file of GENERATED) expect(text(file)).toContain(`github.com/kedacore/keda/v2 ${version} schema/`);
  });
});

describe('the generator', () => {
  const parameter = (name: string, readable: string, more: object = {}) => ({
    name,
    type: 'string',
    ...(readable.includes('m') && { metadataVariableReadable: true }),
    ...(readable.includes('e') && { envVariableReadable: true }),
    ...(readable.includes('a') && { triggerAuthenticationVariableReadable: true }),
    ...more,
  });
  const write = (scalers: readonly object[]) => {
    const file = join(scratch, 'schema.json');
    writeFileSync(file, JSON.stringify({ kedaVersion: 'main', schemaVersion: 1, scalers }));
    return generated(file);
  };

  test('writes a scaler as a type and as data', () => {
    const parameters = [
      parameter('host', 'mea'),
      parameter('length', 'm', { default: '5' }),
      parameter('queue', 'm'),
      parameter('mode', 'm', { optional: true, allowedValue: ['sum', 'max'] }),
      parameter('index', 'm', { optional: true, separator: ';' }),
      parameter('ca', 'a', { optional: true }),
      parameter('token', 'm', { optional: true, deprecated: "it's gone" }),
      parameter('token', 'ea', { optional: true }),
    ];
    const written = write([{ type: 'my-queue', parameters }]);
    expect(written['triggers.ts']).toContain(`/** Metadata of \`my-queue\`. From authentication only: ca. */
export interface MyQueueTriggerMetadata {
  /** Required here or as hostFromEnv or from authentication. */
  readonly host?: string;
  readonly hostFromEnv?: string;
  /** Default '5'. */
  readonly length?: string;
  readonly queue: string;
  readonly mode?: 'sum' | 'max';
  /** Several stand between ';'. */
  readonly index?: string;
  /** @deprecated it's gone. KEDA refuses it. */
  readonly token?: never;
  readonly tokenFromEnv?: string;
}
`);
    expect(written['trigger-facts.ts']).toContain(`  'my-queue': {
    known: ['host', 'length', 'queue', 'mode', 'index', 'hostFromEnv', 'tokenFromEnv'],
    required: [{ anyOf: ['host'], from: ['metadata', 'environment', 'authentication'] }, { anyOf: ['queue'], from: ['metadata'] }],
    fromAuthentication: ['host', 'ca', 'token'],
    allowed: { mode: ['sum', 'max'] },
    refused: { token: 'it\\'s gone' },
  },
`);
  });

  test('says of what it wrote where it comes from', () => {
    const written = write([{ type: 'one', parameters: [parameter('a', 'm')] }]);
    const digest = createHash('sha256')
      .update(readFileSync(join(scratch, 'schema.json')))
      .digest('hex');
    for (const file of GENERATED) expect(written[file]).toContain(`// sha256: ${digest}\n`);
  });

  test('wrote what is committed', () => {
    const go = spawnSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/kedacore/keda/v2'], {
      cwd: PINNED,
      encoding: 'utf8',
      env: { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=mod' },
    });
    const schema = join(go.stdout?.trim() ?? '', 'schema/generated/scalers-schema.json');
    const noted = GENERATED.map((file) => /^\/\/ sha256: ([0-9a-f]{64})$/m.exec(text(file))?.[1]);
    if (go.status === 0 && existsSync(schema)) {
      expect(generated(schema)).toEqual(Object.fromEntries(GENERATED.map((file) => [file, text(file)])));
    }
    // Without the module at hand: the digest of the schema of KEDA v2.21.0, as both files note it.
    expect(noted).toEqual(GENERATED.map(() => '6c9f4779d68c4d045a9928315fcc9913c641ba1a39c4532b3e0b9f97848d3af1'));
  });
});
