/** What one replica can serve: read from a load test, never assumed. */
import { type Draft, Findings } from './problem';

/** Capacity of one replica under the token mix of the service; another mix on the same GPU has another capacity. */
export interface ServingCapacity {
  /** Requests per second that a replica takes inside the objective: the highest rate of a load test that met it. */
  readonly requestsPerSecond: number;
  /** Requests per second that it finishes at the most, however long they wait. @default requestsPerSecond */
  readonly saturatedRequestsPerSecond?: number;
  /** Requests in the server at `requestsPerSecond`; by Little's law that rate times the mean time in the server. */
  readonly inFlight: number;
  /** Time to first token of a lone request on a warm replica, in seconds. @default not compared with the objective */
  readonly warmTimeToFirstTokenSeconds?: number;
  /** Where it was measured: a file, a date. Absent only beside `unproven`. */
  readonly source?: string;
  /** Why the numbers are a guess; marks every plan that rests on them. */
  readonly unproven?: string;
}

/** A checked capacity with nothing left out. */
export type CheckedCapacity = Required<Omit<ServingCapacity, 'source' | 'unproven' | 'warmTimeToFirstTokenSeconds'>> &
  Pick<ServingCapacity, 'source' | 'unproven' | 'warmTimeToFirstTokenSeconds'>;

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
  return findings.draft<CheckedCapacity>({ ...capacity, saturatedRequestsPerSecond });
}
