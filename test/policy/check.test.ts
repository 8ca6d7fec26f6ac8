import { checkManifests, NOT_APPLICABLE, POLICY_RULES, type Rule } from '../../lib/policy';
import { objects, placesOf } from '../support/verdicts';

/** A rule for these tests: every key of `spec` that starts with 'bad' is a breach about that key. */
const noBad: Rule = {
  id: 'WP-NET-001',
  why: 'bad is bad',
  judge: ({ object }) => {
    if (object.kind !== 'Thing') return NOT_APPLICABLE;
    const keys = Object.keys(object.spec ?? {}).filter((key) => key.startsWith('bad'));
    return keys.map((key) => ({
      path: ['spec', key],
      value: key,
      message: 'it is bad',
      allowed: 'good',
      fix: 'mend it',
      about: `Key/${key}`,
    }));
  },
};

const thing = (spec: string, annotation = '') => `
apiVersion: v1
kind: Thing
metadata:
  name: one
  namespace: chat
${annotation === '' ? '' : `  annotations:\n    policy.warmpath.dev/${annotation}`}
spec: ${spec}
`;

const check = (yaml: string, acknowledged?: Record<string, string>) =>
  checkManifests(objects(yaml), { rules: [noBad], acknowledged });

describe('a rule', () => {
  test('gives one of three answers to each object', () => {
    const yaml = `${thing('{ good: 1 }')}---${thing('{ bad1: 1, bad2: 1 }')}---\napiVersion: v1\nkind: Other\n`;
    expect(check(yaml).tallies).toEqual([{ rule: 'WP-NET-001', compliant: 1, notCompliant: 1, notApplicable: 1 }]);
  });

  test('says where, what, why and how to mend it', () => {
    expect(check(thing('{ bad1: 1 }')).findings).toEqual([
      {
        rule: 'WP-NET-001',
        severity: 'error',
        file: 'objects.yaml',
        index: 0,
        line: 8,
        object: 'Thing chat/one',
        prop: 'spec.bad1',
        value: 'bad1',
        message: 'it is bad',
        allowed: 'good',
        fix: 'mend it',
        why: 'bad is bad',
        about: 'Key/bad1',
      },
    ]);
  });
});

describe('an exception', () => {
  test('on the object covers every breach of its rule there, and keeps the reason', () => {
    const { findings, acknowledged } = check(thing('{ bad1: 1, bad2: 1 }', 'WP-NET-001: we have always done so'));
    expect(findings).toEqual([]);
    expect(acknowledged.map(({ finding, reason }) => [finding.prop, reason])).toEqual([
      ['spec.bad1', 'we have always done so'],
      ['spec.bad2', 'we have always done so'],
    ]);
  });

  test('may be for one breach only', () => {
    const { findings, acknowledged } = check(
      thing('{ bad1: 1, bad2: 1 }', "WP-NET-001: 'Key/bad2: made by the platform team'"),
    );
    expect(placesOf(findings)).toEqual(['Thing chat/one spec.bad1']);
    expect(acknowledged.map(({ reason }) => reason)).toEqual(['made by the platform team']);
  });

  test('may be one line of several', () => {
    const lines = '"Key/bad1: made by hand\\nKey/bad2: made by the platform"';
    expect(check(thing('{ bad1: 1, bad2: 1 }', `WP-NET-001: ${lines}`)).findings).toEqual([]);
  });

  test('may be folded: what does not begin with a subject belongs to the line above', () => {
    const lines = '"Key/bad2: made by the platform team\\n  when the cluster is built"';
    const { findings, acknowledged } = check(thing('{ bad1: 1, bad2: 1 }', `WP-NET-001: ${lines}`));
    expect(placesOf(findings)).toEqual(['Thing chat/one spec.bad1']);
    expect(acknowledged.map(({ reason }) => reason)).toEqual(['made by the platform team when the cluster is built']);
  });

  test('may be about a name with colons', () => {
    const { findings } = check(thing("{ 'bad:1': 1 }", "WP-NET-001: 'Key/bad:1: made by the platform team'"));
    expect(findings).toEqual([]);
  });

  test.each([
    ['a kind in small letters', 'key/bad1: made by the platform team'],
    ['a name that is not there', 'Key/bad: made by the platform team'],
    ['no name', 'Key/: made by the platform team'],
    ['no space', 'Key/bad:made by the platform team'],
  ])('with %s covers nothing, and is told', (_, line) => {
    const { findings, acknowledged } = check(thing('{ bad1: 1 }', `WP-NET-001: '${line}'`));
    expect(acknowledged).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toEqual(['WP-NET-001', 'WP-ACK-002']);
  });

  test.each([
    ['no reason', "WP-NET-001: ''"],
    ['a reason of one syllable', 'WP-NET-001: 无'],
    ['a reason of one word', 'WP-NET-001: because'],
    ['no reason for one breach', "WP-NET-001: 'Key/bad1:'"],
  ])('with %s accepts nothing and is an error itself', (_, annotation) => {
    const { findings, acknowledged } = check(thing('{ bad1: 1 }', annotation));
    expect(acknowledged).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toEqual(['WP-NET-001', 'WP-ACK-001']);
  });

  test('from a rule that does not exist is an error', () => {
    const { findings } = check(thing('{ good: 1 }', 'WP-NOPE-001: we have always done so'));
    expect(findings.map(({ rule, message }) => [rule, message])).toEqual([['WP-ACK-001', 'there is no such rule']]);
  });

  test('that nothing needs is a warning', () => {
    const { findings } = check(thing('{ good: 1 }', 'WP-NET-001: we have always done so'));
    expect(findings).toMatchObject([{ rule: 'WP-ACK-002', severity: 'warning', line: 8 }]);
  });

  test('from a rule that asks nothing of the object is left alone: other manifests may need it', () => {
    const other = thing('{ good: 1 }', 'WP-NET-001: we have always done so').replace('kind: Thing', 'kind: Other');
    expect(check(other).findings).toEqual([]);
  });

  test('for the whole run covers every object', () => {
    const { findings, acknowledged } = check(thing('{ bad1: 1 }'), { 'WP-NET-001': 'accepted for this cluster' });
    expect(findings).toEqual([]);
    expect(acknowledged).toHaveLength(1);
  });
});

describe('the rules', () => {
  test('stand in the order of their ids, each once', () => {
    const ids = POLICY_RULES.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  test('say why in words that end without a full stop', () => {
    expect(POLICY_RULES.filter(({ why }) => !/^[a-z'"A-Z].{15,}[^.]$/s.test(why)).map(({ id }) => id)).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['text', 'just text'],
    ['a list', '- 1\n- 2'],
    ['no metadata', 'apiVersion: apps/v1\nkind: Deployment'],
    ['wrong types', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: 5\nspec: [1]'],
    [
      'a pod of wrong types',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: [] }\nspec: { containers: {}, volumes: 7, tolerations: x }',
    ],
    [
      'nulls everywhere',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ~, labels: ~ }\nspec: { selector: ~, template: { metadata: ~, spec: { containers: [~], volumes: [~] } } }',
    ],
    [
      'wrong numbers',
      'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: a }\nspec: { replicas: many, template: { spec: { containers: [{ name: 1, resources: { limits: { cpu: [] } } }] } } }',
    ],
  ])('survive %s', (_, yaml) => {
    expect(() => checkManifests(objects(yaml))).not.toThrow();
  });
});
