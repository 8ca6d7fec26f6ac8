/**
 * Renews inferenceservices.serving.kserve.io.yaml from the schema of a KServe release:
 *
 *   dir=$(go mod download -json github.com/kserve/kserve@v0.20.0 | node -pe 'JSON.parse(fs.readFileSync(0)).Dir')
 *   node imports/crds/narrow-inferenceservices.mjs v0.20.0 "$dir"
 *
 * Everything that warmpath never writes goes: other components, built-in model formats, worker pods, descriptions. What is
 * left is the schema of spec.predictor as a pod, field by field as KServe publishes it (2 MB become 160 KB).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const [, , version, folder] = process.argv;
const path = 'config/crd/full/serving.kserve.io_inferenceservices.yaml';
const crd = parse(readFileSync(join(folder, path), 'utf8'), { maxAliasCount: -1 });

const BUILT_IN = [
  'huggingface',
  'lightgbm',
  'model',
  'onnx',
  'paddle',
  'pmml',
  'pytorch',
  'sklearn',
  'tensorflow',
  'triton',
  'workerSpec',
  'xgboost',
];

/** A field may be called description, so only texts of that name go. */
function withoutDescriptions(value) {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => key !== 'description' || typeof inner !== 'string');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutDescriptions(inner)]));
}

for (const { schema } of crd.spec.versions) {
  const { spec, status } = schema.openAPIV3Schema.properties;
  const { predictor } = spec.properties;
  for (const format of BUILT_IN) delete predictor.properties[format];
  spec.properties = { predictor };
  status.properties = {};
  status['x-kubernetes-preserve-unknown-fields'] = true;
}

const source = `# source: kserve/kserve ${version} ${path} (Apache-2.0); narrowed by narrow-inferenceservices.mjs\n`;
const target = join(dirname(fileURLToPath(import.meta.url)), 'inferenceservices.serving.kserve.io.yaml');
writeFileSync(target, source + stringify(withoutDescriptions(crd), { aliasDuplicateObjects: false, lineWidth: 0 }));
