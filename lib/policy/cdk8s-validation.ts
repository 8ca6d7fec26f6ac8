/** The rules as a validation plugin of cdk8s: `validations` in cdk8s.yaml. */
import { readFileSync } from 'node:fs';
import { checkAcknowledged } from './acknowledge';
import { type CheckOptions, checkManifests } from './check';
import { identityOf, type Manifest } from './manifest';
import { readManifests } from './read';
import { summaryLine } from './report-text';
import type { PolicyFinding } from './rule';

/** As much of cdk8s-cli's `ValidationContext` as is used; the CLI is no dependency. */
export interface Cdk8sValidationContext {
  readonly manifests: readonly string[];
  readonly logger: { log(message: string): void };
  readonly report: {
    addViolation(violation: {
      readonly ruleName: string;
      readonly recommendation: string;
      readonly fix: string;
      readonly violatingResources: readonly {
        readonly resourceName: string;
        readonly locations: readonly string[];
        readonly manifestPath: string;
      }[];
    }): void;
    submit(status: 'success' | 'failure', metadata?: Readonly<Record<string, string>>): void;
  };
}

/** `properties` of the plugin in cdk8s.yaml. */
export type PolicyValidationProperties = Pick<CheckOptions, 'namespace' | 'pools' | 'acknowledged'>;

/**
 * Fails `cdk8s synth` on every error of a rule over all manifests of the app; warnings are logged.
 *
 * @example
 * validations:
 *   - package: ./node_modules/warmpath/build/lib/policy
 *     version: 0.1.0
 *     class: PolicyValidation
 *     properties:
 *       acknowledged: { WP-IMG-003: the registry mirror of this cluster pins the digests }
 */
export class PolicyValidation {
  /** @throws Error when an exception names no rule or has no reason */
  constructor(private readonly properties: PolicyValidationProperties = {}) {
    checkAcknowledged(properties.acknowledged ?? {});
  }

  async validate({ manifests: files, report, logger }: Cdk8sValidationContext): Promise<void> {
    const read = files.map((file) => readManifests(readFileSync(file, 'utf8'), file));
    const manifests = read.flatMap((one) => one.manifests);
    const result = checkManifests(manifests, this.properties);
    const unreadable = read.flatMap((one) => one.unreadable);
    for (const { file, line, message } of unreadable) logger.log(`${file}:${line} is no YAML: ${message}`);
    const errors = result.findings.filter(({ severity }) => severity === 'error');
    for (const finding of errors) report.addViolation(violationOf(finding, manifests));
    for (const { rule, object, message } of result.findings.filter(({ severity }) => severity === 'warning')) {
      logger.log(`warning ${rule} ${object}: ${message}`);
    }
    report.submit(errors.length + unreadable.length === 0 ? 'success' : 'failure', { Rules: summaryLine(result) });
  }
}

function violationOf(finding: PolicyFinding, manifests: readonly Manifest[]) {
  const { rule, message, why, fix, prop, file, index } = finding;
  const subject = manifests.find((manifest) => manifest.file === file && manifest.index === index);
  return {
    ruleName: rule,
    recommendation: `${message}: ${why}`,
    fix,
    violatingResources: [
      {
        resourceName: subject === undefined ? '' : identityOf(subject.object).name,
        locations: [prop],
        manifestPath: file,
      },
    ],
  };
}
