import fc from 'fast-check';
import {
  checkAnnotations,
  checkNamespace,
  checkNamespaceName,
  checkObjectName,
  checkSecretKey,
  checkWorkloadName,
  draftOwnership,
  editDistance,
  Findings,
  isDnsLabel,
  isLabelValue,
  isObjectName,
  isQualifiedName,
  isSecretKey,
  isServiceName,
  isUserId,
  isWorkloadName,
  WORKLOAD_NAME_MAX,
} from '../../lib/domain';
import { labelValues, ownerships, workloadNames } from '../support/arbitraries';
import { complete, OWNERSHIP, rulesOf } from './given';

/** RFC 1035, as the API server checks the name of a Service. */
const SERVICE_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

function problemsWith(name: string) {
  const findings = new Findings();
  checkWorkloadName(findings, 'name', name);
  return findings.draft(name).problems;
}

function suggestionFor(name: string): string {
  return /'(.*)'/.exec(problemsWith(name)[0]?.fix ?? '')?.[1] ?? '';
}

describe('the name of a workload', () => {
  it.each(['chat', 'a', 'chat-8b', 'x1', 'a--b', 'a'.repeat(45)])('may be %s', (name) => {
    expect(problemsWith(name)).toEqual([]);
  });

  it.each(['', 'Chat', '8b-chat', 'chat-', '-chat', 'chat.v2', 'chat_v2', 'chat v2', 'chät', 'chat\n', 'a'.repeat(46)])(
    'may not be %p',
    (name) => {
      expect(problemsWith(name)).toMatchObject([{ rule: 'WP-NAME-001', prop: 'name', value: name }]);
    },
  );

  it.each([
    ['Chat', 'chat'],
    ['8b-chat', 'b-chat'],
    ['chat_v2!', 'chat-v2'],
    ['123', 'chat'],
    [`${'a'.repeat(44)}-b`, 'a'.repeat(44)],
  ])('%p is answered with the suggestion %p', (name, suggestion) => {
    expect(suggestionFor(name)).toBe(suggestion);
  });

  it.each(['default-deny', 'gpus', 'default'])('may not be %s, which an object of the namespace is called', (name) => {
    const problems = complete(problemsWith(name));
    expect(problems).toMatchObject([{ rule: 'WP-NAME-002', prop: 'name', value: name }]);
  });

  it.each([undefined, 7, ['chat']])('may not be %p, which is no text', (name) => {
    expect(isWorkloadName(name as unknown as string)).toBe(false);
    expect(suggestionFor(name as unknown as string)).toBe('chat');
  });

  it('leaves room for the host name of a pod and for the HPA of KEDA', () => {
    expect(WORKLOAD_NAME_MAX + '-0123456789-01234'.length).toBeLessThanOrEqual(63);
    expect('keda-hpa-'.length + WORKLOAD_NAME_MAX).toBeLessThanOrEqual(63);
  });

  it('is always accepted when it is legal', () => {
    fc.assert(fc.property(workloadNames, (name) => expect(problemsWith(name)).toEqual([])));
  });

  it('is answered with a legal suggestion whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (name) => {
        fc.pre(problemsWith(name).length > 0);
        const suggestion = suggestionFor(name);
        expect(suggestion).toMatch(SERVICE_NAME);
        expect(problemsWith(suggestion)).toEqual([]);
      }),
    );
  });
});

describe('a namespace', () => {
  function rulesFor(name: string) {
    const findings = new Findings();
    checkNamespace(findings, 'namespace', name);
    return rulesOf(findings.draft(name));
  }

  it.each([
    ['a single letter', 'a'],
    ['longest', 'a'.repeat(63)],
    ['like one of the cluster, with something before it', 'my-kube-system'],
    ['like one of the cluster, with something behind it', 'gpu-operator-tests'],
    ['like one of the cluster, with something before it', 'the-default'],
  ])('may be %s: %s', (_, name) => {
    expect(rulesFor(name)).toEqual([]);
  });

  it.each(['chat', '8b', 'team-a', 'kubeflow'])('may be %s', (name) => {
    expect(rulesFor(name)).toEqual([]);
  });

  it.each(['', 'Chat', 'chat_a', '-a', 'a-', 'a.b', 'a'.repeat(64)])('may not be %p', (name) => {
    expect(rulesFor(name)).toEqual(['WP-NAME-003']);
  });

  it.each([
    'default',
    'kube-system',
    'kube-public',
    'gpu-operator',
    'gpu-resources',
    'gatekeeper-system',
    'calico-system',
    'tigera-operator',
    'ibm-system',
    'azure-arc',
    'istio-system',
  ])('may not be %s, which belongs to the cluster', (name) => {
    expect(rulesFor(name)).toEqual(['WP-NS-002']);
  });
});

