import { draftCapacity, type ServingCapacity } from '../../lib/domain';
import { bearableInFlight, throughputTable } from '../../lib/domain/serving-capacity';

const MEASURED: ServingCapacity = { requestsPerSecond: 4, inFlight: 8, source: 'bench' };
const checked = (more: Partial<ServingCapacity> = {}) => {
  const { value } = draftCapacity({ ...MEASURED, ...more });
  if (value === undefined) throw new Error('refused');
  return value;
};
const problems = (more: Partial<ServingCapacity>) =>
  draftCapacity({ ...MEASURED, ...more }).problems.map(({ rule, prop }) => `${rule} ${prop}`);

describe('the capacity of a replica', () => {
  it.each<[string, Partial<ServingCapacity>]>([
    ['WP-WARM-002 sizing.capacity.requestsPerSecond', { requestsPerSecond: Number.NaN, saturatedRequestsPerSecond: 4 }],
    ['WP-WARM-002 sizing.capacity.inFlight', { inFlight: -1 }],
    ['WP-WARM-002 sizing.capacity.saturatedRequestsPerSecond', { saturatedRequestsPerSecond: 3.9 }],
    ['WP-WARM-002 sizing.capacity.sweep[0].inFlight', { sweep: [{ inFlight: 0, requestsPerSecond: 1 }] }],
    ['WP-WARM-003 sizing.capacity.source', { source: ' ' }],
    ['WP-WARM-003 sizing.capacity.source', { unproven: 'a guess' }],
    ['WP-WARM-004 sizing.capacity.unproven', { source: undefined, unproven: 'a guess' }],
  ])('meets %s', (problem, more) => {
    expect(problems(more)).toContain(problem);
  });

  it('bears what runs and what begins in time: 8 + 6/s x 2 s = 20, or what a sweep showed', () => {
    expect(bearableInFlight(checked({ saturatedRequestsPerSecond: 6 }), 2)).toBe(20);
    expect(bearableInFlight(checked({ mostInFlight: 11 }), 2)).toBe(11);
  });

  it('finishes on a line to 4/s at 8, and on one to 6/s at 20: 2/s at 4, 5/s at 14', () => {
    const table = throughputTable(checked({ saturatedRequestsPerSecond: 6 }), 2);
    expect([0, 4, 8, 14, 20].map((load) => table[load])).toEqual([0, 2, 4, 5, 6]);
  });
});
