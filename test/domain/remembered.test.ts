import { Numbered, Remembered } from '../../lib/domain/remembered';

describe('answers that are remembered', () => {
  it('are computed once for a question, and anew for another', () => {
    const memory = new Remembered<string>(4);
    const compute = jest.fn().mockReturnValueOnce('first').mockReturnValueOnce('second');
    expect([memory.answer('a', compute), memory.answer('a', compute), memory.answer('b', compute)]).toEqual([
      'first',
      'first',
      'second',
    ]);
    expect(compute).toHaveBeenCalledTimes(2);
  });

  it('are all forgotten when one more comes than are kept', () => {
    const memory = new Remembered<number>(2);
    const compute = jest.fn(() => 1);
    for (const question of ['a', 'b', 'a', 'b']) memory.answer(question, compute);
    expect(compute).toHaveBeenCalledTimes(2);
    memory.answer('c', compute);
    memory.answer('c', compute);
    memory.answer('a', compute);
    expect(compute).toHaveBeenCalledTimes(4);
  });

  it('may be undefined', () => {
    const memory = new Remembered<undefined>(2);
    const compute = jest.fn(() => undefined);
    expect([memory.answer('a', compute), memory.answer('a', compute)]).toEqual([undefined, undefined]);
    expect(compute).toHaveBeenCalledTimes(1);
  });

  it('are none where the computation threw', () => {
    const memory = new Remembered<number>(2);
    const fails = () => {
      throw new Error('no answer');
    };
    expect(() => memory.answer('a', fails)).toThrow('no answer');
    expect(memory.answer('a', () => 7)).toBe(7);
  });
});

describe('numbers for objects', () => {
  it('tell objects apart that are equal, and are the same for the same one', () => {
    const numbered = new Numbered();
    const [one, other] = [
      [1, 2],
      [1, 2],
    ];
    expect(numbered.of(one)).not.toBe(numbered.of(other));
    expect(numbered.of(one)).toBe(numbered.of(one));
  });
});
