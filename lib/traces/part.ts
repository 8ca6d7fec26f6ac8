/** What is played of a trace: checked options with every default in place. */
import { type Draft, Findings } from '../domain/problem';
import { checkTokens, SERVEGEN_M_LARGE, type TokenMix } from './token-mix';
import type { Trace } from './trace';

/** What part of a trace is played, and how large. */
export interface RequestOptions {
  /** A whole number. @default 1 */
  readonly seed?: number;
  /** Times the load of the trace. @default 1 */
  readonly scale?: number;
  /** Beginning of the part, from the beginning of the trace. @default 0 */
  readonly fromSeconds?: number;
  /** End of the part; the end of the trace where that comes first. @default the end of the trace */
  readonly toSeconds?: number;
  /** Lengths of requests where the trace has none. @default SERVEGEN_M_LARGE */
  readonly tokens?: TokenMix;
  /**
   * Rate traces only: coefficient of variation of the rate from minute to minute beyond chance. A gamma draw of mean 1
   * multiplies the rate of every minute.
   * @default 0
   */
  readonly dispersion?: number;
}

export type Part = Required<RequestOptions>;

/** Requests that fit a few gigabytes while they are sorted. */
const MOST_REQUESTS = 50_000_000;

/** Requests of the part, as the trace promises. */
function expectedRequests(trace: Trace, { scale, fromSeconds, toSeconds }: Part): number {
  if (trace.form === 'requests')
    return (trace.arrivalMs.length * scale * (toSeconds - fromSeconds)) / trace.durationSeconds;
  if (trace.form === 'rate') {
    const sum = trace.ratePerSecond.reduce((total, rate) => total + rate, 0);
    return (sum / trace.ratePerSecond.length) * scale * (toSeconds - fromSeconds);
  }
  let sum = 0;
  for (const [i, start] of trace.startSeconds.entries()) {
    if (start < toSeconds && start + trace.windowSeconds > fromSeconds) sum += trace.ratePerSecond[i] as number;
  }
  return sum * trace.windowSeconds * scale;
}

/** Checks the options against the trace; a prop is the name of the option. */
export function draftPart(trace: Trace, options: RequestOptions): Draft<Part> {
  const findings = new Findings();
  const { seed = 1, scale = 1, fromSeconds = 0, tokens = SERVEGEN_M_LARGE, dispersion = 0 } = options;
  const end = options.toSeconds ?? trace.durationSeconds;
  const refuse = (prop: string, value: number, message: string, allowed: string, fix: string) =>
    findings.error('WP-TRACE-007', prop, value, { message, allowed, fix });
  if (!Number.isInteger(seed)) refuse('seed', seed, 'it is no whole number', 'a whole number', 'give one');
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    refuse('scale', scale, 'nothing can be played', 'a number above 0', 'give the load of the trace as 1');
  }
  if (!(dispersion >= 0 && dispersion < Number.POSITIVE_INFINITY)) {
    refuse('dispersion', dispersion, 'it is no variation', 'a number, 0 or more', 'leave it out');
  }
  if (!(fromSeconds >= 0 && fromSeconds < trace.durationSeconds)) {
    const allowed = `0 to ${trace.durationSeconds} s, the length of ${trace.source}`;
    refuse('fromSeconds', fromSeconds, 'the trace is not there', allowed, 'begin within the trace');
  }
  if (!(end > fromSeconds)) {
    refuse('toSeconds', end, `the part begins at ${fromSeconds} s`, 'a later moment', 'end behind the beginning');
  }
  checkTokens(findings, tokens);
  const toSeconds = Math.min(end, trace.durationSeconds);
  const part: Part = { seed, scale, fromSeconds, toSeconds, tokens, dispersion };
  if (findings.hasErrors) return findings.draft<Part>(undefined);
  const expected = expectedRequests(trace, part);
  if (expected > MOST_REQUESTS) {
    const allowed = `${MOST_REQUESTS} requests`;
    refuse(
      'scale',
      scale,
      `it makes ${Math.round(expected)} requests`,
      allowed,
      'play a smaller part, or scale it down',
    );
  }
  return findings.draft(part);
}
