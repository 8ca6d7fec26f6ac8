import { isEmptySelector, matchesLabels, matchesSelector } from '../../lib/policy/selector';

const LABELS = { app: 'llama', tier: 'gpu', empty: '' };

describe('a map of labels', () => {
  it.each([
    [{}, true],
    [{ app: 'llama' }, true],
    [{ app: 'llama', tier: 'gpu' }, true],
    [{ app: 'llama', tier: 'cpu' }, false],
    [{ app: 'llama', zone: 'a' }, false],
    [{ zone: '' }, false],
    [{ empty: '' }, true],
    [{ toString: 'llama' }, false],
  ])('%j selects: %p', (wanted, selects) => {
    expect(matchesLabels(wanted, LABELS)).toBe(selects);
  });
});

describe('an expression', () => {
  it.each([
    ['app', 'In', ['other', 'llama'], true],
    ['app', 'In', ['other'], false],
    ['app', 'In', undefined, false],
    ['zone', 'In', ['llama', undefined], false],
    ['app', 'NotIn', ['other', 'llama'], false],
    ['app', 'NotIn', ['other'], true],
    ['app', 'NotIn', 'llama', true],
    ['zone', 'NotIn', ['llama', undefined], true],
    ['app', 'Exists', undefined, true],
    ['empty', 'Exists', undefined, true],
    ['zone', 'Exists', undefined, false],
    ['toString', 'Exists', undefined, false],
    ['app', 'DoesNotExist', undefined, false],
    ['empty', 'DoesNotExist', undefined, false],
    ['zone', 'DoesNotExist', undefined, true],
    ['toString', 'DoesNotExist', undefined, true],
    [7, 'DoesNotExist', undefined, true],
    ['app', 'Equals', ['llama'], false],
    ['zone', 'Equals', ['llama'], false],
    ['app', undefined, ['llama'], false],
  ])('%p %p %j selects: %p', (key, operator, values, selects) => {
    expect(matchesSelector({ matchExpressions: [{ key, operator, values }] }, LABELS)).toBe(selects);
  });

  it('without a key asks for the label without a name, which nobody has', () => {
    expect(matchesSelector({ matchExpressions: [{ operator: 'Exists' }] }, LABELS)).toBe(false);
    expect(matchesSelector({ matchExpressions: [{ operator: 'Exists' }] }, { '': 'x' })).toBe(true);
    expect(matchesSelector({ matchExpressions: ['app'] }, LABELS)).toBe(false);
  });
});

describe('a selector', () => {
  const yes = { key: 'app', operator: 'Exists' };
  const no = { key: 'app', operator: 'DoesNotExist' };

  it.each([
    ['has no term', {}, true],
    ['is absent', undefined, false],
    ['is null', null, false],
    ['is a text', 'app=llama', false],
    ['is a list', [], false],
    ['has labels that fit', { matchLabels: { app: 'llama' } }, true],
    ['has labels that do not', { matchLabels: { app: 'other' } }, false],
    ['has labels that are no texts, which the API server would refuse', { matchLabels: { app: 7 } }, true],
    ['has expressions that hold', { matchExpressions: [yes, yes] }, true],
    ['has one that does not', { matchExpressions: [yes, no] }, false],
    ['has both, and both fit', { matchLabels: { app: 'llama' }, matchExpressions: [yes] }, true],
    ['has both, and the labels do not fit', { matchLabels: { app: 'other' }, matchExpressions: [yes] }, false],
    ['has both, and the expression does not hold', { matchLabels: { app: 'llama' }, matchExpressions: [no] }, false],
  ])('that %s selects: %#', (_, selector, selects) => {
    expect(matchesSelector(selector, LABELS)).toBe(selects);
  });

  it.each([
    [{}, true],
    [{ matchLabels: {}, matchExpressions: [] }, true],
    [{ matchLabels: 'app' }, true],
    [{ matchLabels: { app: 'llama' } }, false],
    [{ matchExpressions: [yes] }, false],
    [{ matchLabels: { app: 'llama' }, matchExpressions: [yes] }, false],
    [undefined, false],
    ['', false],
    [[], false],
  ])('%j is empty: %p', (selector, empty) => {
    expect(isEmptySelector(selector)).toBe(empty);
  });
});
