import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ApiClient } from './api';
import { type Condition, hasCondition, type KubeObject } from './objects';

const FOLDER = join(__dirname, '../../../imports/crds');

interface Crd extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** Installs the vendored schemas of other projects, and waits until the API server serves their kinds. */
export async function installCrds(api: ApiClient): Promise<readonly string[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
  const crds = files.map((file) => parse(readFileSync(join(FOLDER, file), 'utf8')) as Crd);
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
