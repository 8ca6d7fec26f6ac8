/** Kubernetes' own schemas, one set for each minor version, as kubernetes-validate ships them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type KubeObject, nameOf } from '../support/objects';
import { toolPaths } from '../support/tools';

/**
 * API groups whose kinds no version of Kubernetes has a schema for: custom resources, which a live API server judges by
 * their own definitions. What stands in no schema and not here is an objection.
 */
export const CUSTOM_GROUPS: readonly string[] = [
  'autoscaling.k8s.io',
  'autoscaling.x-k8s.io',
  'external-secrets.io',
  'karpenter.azure.com',
  'karpenter.sh',
  'keda.sh',
  'secrets-store.csi.x-k8s.io',
  'serving.kserve.io',
];

/** An object and the minor version whose schemas judge it. */
export interface Question {
  readonly object: KubeObject;
  readonly version: string;
}

/** What the schemas say. */
export interface Verdict {
  readonly outcome: 'valid' | 'invalid' | 'no schema';
  /** The version that judged; an older one where the package does not have the one that was asked. */
  readonly version: string;
  /** Where the object is not valid: 'spec.replicas'. */
  readonly path?: string;
  readonly message?: string;
}

/** The answer to one question. */
export interface Judgement extends Verdict {
  /** Such as `Deployment shop/chat`. */
  readonly object: string;
  readonly apiVersion: string;
  readonly asked: string;
}

/** Each object by each version. */
export function questionsOf(objects: readonly KubeObject[], versions: readonly string[]): readonly Question[] {
  return versions.flatMap((version) => objects.map((object) => ({ object, version })));
}

/** Judges everything in one process. @throws when the process fails */
export function judge(questions: readonly Question[]): readonly Judgement[] {
  const python = toolPaths('schemas')['kubernetes-validate'] ?? '';
  const { status, stdout, stderr, error } = spawnSync(python, ['-I', join(__dirname, 'schemas.py')], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 120_000,
  });
  if (error !== undefined || status !== 0) throw new Error(`schemas.py failed: ${error?.message ?? stderr}`);
  const verdicts = JSON.parse(stdout) as readonly Verdict[];
  if (verdicts.length !== questions.length) {
    throw new Error(`${questions.length} questions, ${verdicts.length} verdicts`);
  }
  return questions.flatMap(({ object, version }, index) => {
    const verdict = verdicts[index];
    return verdict ? [{ object: nameOf(object), apiVersion: object.apiVersion, asked: version, ...verdict }] : [];
  });
}

/** Whether an object is a custom resource of the list. */
export function isCustom({ apiVersion }: { readonly apiVersion: string }): boolean {
  return CUSTOM_GROUPS.includes(apiVersion.split('/')[0] ?? '');
}

/**
 * Everything that is not what it has to be: built-in kinds valid by the very version that was asked, custom resources
 * without a schema.
 */
export function objections(judgements: readonly Judgement[]): readonly Judgement[] {
  return judgements.filter((one) => {
    if (isCustom(one)) return one.outcome !== 'no schema';
    return one.outcome !== 'valid' || one.version !== one.asked;
  });
}
