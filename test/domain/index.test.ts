import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as domain from '../../lib/domain';

const FOLDER = join(__dirname, '..', '..', 'lib', 'domain');
/** Helpers and tables that the planners share; nobody outside needs them. */
const INTERNAL = [
  'index.ts',
  'azure-ids.ts',
  'azure-roles.ts',
  'container-extras.ts',
  'inference-runtime-table.ts',
  'remembered.ts',
  'secret-checks.ts',
  'serving-checks.ts',
];
const MODULES = readdirSync(FOLDER).filter((file) => !INTERNAL.includes(file));

describe('the entry point of the domain', () => {
  it.each(MODULES)('exports everything of %s', (file) => {
    const names = Object.keys(require(join(FOLDER, file)));
    expect(Object.keys(domain)).toEqual(expect.arrayContaining(names));
  });
});
