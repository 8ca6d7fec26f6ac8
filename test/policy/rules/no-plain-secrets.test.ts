import { noPlainSecrets } from '../../../lib/policy/rules/no-plain-secrets';
import { workload } from '../../support/manifests';
import { ask } from '../../support/verdicts';

const pod = (fields: string) => workload(`containers: [{ name: server, ${fields} }]`);
const variable = (name: string, value: string) => pod(`env: [{ name: ${name}, value: '${value}' }]`);
const found = (yaml: string) =>
  ask(noPlainSecrets, yaml).findings.map(({ prop }) => prop.replace('spec.template.spec.containers[0].', ''));

/** Made up, in the forms that these services hand out. */
const TOKENS = {
  huggingFace: `hf_${'a'.repeat(34)}`,
  gitHub: `ghp_${'a'.repeat(36)}`,
  aws: `AKIA${'A'.repeat(16)}`,
  openAi: `sk-${'a'.repeat(40)}`,
};

describe('no secret', () => {
  test.each([
    ['MODEL', 'qwen3-8b'],
    ['TOKENIZERS_PARALLELISM', 'false-ish'],
    ['MAX_TOKENS', 'many'],
    ['API_TOKEN_FILE', '/var/run/secrets/token'],
    ['TOKEN_URL', 'https://login.example.com/token'],
    ['VAULT_SECRET_NAME', 'hugging-face'],
    ['TOKEN_EXPIRY', '15m'],
    ['API_TOKEN', ''],
    ['API_TOKEN', '$(OTHER)'],
    ['USE_API_KEY', 'true'],
    ['MAX_TOKEN', '4096'],
    ['TOKEN', '/run/token'],
    ['DATABASE', 'postgres://db.example.com:5432/chat'],
    ['DATABASE', 'postgres://chat:$(PASSWORD)@db.example.com/chat'],
  ])('stands in %s=%s', (name, value) => {
    expect(ask(noPlainSecrets, variable(name, value))).toMatchObject({ findings: [], compliant: 1 });
  });

  test('is looked for where there is neither environment nor command line', () => {
    expect(ask(noPlainSecrets, pod('env: []'))).toMatchObject({ compliant: 0, notApplicable: 1 });
  });

  test('stands in a variable that takes it from a Secret', () => {
    expect(found(pod('env: [{ name: HF_TOKEN, valueFrom: { secretKeyRef: { name: a, key: b } } }]'))).toEqual([]);
  });

  test.each([
    ['args: [--port, "80", --max-tokens, "5"]'],
    ['args: [--api-key-file, /run/key]'],
    ['args: [--api-key, $(API_KEY)]'],
    ['args: [--token]'],
    ['args: [--token, --verbose]'],
    ['args: [serve, secret]'],
    ['command: 5, args: null, env: [null]'],
  ])('stands in %s', (fields) => {
    expect(found(pod(fields))).toEqual([]);
  });
});

describe('a secret', () => {
  test.each([
    ['HF_TOKEN', 'hunter2x'],
    ['POSTGRES_PASSWORD', 'changeme'],
    ['VLLM_API_KEY', 'abc-def'],
    ['aws_secret', 'abcdef'],
    ['NOTE', TOKENS.huggingFace],
    ['NOTE', TOKENS.gitHub],
    ['NOTE', TOKENS.aws],
    ['NOTE', TOKENS.openAi],
    ['NOTE', '-----BEGIN RSA PRIVATE KEY-----'],
    ['DATABASE', 'postgres://chat:hunter2@db.example.com/chat'],
    ['TOKEN_FILE', TOKENS.huggingFace],
  ])('stands in %s=%s', (name, value) => {
    expect(found(variable(name, value))).toEqual(['env[0].value']);
  });

  test.each([
    ['args: [--api-key, hunter2x]', 'args[1]'],
    ['args: [--api-key=hunter2x]', 'args[0]'],
    ['args: [-v, --admin.password=hunter2x]', 'args[1]'],
    [`command: [curl, "-H", "Authorization: Bearer ${TOKENS.huggingFace}"]`, 'command[2]'],
  ])('stands in %s', (fields, place) => {
    expect(found(pod(fields))).toEqual([place]);
  });

  test('is not repeated by the report', () => {
    const report = JSON.stringify(ask(noPlainSecrets, variable('HF_TOKEN', TOKENS.huggingFace)).findings);
    expect(report).not.toContain(TOKENS.huggingFace);
    expect(report).toContain("'HF_TOKEN' holds what looks like a secret");
  });

  test('of an init container counts', () => {
    const yaml = workload("initContainers: [{ name: a, env: [{ name: TOKEN, value: 'x-y' }] }]\ncontainers: []");
    expect(ask(noPlainSecrets, yaml).findings.map(({ about }) => about)).toEqual(['Variable/TOKEN']);
  });
});

test('objects without pods are not asked', () => {
  expect(ask(noPlainSecrets, 'apiVersion: v1\nkind: Service\nmetadata: { name: a }').notApplicable).toBe(1);
});
