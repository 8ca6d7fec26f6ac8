/** What the domain tests start from: small valid inputs, and a way to ask a draft for one of its problems. */
import {
  type Cloud,
  type Draft,
  type GpuNodePoolPlan,
  type GpuNodePoolSpec,
  ModelArtifact,
  type ModelFacts,
  type Ownership,
  type PlatformProfile,
  type PlatformSpec,
  type Problem,
  planGpuNodePool,
  planPlatform,
  type RuleId,
  SecretSource,
  type SecretSources,
} from '../../lib/domain';

export const KIB = 1024;
export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;
export const GB = 1e9;

export const SHA256 = 'b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184';
export const COMMIT = '0e9e39f249a16976918f6564b8830bc894c89659';

export const OWNERSHIP: Ownership = {
  owner: 'chat-oncall',
  team: 'chat',
  costCentre: 'cc-4210',
  environment: 'prod',
};

/** Secrets that somebody writes by hand. */
export function handMade(...names: readonly string[]): SecretSources {
  return Object.fromEntries(names.map((name) => [name, SecretSource.kubernetes({ madeBy: 'whoever runs the tests' })]));
}

const REGIONS: Readonly<Record<Cloud, string>> = { aks: 'westeurope', iks: 'us-south' };

export function platform(cloud: Cloud = 'aks', kubernetes = '1.35', more: Partial<PlatformSpec> = {}): PlatformProfile {
  return planPlatform({ cloud, kubernetes, region: REGIONS[cloud], ...more });
}

export function aksPool(more: Partial<GpuNodePoolSpec> = {}): GpuNodePoolSpec {
  return {
    name: 'a100',
    purpose: 'inference',
    platform: platform('aks'),
    machine: 'Standard_NC24ads_A100_v4',
    minNodes: 1,
    maxNodes: 4,
    ownership: OWNERSHIP,
    ...more,
  };
}

export function iksPool(more: Partial<GpuNodePoolSpec> = {}): GpuNodePoolSpec {
  return {
    name: 'l40s-chat',
    purpose: 'inference',
    platform: platform('iks'),
    machine: 'gx3.24x120.l40s',
    minNodes: 2,
    maxNodes: 4,
    ownership: OWNERSHIP,
    ...more,
  };
}

export function plannedPool(more: Partial<GpuNodePoolSpec> = {}): GpuNodePoolPlan {
  return planGpuNodePool(aksPool(more));
}

/** The shape of Llama 3.1 8B, as its config.json states it. */
export const FACTS: ModelFacts = {
  parameters: 8_030_261_248,
  dtype: 'bfloat16',
  layers: 32,
  attentionHeads: 32,
  keyValueHeads: 8,
  headSize: 128,
  maxModelLen: 131_072,
};

export function model(facts: Partial<ModelFacts> = {}): ModelArtifact {
  return ModelArtifact.of({ uri: `hf://example/model@${COMMIT}`, facts: { ...FACTS, ...facts } });
}

/** A problem says what is wrong, what is allowed and what to do, or it is none. */
export function complete(problems: readonly Problem[]): readonly Problem[] {
  for (const { rule, prop, message, allowed, fix } of problems) {
    for (const text of [message, allowed, fix]) {
      if (typeof text !== 'string' || text.trim() === '') throw new Error(`${rule} ${prop} says only half of it`);
    }
  }
  return problems;
}

export function rulesOf(draft: Draft<unknown>): readonly RuleId[] {
  return complete(draft.problems).map(({ rule }) => rule);
}

/** The one problem of that rule; anything else fails the test with all that was found. */
export function problemOf(draft: Draft<unknown>, rule: RuleId): Problem {
  const [problem, ...others] = complete(draft.problems).filter((found) => found.rule === rule);
  if (problem === undefined || others.length > 0) {
    throw new Error(`expected ${rule} once, found ${rulesOf(draft).join(', ') || 'no problem'}`);
  }
  return problem;
}

/** The value of a draft that has one, with or without problems. */
export function plannedOf<T>(draft: Draft<T>): T {
  if (draft.value === undefined) throw new Error(`nothing was planned: ${rulesOf(draft).join(', ')}`);
  return draft.value;
}
