import fc from 'fast-check';
import {
  type CatalogueModelId,
  draftModelArtifact,
  isLabelValue,
  kvBytesPerTokenPerGpu,
  ModelArtifact,
  type ModelFacts,
  type ModelSpec,
  ProblemsError,
} from '../../lib/domain';
import { commits, modelFacts } from '../support/arbitraries';
import { COMMIT, FACTS, model, problemOf, rulesOf, SHA256 } from './given';

describe('immutable coordinates', () => {
  it('are a commit of the hub', () => {
    expect(ModelArtifact.of({ uri: `hf://meta-llama/Llama-3.1-8B@${COMMIT}`, facts: FACTS })).toMatchObject({
      scheme: 'hf',
      repository: 'meta-llama/Llama-3.1-8B',
      revision: COMMIT,
      name: 'llama-3.1-8b',
      version: '0e9e39f249a1',
    });
  });

  it('are a digest of a registry', () => {
    const uri = `oci://registry.example.com:5000/models/chat@sha256:${SHA256}`;
    expect(ModelArtifact.of({ uri, facts: FACTS })).toMatchObject({
      scheme: 'oci',
      repository: 'registry.example.com:5000/models/chat',
      revision: `sha256:${SHA256}`,
      name: 'chat',
      version: 'b1946ac92492',
    });
  });

  it('are a version with the digest of its artifact', () => {
    expect(ModelArtifact.of({ uri: 'models:/chat/7', digest: SHA256, facts: FACTS })).toMatchObject({
      scheme: 'models',
      repository: 'chat',
      revision: `7-${SHA256}`,
      name: 'chat',
      version: '7-b1946ac924',
    });
  });

  it.each<[string, RegExp, RegExp]>([
    ['hf://org/model@main', /branch, tag or missing revision/, /commit/],
    ['hf://org/model@v1.0', /branch, tag or missing revision/, /commit/],
    ['hf://org/model', /branch, tag or missing revision/, /commit/],
    ['hf://org/model@', /branch, tag or missing revision/, /commit/],
    [`hf://org/model@${COMMIT.slice(0, 7)}`, /branch, tag or missing revision/, /40 hex/],
    [`hf://org/model@${COMMIT.toUpperCase()}`, /lower case/, /lower-case hex/],
    [`hf://org/model@${COMMIT}0`, /branch, tag or missing revision/, /40 hex/],
    ['oci://registry.example.com/chat:latest', /tag can be moved/, /digest/],
    ['oci://registry.example.com/chat:v1.2.3', /tag can be moved/, /digest/],
    ['oci://registry.example.com/chat', /tag can be moved/, /digest/],
    ['models:/chat@champion', /alias can be moved/, /resolve the alias/],
    ['models:/chat/Production', /stage can be moved/, /version number/],
    ['models:/chat/latest', /can be moved/, /version number/],
    ['models:/chat', /names no model/, /allowed forms/],
    ['models:/chat/0', /names no model/, /allowed forms/],
    [`hf://model@${COMMIT}`, /misspelt/, /hf:\/\/org\/model@/],
    [`oci://registry.example.com/chat@sha256:${SHA256.slice(1)}`, /names no model/, /allowed forms/],
    ['https://huggingface.co/org/model', /names no model/, /allowed forms/],
    ['', /names no model/, /allowed forms/],
  ])('are not %p', (uri, message, fix) => {
    const draft = draftModelArtifact({ uri, digest: SHA256, facts: FACTS });
    const problem = problemOf(draft, 'WP-MODEL-001');
    expect(draft.value).toBeUndefined();
    expect(problem).toMatchObject({ prop: 'model.uri', value: uri });
    expect(problem.message).toMatch(message);
    expect(problem.fix).toMatch(fix);
    expect(problem.allowed).toContain('hf://org/model@<40 hex>');
  });

  it.each([undefined, '', 'sha256', SHA256.slice(1), SHA256.toUpperCase(), `sha256:${SHA256}`])(
    'of a registered version are not pinned by the digest %p',
    (digest) => {
      const draft = draftModelArtifact({ uri: 'models:/chat/7', digest, facts: FACTS });
      expect(draft.value).toBeUndefined();
      expect(problemOf(draft, 'WP-MODEL-003')).toMatchObject({ prop: 'model.digest', value: digest });
    },
  );

  it('are read back for any commit', () => {
    fc.assert(
      fc.property(commits, modelFacts, (commit, facts) => {
        const artifact = ModelArtifact.of({ uri: `hf://org/model@${commit}`, facts });
        expect(artifact.revision).toBe(commit);
        expect(artifact.version).toBe(commit.slice(0, 12));
      }),
    );
  });
});