describe('a namespace that is only read', () => {
  it('may be one of the cluster', () => {
    const findings = new Findings();
    checkNamespaceName(findings, 'namespace', 'kube-system');
    checkNamespaceName(findings, 'namespace', 'Kube');
    expect(complete(findings.problems)).toMatchObject([{ rule: 'WP-NAME-003', value: 'Kube' }]);
  });

  it('is text', () => {
    expect(isDnsLabel('8')).toBe(true);
    expect(isDnsLabel(8 as unknown as string)).toBe(false);
  });
});

describe('the name of a Service', () => {
  it.each(['a', 'chat', 'a1', 'a-b', 'a'.repeat(63)])('may be %s', (text) => {
    expect(isServiceName(text)).toBe(true);
  });

  it.each(['', '1a', '-a', 'a-', 'A', 'a.b', 'a'.repeat(64)])('may not be %p', (text) => {
    expect(isServiceName(text)).toBe(false);
  });
});

describe('the name of an object', () => {
  const long = `${'a'.repeat(63)}.`.repeat(4).slice(0, 253);

  it.each(['a', '0', 'a-b', 'a.b', 'a.b-c.d', 'a1.b-2c', 'kube-root-ca.crt', long])('may be %s', (name) => {
    expect(isObjectName(name)).toBe(true);
  });

  it.each(['', 'A', '-a', 'a-', '.a', 'a.', 'a..b', 'a.-b', 'a.b-', 'a_b', 'a b', `${long}a`, undefined, 7])(
    'may not be %p',
    (name) => {
      const findings = new Findings();
      checkObjectName(findings, 'claimName', name as string);
      expect(complete(findings.problems)).toMatchObject([{ rule: 'WP-NAME-004', prop: 'claimName', value: name }]);
    },
  );
});

describe('the key of a label or an annotation', () => {
  it.each(['a', 'App', 'a_b.c-d', 'x'.repeat(63), 'example.com/note', 'a/B', `a/${'x'.repeat(63)}`])(
    'may be %s',
    (text) => {
      expect(isQualifiedName(text)).toBe(true);
    },
  );

  it.each(['', '/', 'a/', '/a', 'a/b/c', 'A/b', 'a b/c', 'a/b c', '-a', 'x'.repeat(64), `a/${'x'.repeat(64)}`])(
    'may not be %p',
    (text) => {
      expect(isQualifiedName(text)).toBe(false);
    },
  );
});

describe('annotations', () => {
  it('are refused one by one, for their key or for a value that is no text', () => {
    const findings = new Findings();
    const annotations = { 'example.com/note': '', 'a b': 'text', number: 7, none: undefined, plain: 'a\nb' };
    checkAnnotations(findings, 'podAnnotations', annotations as unknown as Record<string, string>);
    expect(complete(findings.problems)).toMatchObject([
      { rule: 'WP-NAME-005', prop: "podAnnotations['a b']", value: 'text' },
      { rule: 'WP-NAME-005', prop: "podAnnotations['number']", value: 7 },
      { rule: 'WP-NAME-005', prop: "podAnnotations['none']", value: undefined },
    ]);
  });
});

describe('the user of a container', () => {
  it.each([1, 2, 1000, 2 ** 31 - 1])('may be %s', (uid) => {
    expect(isUserId(uid)).toBe(true);
  });

  it.each([0, -1, 1.5, 2 ** 31, Number.NaN, '1000'])('may not be %p', (uid) => {
    expect(isUserId(uid as number)).toBe(false);
  });
});

