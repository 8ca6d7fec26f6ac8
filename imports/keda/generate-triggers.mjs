/**
 * Prints the triggers of KEDA as types (triggers.ts) and as data for checks (trigger-facts.ts), from the schema that KEDA
 * prints of its own scalers.
 *
 *   node imports/keda/generate-triggers.mjs [scalers-schema.json] [folder]
 *
 * The schema is that of the Go module which test/real/tools/keda/go.mod pins, unless a file is given. How KEDA looks a
 * parameter up stands in pkg/scalers/scalersconfig/typed_config.go of the module: in the metadata, in a variable of the
 * scaled container that `<name>FromEnv` names, in the authentication. Where several are allowed, one is enough.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** What the scalers read of the metadata past the parser of the schema; files of pkg/scalers, v2.21.0. */
const AWS = ['identityOwner', 'awsAccessKeyID', 'awsAccessKeyIDFromEnv', 'awsSecretAccessKeyFromEnv'];
const BESIDE_SCHEMA = {
  'apache-kafka': AWS, // aws/aws_common.go, GetAwsAuthorization; so the seven others with AWS
  'aws-cloudwatch': AWS,
  'aws-dynamodb': AWS,
  'aws-dynamodb-streams': AWS,
  'aws-kinesis-stream': AWS,
  'aws-sqs-queue': AWS,
  'azure-app-insights': ['activeDirectoryEndpoint'], // azure_app_insights_scaler.go
  'azure-blob': ['cloud'], // azure/azure_storage.go, ParseAzureStorageEndpointSuffix
  'azure-cosmosdb': ['cloud', 'cosmosDBResourceURL', 'activeDirectoryEndpoint'], // azure_cosmosdb_scaler.go
  'azure-data-explorer': ['cloud', 'activeDirectoryEndpoint'], // azure_data_explorer_scaler.go
  'azure-eventhub': ['cloud', 'endpointSuffix', 'storageEndpointSuffix'], // azure_eventhub_scaler.go
  'azure-queue': ['cloud'], // azure/azure_storage.go, ParseAzureStorageEndpointSuffix
  'azure-servicebus': ['cloud', 'endpointSuffix'], // azure_servicebus_scaler.go
  datadog: ['type'], // datadog_scaler.go; deprecated in favour of the metricType of the trigger
  kafka: AWS,
  prometheus: [
    ...AWS, // aws/aws_sigv4.go
    ...['cloud', 'azureManagedPrometheusResourceURL'], // azure/azure_managed_prometheus_http_round_tripper.go
    ...['credentialsFromEnv', 'credentialsFromEnvFile'], // gcp/gcp_common.go, GetGCPAuthorization
  ],
  pulsar: ['oauthTokenURI', 'scope', 'clientID', 'EndpointParams'], // pulsar_scaler.go, handleBackwardsCompatibility
};

/** Required parameters with two names, which the schema lists as two parameters; files of pkg/scalers, v2.21.0. */
const TWO_NAMES = {
  ibmmq: [['queueName', 'queueNames']], // ibmmq_scaler.go
};

/** Scalers that hand everything to a server of somebody's: external_scaler.go, originalMetadata. */
const OPEN = ['external', 'external-push'];

const SOURCES = {
  metadata: 'metadataVariableReadable',
  environment: 'envVariableReadable',
  authentication: 'triggerAuthenticationVariableReadable',
};

const sourcesOf = (parameter) => Object.keys(SOURCES).filter((source) => isFrom(source)(parameter));
/** Azure Blob Storage calls a parameter `connectionFromEnv`; nobody means a variable that names a variable. */
const isFrom = (source) => (parameter) =>
  parameter[SOURCES[source]] === true && !(source === 'environment' && parameter.name.endsWith('FromEnv'));
const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const isList = ({ exclusiveSet, separator }) => exclusiveSet !== undefined || separator !== undefined;
/** Texts as JSON has them, with the quotes of TypeScript. */
const list = (texts) => `[${texts.map(quoted).join(', ')}]`;
const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));
const record = (entries, show) => `{ ${entries.map(([name, value]) => `${key(name)}: ${show(value)}`).join(', ')} }`;
const unique = (texts) => [...new Set(texts)];

