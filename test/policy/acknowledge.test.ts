import { acknowledgementsOf, checkAcknowledged, covers, isReason } from '../../lib/policy/acknowledge';
import type { Manifest } from '../../lib/policy/manifest';

const PREFIX = 'policy.warmpath.dev/';

/** What the annotations of an object except. */
function exceptions(annotations: unknown) {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', annotations } };
  return acknowledgementsOf({ object } as unknown as Manifest);
}

/** What the annotation of one rule excepts: what it is about, and why. */
const of = (value: string) =>
  exceptions({ [`${PREFIX}WP-IMG-003`]: value }).map(({ about, reason }) => [about, reason]);

describe('exceptions on an object', () => {
  it('are its annotations with the prefix, and no others', () => {
    const annotations = { note: 'a b', [`${PREFIX}WP-IMG-003`]: 'we pin it', [`x${PREFIX}WP-IMG-003`]: 'we pin it' };
    expect(exceptions(annotations)).toEqual([{ rule: 'WP-IMG-003', reason: 'we pin it' }]);
  });

  it('are none without annotations', () => {
    for (const none of [undefined, null, {}]) expect(exceptions(none)).toEqual([]);
  });

  it('are for every breach of the rule when the reason begins at once', () => {
    expect(of('the mirror pins it')).toEqual([[undefined, 'the mirror pins it']]);
  });

  it('are for one breach when kind and name stand before the reason', () => {
    expect(of('Secret/hub: the platform team')).toEqual([['Secret/hub', 'the platform team']]);
    expect(of('Secret/hub:the platform team')).toEqual([['Secret/hub', 'the platform team']]);
  });

  it.each(['\n', '\r\n', '\r'])('stand on lines of their own, parted by %p', (end) => {
    expect(of(`Secret/a: one reason${end}Secret/b: another reason`)).toEqual([
      ['Secret/a', 'one reason'],
      ['Secret/b', 'another reason'],
    ]);
  });

  it('may be folded over lines, with empty ones between', () => {
    expect(of('\n  Secret/a: the platform\n\n   team writes it\nSecret/b: another reason\n')).toEqual([
      ['Secret/a', 'the platform team writes it'],
      ['Secret/b', 'another reason'],
    ]);
    expect(of('the mirror\npins it')).toEqual([[undefined, 'the mirror pins it']]);
  });

  it('know names with colons: the one before a space ends the name', () => {
    expect(of('ClusterRole/system:node: kept by Kubernetes')).toEqual([
      ['ClusterRole/system:node', 'kept by Kubernetes'],
    ]);
    expect(of('ClusterRole/system:node:')).toEqual([['ClusterRole/system:node', '']]);
  });

  it('never cover everything by a slip in the name', () => {
    expect(of('Secret/: a reason')).toEqual([['Secret/', 'a reason']]);
    expect(of('secret/hub: a reason')).toEqual([['secret/hub', 'a reason']]);
  });

  it('are not narrow where kind and name stand in the middle of a sentence', () => {
    expect(of('as for Secret/hub: it is there')).toEqual([[undefined, 'as for Secret/hub: it is there']]);
    expect(of('1Secret/hub: it is there')).toEqual([[undefined, '1Secret/hub: it is there']]);
  });

  it.each(['', '  ', '\n\n'])('without a reason are kept, so that they can be told: %p', (value) => {
    expect(of(value)).toEqual([[undefined, '']]);
  });
});

describe('an exception', () => {
  it('covers every breach, or the one that it names', () => {
    const breach = { about: 'Secret/hub' };
    expect(covers({ rule: 'WP-REF-002', reason: 'a b' }, breach)).toBe(true);
    expect(covers({ rule: 'WP-REF-002', reason: 'a b' }, {})).toBe(true);
    expect(covers({ rule: 'WP-REF-002', about: 'Secret/hub', reason: 'a b' }, breach)).toBe(true);
    expect(covers({ rule: 'WP-REF-002', about: 'Secret/db', reason: 'a b' }, breach)).toBe(false);
    expect(covers({ rule: 'WP-REF-002', about: 'Secret/hub', reason: 'a b' }, {})).toBe(false);
  });
});

describe('a reason', () => {
  it.each([
    'we pin',
    'it is pinned by the mirror',
    'v1 pin it',
    'the\nmirror',
    '- the 3 mirrors!',
    'für uns',
    '鏡像已固定',
    'このミラは固定',
    'ไม่มี',
    'ok 鏡像已固',
    'ミラーで固定',
    'サーバー',
    'हम इसे',
    'की है',
    'ແຊໄວ້ແລ້ວ',
    'បានខ្ទាស់',
    'ပုံသေထား',
    '미러 고정',
  ])('may be %p', (text) => {
    expect(isReason(text)).toBe(true);
  });

  it.each([
    '',
    ' ',
    'pinned',
    'a b',
    'it b',
    'a it',
    '12 34',
    '...',
    'ok1',
    '鏡像已',
    'pin-it',
    '。。。。',
    'ミラー',
    'e\u0301 o\u0308',
    'क ह',
  ])('may not be %p', (text) => {
    expect(isReason(text)).toBe(false);
  });
});

describe('exceptions of a whole run', () => {
  it('name a rule and have a reason', () => {
    expect(() => checkAcknowledged({})).not.toThrow();
    expect(() => checkAcknowledged({ 'WP-IMG-003': 'the mirror pins it' })).not.toThrow();
  });

  it.each([
    ['a rule that does not exist', { 'WP-IMG-999': 'the mirror pins it' }],
    ['a rule that every object inherits', { constructor: 'the mirror pins it' }],
    ['no reason', { 'WP-IMG-003': 'no' }],
    ['a reason that is no text', { 'WP-IMG-003': ['the mirror pins it'] as unknown as string }],
    ['nothing', { 'WP-IMG-003': undefined as unknown as string }],
  ])('are refused with %s', (_, acknowledged) => {
    expect(() => checkAcknowledged(acknowledged as Record<string, string>)).toThrow(/^acknowledged holds /);
  });

  it('are refused with the whole list, and without what is right', () => {
    const acknowledged = { 'WP-IMG-003': 'no', 'WP-IMG-999': 'a reason', 'WP-REF-002': 'the platform writes it' };
    expect(() => checkAcknowledged(acknowledged)).toThrow(
      'acknowledged holds WP-IMG-003: "no", WP-IMG-999: "a reason". Allowed:',
    );
  });
});
