/** What one replica can serve: read from a load test, never assumed. */
import { type Draft, Findings } from './problem';

/** One run of a load test that keeps a number of requests in the server. */
export interface SweepPoint {
  /** Requests in the server. */
  readonly inFlight: number;
  /** Requests that it finishes per second. */
  readonly requestsPerSecond: number;
}

/** Capacity of one replica under the token mix of the service; another mix on the same GPU has another capacity. */
export interface ServingCapacity {
  /** Requests per second that a replica takes inside the objective: the highest rate of a load test that met it. */
  readonly requestsPerSecond: number;
  /** Requests per second that it finishes at the most, however long they wait. @default requestsPerSecond */
  readonly saturatedRequestsPerSecond?: number;
  /** Requests in the server at `requestsPerSecond`; by Little's law that rate times the mean time in the server. */
  readonly inFlight: number;
  /** A sweep over concurrency (`--max-concurrency`). @default a straight line from nothing to capacity, and one beyond */
  readonly sweep?: readonly SweepPoint[];
  /**
   * The highest concurrency of such a sweep that met the objective. @default inFlight and what is finished within the
   * objective
   */
  readonly mostInFlight?: number;
  /** Time to first token of a lone request on a warm replica, in seconds. @default not compared with the objective */
  readonly warmTimeToFirstTokenSeconds?: number;
  /** Where it was measured: a file, a date. Absent only beside `unproven`. */
  readonly source?: string;
  /** Why the numbers are a guess; marks every plan that rests on them. */
  readonly unproven?: string;
}

/** A checked capacity; what the objective decides is still open. */
export type CheckedCapacity = ServingCapacity & Required<Pick<ServingCapacity, 'saturatedRequestsPerSecond' | 'sweep'>>;

/** Reports a capacity that is missing, impossible, or of unknown origin. */
export function draftCapacity(capacity: ServingCapacity | undefined): Draft<CheckedCapacity> {
  const findings = new Findings('sizing.capacity');
  if (capacity === undefined) {
    findings.error('WP-WARM-001', '', undefined, {
      message: 'what a replica can serve depends on model, GPU and token mix, and has no default',
      allowed: 'requestsPerSecond and inFlight of a load test',
      fix: 'run `vllm bench serve` at rising rates and read it with capacityFromSweep, or give a guess and say so in `unproven`',
    });
    return findings.draft<CheckedCapacity>(undefined);
  }
  const { requestsPerSecond, inFlight, source, unproven, warmTimeToFirstTokenSeconds } = capacity;
  const { sweep = [], mostInFlight } = capacity;
  const saturatedRequestsPerSecond = capacity.saturatedRequestsPerSecond ?? requestsPerSecond;
  const positive = (prop: string, value: number) => {
    if (value > 0 && Number.isFinite(value)) return;
    findings.error('WP-WARM-002', `.${prop}`, value, {
      message: 'a replica that serves nothing cannot be counted on',
      allowed: 'a number above 0',
      fix: 'take it from a load test',
    });
  };
  positive('requestsPerSecond', requestsPerSecond);
  positive('inFlight', inFlight);
  if (!(saturatedRequestsPerSecond >= requestsPerSecond && Number.isFinite(saturatedRequestsPerSecond))) {
    findings.error('WP-WARM-002', '.saturatedRequestsPerSecond', saturatedRequestsPerSecond, {
      message: 'a saturated replica finishes at least as much as one inside the objective',
      allowed: `${requestsPerSecond} or more`,
      fix: 'take the highest throughput of the sweep, or leave it out',
    });
  }
  if (mostInFlight !== undefined) positive('mostInFlight', mostInFlight);
  for (const [index, point] of sweep.entries()) {
    positive(`sweep[${index}].inFlight`, point.inFlight);
    positive(`sweep[${index}].requestsPerSecond`, point.requestsPerSecond);
  }
  if (warmTimeToFirstTokenSeconds !== undefined) positive('warmTimeToFirstTokenSeconds', warmTimeToFirstTokenSeconds);
  const said = (text: string | undefined) => text !== undefined && text.trim() !== '';
  if (said(source) === said(unproven)) {
    findings.error('WP-WARM-003', '.source', source, {
      message: said(source) ? 'a measured capacity is not unproven' : 'nobody can tell whether this was measured',
      allowed: 'either source, or unproven with a reason',
      fix: "name the load test, for example source: 'vllm bench serve, 2026-11-02', or say why there is none",
    });
  }
  if (findings.hasErrors) return findings.draft<CheckedCapacity>(undefined);
  if (unproven !== undefined) {
    findings.warning('WP-WARM-004', '.unproven', unproven, {
      message: 'minimum, thresholds and warm nodes rest on a guess of what a replica serves',
      allowed: 'the figures of a load test',
      fix: 'run one and replace the guess',
    });
  }
  return findings.draft<CheckedCapacity>({ ...capacity, saturatedRequestsPerSecond, sweep });
}

/** Requests in a replica with which it still keeps its promise. */
export function bearableInFlight(capacity: CheckedCapacity, timeToFirstTokenSeconds: number): number {
  const { mostInFlight, inFlight, saturatedRequestsPerSecond } = capacity;
  return mostInFlight ?? inFlight + saturatedRequestsPerSecond * timeToFirstTokenSeconds;
}

/**
 * Requests per second that a replica finishes with 0, 1, 2, ... requests in it, up to what it bears: straight lines
 * between the points of the sweep, or through capacity.
 */
export function throughputTable(capacity: CheckedCapacity, timeToFirstTokenSeconds: number): Float64Array {
  const { requestsPerSecond, saturatedRequestsPerSecond, inFlight, sweep } = capacity;
  const bearable = Math.ceil(bearableInFlight(capacity, timeToFirstTokenSeconds));
  const measured = sweep.length > 0 ? sweep : [{ inFlight, requestsPerSecond }];
  const points = [
    { inFlight: 0, requestsPerSecond: 0 },
    ...measured.filter((point) => point.inFlight < bearable).sort((a, b) => a.inFlight - b.inFlight),
    { inFlight: bearable, requestsPerSecond: saturatedRequestsPerSecond },
  ];
  const table = new Float64Array(bearable + 1).fill(saturatedRequestsPerSecond);
  for (let i = 1; i < points.length; i += 1) {
    const [from, to] = [points[i - 1], points[i]];
    if (from === undefined || to === undefined) continue;
    for (let load = Math.ceil(from.inFlight); load < to.inFlight; load += 1) {
      const share = (load - from.inFlight) / (to.inFlight - from.inFlight);
      table[load] = from.requestsPerSecond + share * (to.requestsPerSecond - from.requestsPerSecond);
    }
  }
  return table;
}
