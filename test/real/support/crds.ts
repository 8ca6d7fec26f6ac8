import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ApiClient } from './api';
import { type Condition, hasCondition, type KubeObject } from './objects';

const FOLDER = join(__dirname, '../../../imports/crds');

interface Crd extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/**
 * Installs the schemas of a folder, and waits until the API server serves their kinds.
 * @param folder @default the vendored schemas of other projects
 */
export async function installCrds(api: ApiClient, folder = FOLDER): Promise<readonly string[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const crds = files.map((file) => parse(readFileSync(join(folder, file), 'utf8')) as Crd);
  for (const crd of crds) await api.apply(crd);
  const names = crds.map(({ metadata }) => metadata.name ?? '');
  for (const name of names) {
    const ref = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name };
    await api.waitFor(`${name} to be established`, async () => {
      const found = await api.get<Crd>(ref);
      return found && hasCondition(found, 'Established');
    });
  }
  return names;
}