/** A scaler with its parameters by name: some stand twice in the schema, once for every place that they are read from. */
function scalerOf({ type, parameters }) {
  const byName = new Map();
  for (const one of parameters) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  const namesFrom = (source) => unique(parameters.filter(isFrom(source)).map(({ name }) => name));
  const twins = TWO_NAMES[type] ?? [];
  const required = parameters
    .filter(({ optional, default: value, deprecated }) => !optional && value === undefined && deprecated === undefined)
    .map((parameter) => ({
      anyOf: twins.find((names) => names.includes(parameter.name)) ?? [parameter.name],
      from: sourcesOf(parameter),
    }))
    .filter(({ anyOf }, index, all) => all.findIndex((one) => one.anyOf[0] === anyOf[0]) === index);
  const inMetadata = parameters.filter(isFrom('metadata'));
  const beside = (BESIDE_SCHEMA[type] ?? []).filter((name) => !inMetadata.some((one) => one.name === name));
  return {
    type,
    byName,
    beside,
    required,
    isOpen: OPEN.includes(type),
    known: unique([
      ...inMetadata.filter((one) => one.deprecated === undefined).map(({ name }) => name),
      ...namesFrom('environment').map((name) => `${name}FromEnv`),
      ...beside,
    ]),
    fromAuthentication: namesFrom('authentication'),
    choices: inMetadata.filter((one) => one.allowedValue && !isList(one) && one.deprecated === undefined),
    lists: inMetadata.filter((one) => one.allowedValue && isList(one)),
    refused: inMetadata.filter((one) => one.deprecated !== undefined),
    deprecated: inMetadata.filter((one) => one.deprecatedAnnounce !== undefined),
  };
}

const pascal = (type) => type.replace(/(^|[^A-Za-z0-9]+)([a-z0-9])/g, (_, __, letter) => letter.toUpperCase());
const nameOf = ({ type }) => `${pascal(type)}TriggerMetadata`;
const doc = (parts, indent = '  ') => {
  const text = parts.filter(Boolean).join(' ').replaceAll('*/', '* /');
  return text === '' ? '' : `${indent}/** ${text} */\n`;
};

function elsewhere(name, sources) {
  return [
    ...(sources.includes('environment') ? [`as ${name}FromEnv`] : []),
    ...(sources.includes('authentication') ? ['from authentication'] : []),
  ].join(' or ');
}

function fieldOf(scaler, name, entries) {
  const readable = entries.filter(isFrom('metadata'));
  const fields = [];
  const entry = readable.find((one) => one.deprecated === undefined) ?? readable[0];
  const need = scaler.required.find(({ anyOf }) => anyOf.includes(name));
  if (name.endsWith('.*')) {
    const prefix = name.slice(0, -1);
    return [
      `${doc([`Any name that begins with \`${prefix}\`.`])}  readonly [name: \`${prefix}\${string}\`]: string | undefined;`,
    ];
  }
  if (entry !== undefined) {
    const { deprecated, deprecatedAnnounce, separator, rangeSeparator, exclusiveSet, allowedValue } = entry;
    const other = elsewhere(name, unique(entries.flatMap(sourcesOf)));
    const sole = need !== undefined && need.anyOf.length === 1 && need.from.join() === 'metadata';
    const twin = need?.anyOf.find((one) => one !== name);
    const text = doc([
      deprecated !== undefined && `@deprecated ${deprecated.replace(/[.]?$/, '.')} KEDA refuses it.`,
      deprecatedAnnounce !== undefined && `@deprecated ${deprecatedAnnounce.replace(/[.]?$/, '.')}`,
      deprecated === undefined &&
        need !== undefined &&
        !sole &&
        `Required here${[twin && `as ${twin}`, other]
          .filter(Boolean)
          .map((place) => ` or ${place}`)
          .join('')}.`,
      deprecated === undefined && need === undefined && other !== '' && `Also ${other}.`,
      deprecated === undefined && entry.default !== undefined && `Default ${quoted(entry.default)}.`,
      exclusiveSet && `Some of ${allowedValue.join(', ')}, between commas; of ${exclusiveSet.join(', ')} at most one.`,
      separator && `Several stand between ${quoted(separator)}.`,
      rangeSeparator && `Ranges as in '1${rangeSeparator}4'.`,
    ]);
    const type =
      deprecated !== undefined
        ? 'never'
        : allowedValue && !isList(entry)
          ? allowedValue.map(quoted).join(' | ')
          : 'string';
    fields.push(`${text}  readonly ${key(name)}${sole ? '' : '?'}: ${type};`);
  }
  if (entries.some(isFrom('environment'))) {
    const variable = `${name}FromEnv`;
    // Where the schema has a parameter of that name as well.
    if (!scaler.byName.has(variable)) fields.push(`  readonly ${key(variable)}?: string;`);
  }
  return fields;
}

function interfaceOf(scaler) {
  const only = scaler.fromAuthentication.filter((name) => !scaler.byName.get(name).some(isFrom('metadata')));
  const fields = [
    ...[...scaler.byName].flatMap(([name, entries]) => fieldOf(scaler, name, entries)),
    ...scaler.beside.map((name) => `  readonly ${key(name)}?: string;`),
    ...(scaler.isOpen
      ? [`${doc(['Whatever the server behind it reads.'])}  readonly [name: string]: string | undefined;`]
      : []),
  ];
  const head = doc(
    [`Metadata of \`${scaler.type}\`.`, only.length > 0 && `From authentication only: ${only.join(', ')}.`],
    '',
  );
  return `${head}export interface ${nameOf(scaler)} {\n${fields.join('\n')}\n}\n`;
}

