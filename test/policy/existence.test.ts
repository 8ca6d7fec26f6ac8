import { likely, listed, missing } from '../../lib/policy/existence';

describe('the name that was probably meant', () => {
  it.each([
    ['a letter too few', 'chat-confg', 'chat-config'],
    ['a letter too many', 'chat-conffig', 'chat-config'],
    ['another letter', 'chat-canfig', 'chat-config'],
    ['letters in another order', 'chat-cnofig', 'chat-config'],
    ['two slips in eight letters', 'abcdefgh', 'abcdefxy'],
    ['two slips at the front', 'xycdefgh', 'abcdefgh'],
    ['a letter more at the end and another one', 'abcdefgx', 'abcdefghi'],
    ['a letter fewer at the front and another one', 'bcdefghx', 'abcdefgh'],
    ['the very name', 'chat', 'chat'],
    ['one slip in a short name', 'ab', 'ac'],
    ['the letters of a short name in quite another order', 'chat', 'tach'],
    ['two letters more than eight', 'abcdefgh', 'abcdefghij'],
    ['two letters fewer than ten', 'abcdefghij', 'cdefghij'],
    ['something before it', 'config', 'chat-8b-config'],
    ['something before it that is not there', 'prod-config', 'config'],
  ])('is the one with %s', (_, name, meant) => {
    expect(likely(name, [meant, 'zzzzzzzzzzzz'])).toBe(meant);
  });

  it.each([
    ['two slips in seven letters', 'abcdefg', 'abcdexy'],
    ['three slips in eight letters', 'abcdefgh', 'abcdexyz'],
    ['a letter more at each end of seven', 'bcdefgh', 'abcdefghi'],
    ['two slips in a short name', 'ab', 'cd'],
    ['the same length and nothing else', 'chat', 'ruby'],
    ['two letters more than a short name', 'abc', 'abcde'],
    ['something behind it', 'config', 'config-of-chat'],
    ['something behind it that is not there', 'config-of-chat', 'config'],
    ['two letters fewer than a short name', 'abcde', 'abc'],
    ['the same end without a hyphen', 'config', 'chatterconfig'],
  ])('is not one with %s', (_, name, other) => {
    expect(likely(name, [other])).toBeUndefined();
  });

  it('is the nearest, and of equally near ones the first by the alphabet', () => {
    expect(likely('abcdefgh', ['abcdefxy', 'abcdefgx', 'xbcdefxh'])).toBe('abcdefgx');
    expect(likely('abcdefgh', ['abcdefgz', 'abcdefgx', 'abcdefgy'])).toBe('abcdefgx');
    expect(likely('chat', ['a-chat', 'chaz'])).toBe('chaz');
  });

  it('is not looked for among more than 300 names', () => {
    const names = Array.from({ length: 299 }, (_, index) => `unlike-${index}`);
    expect(likely('chat', [...names, 'chaz'])).toBe('chaz');
    expect(likely('chat', [...names, 'unlike-299', 'chaz'])).toBeUndefined();
  });

  it('is none where there is nothing', () => {
    expect(likely('chat', [])).toBeUndefined();
  });
});

describe('a list of names', () => {
  it('has each once, in order', () => {
    expect(listed(new Set(['b', 'a']))).toBe("'a', 'b'");
    expect(listed(['b', 'a', 'b'])).toBe("'a', 'b'");
    expect(listed([])).toBe('');
  });

  it('stays the same when it is shown again', () => {
    const names = ['b', 'a'];
    expect([listed(names), listed(names)]).toEqual(["'a', 'b'", "'a', 'b'"]);
    expect(names).toEqual(['b', 'a']);
  });

  it('shows what an iterator that ends brings, every time anew', () => {
    const names = new Set(['a']);
    expect(listed(names)).toBe("'a'");
    names.add('b');
    expect(listed(names)).toBe("'a', 'b'");
  });

  it('shows five and counts the others', () => {
    expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe("'a', 'b', 'c', 'd', 'e'");
    expect(listed(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe("'a', 'b', 'c', 'd', 'e' and 2 more");
  });
});

describe('the breach of a reference to what is not there', () => {
  const wanted = { kind: 'Secret', name: 'hub', namespace: 'chat', path: ['spec', 'name'] };

  it('says what is missing where, and is about that one object', () => {
    expect(missing(wanted, ['db'], 'create it', ' yet')).toEqual({
      path: ['spec', 'name'],
      value: 'hub',
      message: "there is no Secret 'hub' in namespace 'chat' yet",
      allowed: "'db'",
      fix: 'create it',
      about: 'Secret/hub',
    });
  });

  it('offers the name that was probably meant', () => {
    expect(missing(wanted, ['hug'], 'create it').fix).toBe("write 'hug', or create it");
  });

  it('of a kind without namespace is among all manifests', () => {
    const { namespace, ...global } = wanted;
    expect(missing(global, [], 'create it')).toMatchObject({
      message: "there is no Secret 'hub' in the manifests",
      allowed: 'a Secret of the manifests, which has none',
    });
  });

  it.each([
    ['ExternalSecret', 'an ExternalSecret'],
    ['Issuer', 'an Issuer'],
    ['ServiceAccount', 'a ServiceAccount'],
    ['ConfigMap', 'a ConfigMap'],
  ])('puts the right article before %s', (kind, text) => {
    expect(missing({ ...wanted, kind }, [], 'create it').allowed).toBe(`${text} of namespace 'chat', which has none`);
  });
});
