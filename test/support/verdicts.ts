/** Rules asked of YAML, as a test writes it. */
import type { InventoryOptions } from '../../lib/policy';
import { checkManifests, type Manifest, type PolicyFinding, type Rule } from '../../lib/policy';
import { readManifests } from '../../lib/policy/read';

/** The objects of a text of YAML documents. */
export function objects(yaml: string, file = 'objects.yaml'): readonly Manifest[] {
  const { manifests, unreadable } = readManifests(yaml, file);
  if (unreadable.length > 0) throw new Error(JSON.stringify(unreadable));
  return manifests;
}

/** What one rule says of some YAML: its findings, and how often it gave each answer. */
export function ask(rule: Rule, yaml: string, options: InventoryOptions = {}) {
  const { findings, tallies } = checkManifests(objects(yaml), { ...options, rules: [rule] });
  const [tally] = tallies;
  if (tally === undefined) throw new Error('no tally');
  const { compliant, notCompliant, notApplicable } = tally;
  return { findings, compliant, notCompliant, notApplicable };
}

/** `Deployment chat/llama spec.replicas`: where findings stand. */
export function placesOf(findings: readonly PolicyFinding[]): readonly string[] {
  return findings.map(({ object, prop }) => `${object} ${prop}`);
}
