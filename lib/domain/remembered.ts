/** Answers to the last few questions of a costly pure function: a tree is built many times over with the same services. */
export class Remembered<T> {
  private readonly answers = new Map<string, T>();

  /** @param limit answers that are kept; when there are more, all are forgotten. */
  constructor(private readonly limit: number) {}

  answer(question: string, compute: () => T): T {
    const known = this.answers.get(question);
    // An answer may itself be undefined.
    if (known !== undefined || this.answers.has(question)) return known as T;
    const answer = compute();
    if (this.answers.size >= this.limit) this.answers.clear();
    this.answers.set(question, answer);
    return answer;
  }
}

/** Numbers for objects that are too large to be part of a question; they must not change. */
export class Numbered {
  private readonly numbers = new WeakMap<object, number>();
  private last = 0;

  of(object: object): number {
    const known = this.numbers.get(object);
    if (known !== undefined) return known;
    this.last += 1;
    this.numbers.set(object, this.last);
    return this.last;
  }
}
