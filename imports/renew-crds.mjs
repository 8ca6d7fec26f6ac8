/**
 * Renews the schemas of other projects in imports/crds from their Go modules, which any module proxy serves.
 *
 *   node imports/renew-crds.mjs
 *
 * Descriptions are left out: no API server reads them, and they are most of the bytes. So are versions that are not
 * served.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const CRDS = [
  {
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    files: ['config/crd/bases/keda.sh_scaledobjects.yaml', 'config/crd/bases/keda.sh_triggerauthentications.yaml'],
  },
  {
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    files: ['config/crds/bases/external-secrets.io_externalsecrets.yaml'],
  },
  {
    module: 'sigs.k8s.io/secrets-store-csi-driver',
    version: 'v1.5.3',
    files: ['config/crd/bases/secrets-store.csi.x-k8s.io_secretproviderclasses.yaml'],
  },
  {
    module: 'sigs.k8s.io/karpenter',
    version: 'v1.12.0',
    files: ['pkg/apis/crds/karpenter.sh_nodepools.yaml'],
  },
  {
    module: 'github.com/Azure/karpenter-provider-azure',
    version: 'v1.14.2',
    files: ['pkg/apis/crds/karpenter.azure.com_aksnodeclasses.yaml'],
  },
];

const here = join(dirname(fileURLToPath(import.meta.url)), 'crds');

/** A property may itself be called `description`: then it is a schema, and no text. */
function withoutDescriptions(node) {
  if (Array.isArray(node)) return node.map(withoutDescriptions);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !(key === 'description' && typeof value === 'string'))
      .map(([key, value]) => [key, withoutDescriptions(value)]),
  );
}

function folderOf(module, version, cwd) {
  const answer = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], { cwd, encoding: 'utf8' });
  return JSON.parse(answer).Dir;
}

// Outside every module, so that nothing of ours decides about theirs.
const scratch = mkdtempSync(join(tmpdir(), 'warmpath-crds-'));
try {
  for (const { module, version, files } of CRDS) {
    const folder = folderOf(module, version, scratch);
    for (const file of files) {
      const crd = withoutDescriptions(parse(readFileSync(join(folder, file), 'utf8')));
      crd.spec.versions = crd.spec.versions.filter(({ served }) => served);
      const name = `${crd.metadata.name}.yaml`;
      writeFileSync(join(here, name), `# ${module}@${version} ${file}\n${stringify(crd, { lineWidth: 0 })}`);
      process.stdout.write(`${name}\n`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
