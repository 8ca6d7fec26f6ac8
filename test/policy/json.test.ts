import { at, formatPath, isObject, list, number, object, text, texts } from '../../lib/policy/json';

const ODD = [undefined, null, 0, 7, '', 'text', true, [], ['a'], {}, { a: 1 }];

describe('data that nobody vouches for', () => {
  it('is an object, or reads as an empty one', () => {
    expect(ODD.filter(isObject)).toEqual([{}, { a: 1 }]);
    expect(ODD.map(object).filter((one) => Object.keys(one).length > 0)).toEqual([{ a: 1 }]);
  });

  it('is a list, or reads as an empty one', () => {
    expect(ODD.map(list).filter((one) => one.length > 0)).toEqual([['a']]);
    expect(list({ length: 1, 0: 'a' })).toEqual([]);
  });

  it('is text, or none', () => {
    expect(ODD.map(text).filter((one) => one !== undefined)).toEqual(['', 'text']);
  });

  it('is a number that counts, or none', () => {
    expect([...ODD, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map(number).filter((one) => one !== undefined)).toEqual([
      0, 7, 1.5,
    ]);
  });

  it('is a map of texts as far as its values are texts', () => {
    expect(texts({ a: 'x', b: 7, c: null, d: '', e: ['x'] })).toEqual({ a: 'x', d: '' });
    for (const none of [undefined, null, 'ab', ['a', 'b']]) expect(texts(none)).toEqual({});
  });
});

describe('what lies at a path', () => {
  const pod = { spec: { containers: [{ name: 'a' }, { name: 'b' }], '0': 'key' } };

  it('is found through objects and lists', () => {
    expect(at(pod, 'spec', 'containers', 1, 'name')).toBe('b');
    expect(at(pod)).toBe(pod);
  });

  it.each([
    ['a key that is missing', ['spec', 'volumes', 0, 'name']],
    ['a place behind the end', ['spec', 'containers', 2]],
    ['a key of a list', ['spec', 'containers', 'length']],
    ['a place of an object', ['spec', 0]],
    ['a key of a text', ['spec', 'containers', 0, 'name', 'length']],
    ['what every object inherits', ['spec', 'constructor']],
  ])('is nothing at %s', (_, path) => {
    expect(at(pod, ...path)).toBeUndefined();
  });

  it('is nothing in what is no object', () => {
    for (const none of [undefined, null, 7, 'text'])
      expect([at(none, 'a'), at(none, 0)]).toEqual([undefined, undefined]);
  });
});

describe('a path', () => {
  it.each([
    [['spec', 'containers', 0, 'image'], 'spec.containers[0].image'],
    [['metadata', 'labels', 'app.kubernetes.io/name'], "metadata.labels['app.kubernetes.io/name']"],
    [['a b'], "['a b']"],
    [['1st', 'x'], "['1st'].x"],
    [['_a', '$b', 'c-d', 'e1'], '_a.$b.c-d.e1'],
    [['a', ''], "a['']"],
    [[3], '[3]'],
    [[], ''],
  ])('%j is written %s', (path, shown) => {
    expect(formatPath(path)).toBe(shown);
  });
});