describe('a model of the catalogue', () => {
  it('needs nothing but its id', () => {
    expect(ModelArtifact.of({ catalogue: 'llama-3.1-8b-instruct' })).toMatchObject({
      uri: `hf://meta-llama/Llama-3.1-8B-Instruct@${COMMIT}`,
      name: 'llama-3.1-8b-instruct',
      gated: true,
      maxModelLen: 131_072,
    });
  });

  it('keeps its facts and its name when it comes from a mirror', () => {
    const mirrored = ModelArtifact.of({ catalogue: 'phi-4', uri: `oci://mirror.example.com/phi@sha256:${SHA256}` });
    expect(mirrored).toMatchObject({ scheme: 'oci', name: 'phi-4', layers: 40, repository: 'mirror.example.com/phi' });
  });

  it.each(['gpt-5', 'constructor'])('is refused when the catalogue does not hold it: %s', (id) => {
    const problem = problemOf(draftModelArtifact({ catalogue: id as CatalogueModelId }), 'WP-MODEL-006');
    expect(problem).toMatchObject({ prop: 'model.catalogue', value: id });
    expect(problem.allowed).toContain('llama-3.1-8b-instruct');
  });
});

describe('a model outside the catalogue', () => {
  const uri = `hf://org/model@${COMMIT}`;

  it('is named at all', () => {
    expect(problemOf(draftModelArtifact({ facts: FACTS }), 'WP-MODEL-002').fix).toBe('set catalogue or uri');
  });

  it('brings its shape', () => {
    expect(problemOf(draftModelArtifact({ uri }), 'WP-MODEL-007').prop).toBe('model.facts');
  });

  it('reports a missing shape and a moving name together', () => {
    expect(rulesOf(draftModelArtifact({ uri: 'hf://org/model@main' }))).toEqual(['WP-MODEL-001', 'WP-MODEL-007']);
  });

  it.each([
    ['parameters', 0],
    ['layers', 31.5],
    ['attentionHeads', -32],
    ['keyValueHeads', 0],
    ['headSize', Number.NaN],
    ['maxModelLen', Number.POSITIVE_INFINITY],
    ['weightsBytes', -5],
    ['weightsBytes', Number.NaN],
  ])('is refused with %s = %d', (prop, value) => {
    const draft = draftModelArtifact({ uri, facts: { ...FACTS, [prop]: value } });
    expect(draft.value).toBeUndefined();
    expect(problemOf(draft, 'WP-MODEL-004')).toMatchObject({ prop: `model.facts.${prop}`, value });
  });

  it('shares its attention heads evenly', () => {
    const draft = draftModelArtifact({ uri, facts: { ...FACTS, keyValueHeads: 5 } });
    expect(problemOf(draft, 'WP-MODEL-005')).toMatchObject({ value: 5, allowed: 'a divisor of 32' });
  });

  it.each<[string, number]>([
    ['bfloat16', 2],
    ['float16', 2],
    ['float8', 1],
    ['mxfp4', 0.53125],
  ])('in %s weighs %d bytes a parameter unless it is said', (dtype, bytes) => {
    const spec = { uri, facts: { ...FACTS, parameters: 1_000_000_000, dtype } } as ModelSpec;
    expect(ModelArtifact.of(spec).weightsBytes).toBe(bytes * 1e9);
  });

  it('weighs what it is said to weigh', () => {
    expect(model({ weightsBytes: 123 }).weightsBytes).toBe(123);
  });

  it('uses all parameters for a token and is open unless it is said', () => {
    expect(model()).toMatchObject({ activeParameters: FACTS.parameters, gated: false });
    expect(model({ activeParameters: 5, gated: true })).toMatchObject({ activeParameters: 5, gated: true });
  });

  it('throws in the short form', () => {
    expect(() => ModelArtifact.of({ uri: 'hf://org/model@main', facts: FACTS })).toThrow(ProblemsError);
  });

  it.each([`${'a'.repeat(62)}-b`, '___', '_chat_', 'A.B-', 'chat__v2'])(
    'called %s has a short name that can be a label',
    (repository) => {
      const artifact = ModelArtifact.of({ uri: `hf://org/${repository}@${COMMIT}`, facts: FACTS });
      expect(isLabelValue(artifact.name)).toBe(true);
    },
  );

  it('has a short name that can be a label, whatever its repository is called', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\w[\w.-]{0,40}[A-Za-z0-9][\w.-]{0,54}$/), (repository) => {
        const artifact = ModelArtifact.of({ uri: `hf://org/${repository}@${COMMIT}`, facts: FACTS });
        expect(isLabelValue(artifact.name)).toBe(true);
      }),
    );
  });
});

