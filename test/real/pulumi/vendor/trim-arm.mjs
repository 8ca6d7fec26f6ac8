/**
 * Renews arm/ from a bare clone of Azure/azure-resource-manager-schemas:
 *
 *   node test/real/pulumi/vendor/trim-arm.mjs path/to/azure-resource-manager-schemas.git [commit]
 *
 * Keeps the resources that warmpath writes with every definition they reach. Goes: descriptions, the alternative "or a
 * template expression" of each property (no template is written here), and child resources nested in a parent.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [, , clone, commit = 'HEAD'] = process.argv;
const folder = join(dirname(fileURLToPath(import.meta.url)), 'arm');

/** File of the repository, and definitions that are kept of it: the default API versions of azure-native 3.28. */
const KEPT = {
  '2022-04-01/Microsoft.Authorization.json': ['roleAssignments'],
  '2022-06-01/Microsoft.Insights.json': [
    'dataCollectionEndpoints',
    'dataCollectionRuleAssociations',
    'dataCollectionRules',
  ],
  '2023-01-31/Microsoft.ManagedIdentity.json': [
    'userAssignedIdentities',
    'userAssignedIdentities_federatedIdentityCredentials',
  ],
  '2023-04-03/Microsoft.Monitor.json': ['accounts'],
  // Has definitions only; the envelope of an extension is the one of its documentation.
  '2023-05-01/Microsoft.KubernetesConfiguration.json': { extensions: extension() },
  '2024-01-01/Microsoft.Storage.json': [
    'storageAccounts',
    'storageAccounts_blobServices_containers',
    'storageAccounts_managementPolicies',
  ],
  '2024-03-01/Microsoft.Resources.json': ['resourceGroups'],
  '2024-05-01/Microsoft.Network.NRP.json': [
    'privateEndpoints',
    'privateEndpoints_privateDnsZoneGroups',
    'virtualNetworks',
    'virtualNetworks_subnets',
  ],
  '2024-06-01/Microsoft.Network.privateDns.json': ['privateDnsZones', 'privateDnsZones_virtualNetworkLinks'],
  '2024-08-01/Microsoft.Consumption.json': ['budgets'],
  '2024-08-01/Microsoft.CostManagement.json': ['scheduledActions'],
  '2024-10-01/Microsoft.Dashboard.json': ['grafana'],
  '2025-09-01/Microsoft.ContainerService.Aks.json': [
    'managedClusters',
    'managedClusters_agentPools',
    'managedClusters_maintenanceConfigurations',
  ],
};

function extension() {
  const reference = (name) => ({ $ref: `#/definitions/${name}` });
  return {
    type: 'object',
    properties: {
      apiVersion: { enum: ['2023-05-01'], type: 'string' },
      name: { type: 'string' },
      type: { enum: ['Microsoft.KubernetesConfiguration/extensions'], type: 'string' },
      identity: reference('Identity'),
      plan: reference('Plan'),
      properties: reference('ExtensionProperties'),
    },
    required: ['name', 'type', 'apiVersion', 'properties'],
  };
}

const git = (...args) =>
  execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd();
const isExpression = (schema) => /common\/definitions\.json#\/definitions\/expression$/.test(schema?.$ref ?? '');

/** A schema without descriptions and expressions; `definitions` gathers what it reaches. */
function trim(schema, all, definitions) {
  if (Array.isArray(schema)) return schema.map((entry) => trim(entry, all, definitions));
  if (schema === null || typeof schema !== 'object') return schema;
  const alternatives = schema.oneOf?.filter((entry) => !isExpression(entry));
  if (alternatives?.length === 1) {
    const { oneOf: _, description: __, ...rest } = schema;
    return { ...trim(rest, all, definitions), ...trim(alternatives[0], all, definitions) };
  }
  const name = /^#\/definitions\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  if (name && !(name in definitions)) {
    definitions[name] = {};
    definitions[name] = trim(all[name], all, definitions);
  }
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== 'description')
      .map(([key, value]) => {
        if (key === 'oneOf') return [key, trim(alternatives, all, definitions)];
        // Here keys are names of properties, and one of them may be `description`.
        if (key !== 'properties') return [key, trim(value, all, definitions)];
        return [
          key,
          Object.fromEntries(
            Object.entries(value).map(([property, entry]) => [property, trim(entry, all, definitions)]),
          ),
        ];
      }),
  );
}

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const revision = git('log', '-1', '--format=%h of %cs', commit);
for (const [file, kept] of Object.entries(KEPT)) {
  const schema = JSON.parse(git('show', `${commit}:schemas/${file}`));
  const found = Array.isArray(kept)
    ? Object.fromEntries(
        kept.map((name) => [name, schema.resourceDefinitions[name] ?? schema.subscription_resourceDefinitions?.[name]]),
      )
    : kept;
  const definitions = {};
  const resources = {};
  for (const [name, definition] of Object.entries(found)) {
    if (!definition) throw new Error(`${file} has no ${name}`);
    const { resources: _children, ...properties } = definition.properties;
    resources[name] = trim({ ...definition, properties }, schema.definitions, definitions);
  }
  const text = {
    $comment: `Azure/azure-resource-manager-schemas schemas/${file} at ${revision}, MIT, trimmed by trim-arm.mjs`,
    $schema: schema.$schema,
    resourceDefinitions: resources,
    definitions: sorted(definitions),
  };
  // One definition a line: small, and a renewal can still be read as a diff.
  const body = JSON.stringify(text, undefined, 1)
    .split('\n')
    .reduce((lines, line) => {
      if (/^ {0,2}\S/.test(line)) lines.push(line);
      else lines[lines.length - 1] += line.trim();
      return lines;
    }, [])
    .map((line) => line.replace(/(\S) +\}/, '$1 }'));
  writeFileSync(join(folder, file.replace('/', '.')), `${body.join('\n')}\n`);
}