function factsOf(scaler) {
  const reasons = (parameters, reason) =>
    record(
      parameters.map((one) => [one.name, one[reason]]),
      quoted,
    );
  const values = (parameters) =>
    record(
      parameters.map((one) => [one.name, one.allowedValue]),
      list,
    );
  const ofList = ({ allowedValue, exclusiveSet = [] }) =>
    `{ allowed: ${list(allowedValue)}, atMostOneOf: ${list(exclusiveSet)} }`;
  const lists = record(
    scaler.lists.map((one) => [one.name, one]),
    ofList,
  );
  const needs = scaler.required.map(({ anyOf, from }) => `{ anyOf: ${list(anyOf)}, from: ${list(from)} }`);
  return [
    `  ${key(scaler.type)}: {`,
    `    known: ${list(scaler.known)},`,
    `    required: [${needs.join(', ')}],`,
    `    fromAuthentication: ${list(scaler.fromAuthentication)},`,
    ...(scaler.choices.length > 0 ? [`    allowed: ${values(scaler.choices)},`] : []),
    ...(scaler.lists.length > 0 ? [`    allowedInLists: ${lists},`] : []),
    ...(scaler.refused.length > 0 ? [`    refused: ${reasons(scaler.refused, 'deprecated')},`] : []),
    ...(scaler.deprecated.length > 0 ? [`    deprecated: ${reasons(scaler.deprecated, 'deprecatedAnnounce')},`] : []),
    ...(scaler.isOpen ? ['    open: true,'] : []),
    '  },',
  ].join('\n');
}

const FACTS = `/** A parameter that KEDA refuses a trigger without. */
export interface RequiredParameter {
  /** Its names, of which one is enough. */
  readonly anyOf: readonly string[];
  /** Where KEDA looks, of which one is enough. */
  readonly from: readonly ('metadata' | 'environment' | 'authentication')[];
}

/** What a scaler of KEDA's reads. */
export interface TriggerFacts {
  /** What may stand in the metadata; \`query.*\` is everything that begins so. */
  readonly known: readonly string[];
  readonly required: readonly RequiredParameter[];
  readonly fromAuthentication: readonly string[];
  /** Parameters that are one of some values. */
  readonly allowed?: Readonly<Record<string, readonly string[]>>;
  /** Parameters that are several of some values, between commas. */
  readonly allowedInLists?: Readonly<Record<string, { readonly allowed: readonly string[]; readonly atMostOneOf: readonly string[] }>>;
  /** Parameters of earlier versions, with what KEDA says when it refuses them. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Parameters that KEDA still reads, with what it says about them. */
  readonly deprecated?: Readonly<Record<string, string>>;
  /** Whether it takes further parameters, which somebody else reads. */
  readonly open?: boolean;
}
`;

function moduleFolder() {
  const cwd = join(here, '../../test/real/tools/keda');
  const answer = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/kedacore/keda/v2'], {
    cwd,
    encoding: 'utf8',
  });
  if (answer.trim() === '')
    throw new Error('the module is not on this machine: go mod download github.com/kedacore/keda/v2');
  return answer.trim();
}

const file = process.argv[2] ?? join(moduleFolder(), 'schema/generated/scalers-schema.json');
const folder = process.argv[3] ?? here;
const bytes = readFileSync(file);
const scalers = JSON.parse(bytes.toString('utf8'))
  .scalers.map(scalerOf)
  .sort((one, other) => (one.type < other.type ? -1 : 1));
const version = /keda\/v2@(v[^/]+)/.exec(file.replaceAll('\\', '/'))?.[1] ?? 'unknown version';
const head = `// Generated by generate-triggers.mjs; not edited.
// source: github.com/kedacore/keda/v2 ${version} schema/generated/scalers-schema.json (Apache-2.0)
// sha256: ${createHash('sha256').update(bytes).digest('hex')}

`;

writeFileSync(
  join(folder, 'triggers.ts'),
  `${head}// \`<name>FromEnv\` names a variable of the scaled container that holds the parameter. Every value is text.

${scalers.map(interfaceOf).join('\n')}
/** Metadata by the type of the trigger. */
export interface KedaTriggers {
${scalers.map((scaler) => `  readonly ${key(scaler.type)}: ${nameOf(scaler)};`).join('\n')}
}

/** Type of a trigger. */
export type KedaTriggerType = keyof KedaTriggers;
`,
);
writeFileSync(
  join(folder, 'trigger-facts.ts'),
  `${head}import type { KedaTriggerType } from './triggers';

${FACTS}
/** By the type of the trigger. */
export const TRIGGER_FACTS: Readonly<Record<KedaTriggerType, TriggerFacts>> = {
${scalers.map(factsOf).join('\n')}
};
`,
);
process.stdout.write(`${scalers.length} scalers of ${version}\n`);