describe('the KV cache of a token', () => {
  it.each<[CatalogueModelId, number, number]>([
    // 2 (keys, values) x layers x KV heads x head size x 2 bytes
    ['llama-3.1-8b-instruct', 1, 2 * 32 * 8 * 128 * 2],
    ['llama-3.1-8b-instruct', 2, 2 * 32 * 4 * 128 * 2],
    ['llama-3.1-8b-instruct', 8, 2 * 32 * 1 * 128 * 2],
    ['qwen2.5-72b-instruct', 1, 2 * 80 * 8 * 128 * 2],
    ['qwen2.5-72b-instruct', 4, 2 * 80 * 2 * 128 * 2],
    ['phi-4', 2, 2 * 40 * 5 * 128 * 2],
    // with more GPUs than KV heads every GPU holds one: 2 KV heads on 4 GPUs
    ['qwen2.5-1.5b-instruct', 4, 2 * 28 * 1 * 128 * 2],
  ])('of %s on %d GPU(s) takes %d bytes of each', (catalogue, tensorParallel, bytes) => {
    expect(kvBytesPerTokenPerGpu(ModelArtifact.of({ catalogue }), tensorParallel, 'bfloat16')).toBe(bytes);
  });

  it('of Llama 3.1 8B takes 128 KiB, in 8 bits half of it', () => {
    const llama = ModelArtifact.of({ catalogue: 'llama-3.1-8b-instruct' });
    expect(kvBytesPerTokenPerGpu(llama, 1, 'bfloat16')).toBe(131_072);
    expect(kvBytesPerTokenPerGpu(llama, 1, 'float8')).toBe(65_536);
  });
});

describe('a directory inside the artifact', () => {
  const uri = `oci://models.example.com/chat@sha256:${SHA256}`;
  const inside = (directory: string) => draftModelArtifact({ uri, facts: FACTS, directory });

  it.each(['weights', 'v1/weights', 'a.b-c_d/e'])('may be %s', (directory) => {
    expect(inside(directory)).toMatchObject({ value: { directory }, problems: [] });
  });

  it.each(['', '/weights', 'weights/', '../other', 'a/../../b', 'a b'])('stays there, unlike %p', (directory) => {
    expect(problemOf(inside(directory), 'WP-MODEL-008')).toMatchObject({ value: directory });
  });
});

it('takes types of numbers that it knows the size of', () => {
  const draft = draftModelArtifact({
    uri: `hf://example/model@${COMMIT}`,
    facts: { ...FACTS, dtype: 'float3' as ModelFacts['dtype'] },
  });
  expect(problemOf(draft, 'WP-MODEL-004')).toMatchObject({ prop: expect.stringContaining('dtype'), value: 'float3' });
});