describe('a key of a Secret', () => {
  it.each(['a', '.a', '.dockerconfigjson', 'a..', '-', '_', 'x'.repeat(253)])('may be %s by itself', (key) => {
    expect(isSecretKey(key)).toBe(true);
  });

  it.each(['.', '..', '..a', 'x'.repeat(254), undefined, 7])('may not be %p by itself', (key) => {
    expect(isSecretKey(key as string)).toBe(false);
  });

  function rulesFor(secretName: string, key: string) {
    const findings = new Findings();
    checkSecretKey(findings, 'hubToken', { secretName, key });
    return rulesOf(findings.draft(key));
  }

  it.each([
    ['hugging-face', 'token'],
    ['a.b', 'HF_TOKEN'],
    ['x', 'tls.crt'],
  ])('may be %s %s', (name, key) => {
    expect(rulesFor(name, key)).toEqual([]);
  });

  it.each([
    ['', 'token'],
    ['Hugging', 'token'],
    ['a..b', 'token'],
    ['a'.repeat(254), 'token'],
    ['a', ''],
    ['a', 'a b'],
    ['a', 'a/b'],
  ])('may not be %p %p', (name, key) => {
    expect(rulesFor(name, key)).toEqual(['WP-NAME-004']);
  });
});

describe('the value of a label', () => {
  it('is text', () => {
    expect(isLabelValue(7 as unknown as string)).toBe(false);
  });

  it.each(['a', 'A100-80GB', 'cc_4210', '1.2.3', 'x'.repeat(63)])('may be %s', (text) => {
    expect(isLabelValue(text)).toBe(true);
  });

  it.each(['', 'a b', '-a', 'a-', '.a', 'ä', 'a/b', 'a\n', 'x'.repeat(64)])('may not be %p', (text) => {
    expect(isLabelValue(text)).toBe(false);
  });

  it('is legal exactly when it begins and ends with a letter or digit and holds nothing odd', () => {
    fc.assert(fc.property(labelValues, (text) => expect(isLabelValue(text)).toBe(true)));
    fc.assert(
      fc.property(labelValues, fc.constantFrom('-', '_', '.', ' ', '/', 'ß'), (text, odd) => {
        expect(isLabelValue(`${odd}${text}`)).toBe(false);
        expect(isLabelValue(`${text}${odd}`)).toBe(false);
      }),
    );
  });
});

describe('ownership', () => {
  it('is accepted when all four parts are labels', () => {
    fc.assert(
      fc.property(ownerships, (ownership) => {
        const draft = draftOwnership(ownership);
        expect(draft.problems).toEqual([]);
        expect(draft.value).toEqual(ownership);
      }),
    );
  });

  it('is refused part by part', () => {
    const draft = draftOwnership({ ...OWNERSHIP, team: 'ML Platform', costCentre: '' });
    expect(draft.value).toBeUndefined();
    expect(draft.problems).toMatchObject([
      { rule: 'WP-COST-001', prop: 'ownership.team', value: 'ML Platform', severity: 'error' },
      { rule: 'WP-COST-001', prop: 'ownership.costCentre', value: '' },
    ]);
    expect(draft.problems[0]?.fix).toContain('set ownership.team');
  });

  it('is required in all its parts', () => {
    expect(draftOwnership(undefined).problems.map(({ prop }) => prop)).toEqual([
      'ownership.owner',
      'ownership.team',
      'ownership.costCentre',
      'ownership.environment',
    ]);
    expect(rulesOf(draftOwnership({ owner: 'a', team: 'b', costCentre: 'c' }))).toEqual(['WP-COST-001']);
  });
});

describe('the distance of two names', () => {
  it.each([
    ['', '', 0],
    ['chat', 'chat', 0],
    ['chat', 'chats', 1],
    ['chat', 'hat', 1],
    ['chat', 'chet', 1],
    ['chat', 'caht', 2],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['Chat', 'chat', 1],
    ['a\u{1F600}', 'a', 1],
  ])('from %p to %p is %d', (from, to, edits) => {
    expect(editDistance(from, to)).toBe(edits);
    expect(editDistance(to, from)).toBe(edits);
  });

  it('is not counted beyond the most that matters', () => {
    expect(editDistance('kitten', 'sitting', 3)).toBe(3);
    expect(editDistance('kitten', 'sitting', 2)).toBe(3);
    expect(editDistance('kitten', 'sitting', 1)).toBe(2);
    expect(editDistance('abcdefgh', 'a', 0)).toBe(1);
  });

  it('is never longer than a way over a third name, and cut off alike', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
    fc.assert(
      fc.property(name, name, name, fc.nat(5), (a, b, c, most) => {
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
        expect(editDistance(a, b, most)).toBe(Math.min(editDistance(a, b), most + 1));
      }),
    );
  });
});
