import type { Fault, Operation } from './behaviour';

/** Faults that a test has ordered and that have not happened yet. */
export class Faults {
  private readonly waiting: { readonly fault: Fault; left: number }[] = [];

  /** The next call that fits fails. Faults are used up in the order in which they were ordered. */
  next(fault: Fault): void {
    this.waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** Faults that did not happen: a test that ordered one and saw nothing of it proves nothing. */
  get left(): readonly Fault[] {
    return this.waiting.map(({ fault }) => fault);
  }

  /** The fault that this call meets, if any. */
  take(operation: Operation, type: string, name: string): Fault | undefined {
    const index = this.waiting.findIndex(
      ({ fault }) =>
        fault.operation === operation &&
        (fault.type === undefined || fault.type === type) &&
        (fault.name === undefined || fault.name === name),
    );
    const entry = this.waiting[index];
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left === 0) this.waiting.splice(index, 1);
    return entry.fault;
  }
}
