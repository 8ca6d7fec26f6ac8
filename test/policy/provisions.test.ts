import { type Keys, Provisions } from '../../lib/policy/provisions';

const A: Keys = new Set(['a']);
const B: Keys = new Set(['b']);
const BOTH: Keys = new Set(['a', 'b']);

/** What is provided after some steps. */
function having(...steps: readonly ((provisions: Provisions) => void)[]): Provisions {
  const provisions = new Provisions();
  for (const step of steps) step(provisions);
  return provisions;
}
const one =
  (keys: Keys, namespace = 'chat') =>
  (all: Provisions) =>
    all.add(namespace, 'x', keys);
const everywhere = (keys: Keys) => (all: Provisions) => all.addEverywhere('x', keys);
const more =
  (keys: Keys, namespace = 'chat') =>
  (all: Provisions) =>
    all.addKeys(namespace, 'x', keys);

describe('the keys of an object', () => {
  it.each<[title: string, provisions: Provisions, keys: Keys | undefined]>([
    ['nobody provides', having(), undefined],
    ['stands in another namespace', having(one(A, 'edge')), undefined],
    ['stands once', having(one(A)), A],
    ['stands twice', having(one(A), one(B)), BOTH],
    ['somebody fills, and another as well', having(one('any'), one(B)), 'any'],
    ['another as well, who fills it', having(one(A), one('any')), 'any'],
    ['every namespace gets', having(everywhere(A)), A],
    ['every namespace gets twice', having(everywhere(A), everywhere(B)), BOTH],
    ['stands here, and every namespace gets', having(one(A), everywhere(B)), BOTH],
    ['stands here, and every namespace gets with any key', having(one(A), everywhere('any')), 'any'],
    ['is there, and somebody adds to', having(one(A), more(B)), BOTH],
    ['every namespace gets, and somebody adds to', having(everywhere(A), more(B)), BOTH],
    ['two add to', having(one(new Set()), more(A), more(B)), BOTH],
    ['somebody adds any to', having(one(A), more('any')), 'any'],
    ['somebody adds to who does not make it', having(more(A)), undefined],
    ['somebody adds to elsewhere', having(one(A), more(B, 'edge')), A],
  ])('that %s', (_, provisions, keys) => {
    expect(provisions.keysOf('chat', 'x')).toEqual(keys);
    expect(provisions.keysOf('chat', 'y')).toBeUndefined();
  });
});

describe('the names of a namespace', () => {
  it('are those of its own, in order, each once', () => {
    const all = having(one(A), (other) => other.add('chat', 'a', A), one(B), everywhere(A), one(A, 'edge'));
    expect(all.namesIn('chat')).toEqual(['x', 'a']);
    expect(all.namesIn('edge')).toEqual(['x']);
    expect(all.namesIn('nowhere')).toEqual([]);
  });

  it('are listed once for all that ask, and anew when there are more', () => {
    const all = having(one(A));
    const names = all.namesIn('chat');
    expect(all.namesIn('chat')).toBe(names);
    all.add('edge', 'y', A);
    expect(all.namesIn('chat')).toBe(names);
    all.add('chat', 'y', A);
    expect(all.namesIn('chat')).toEqual(['x', 'y']);
  });
});
