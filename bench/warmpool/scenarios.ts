/** Traffic that policies are sized on, and the traffic behind it that they are judged on. */
import { basename, join } from 'node:path';
import type { RequestStream } from '../../lib/sim/simulate';
import { type RequestTrace, readTrace, requestsOf, storyStream, type TokenMix, type Trace } from '../../lib/traces';

/** One service under one kind of traffic. */
export interface Scenario {
  readonly name: string;
  /** Length of each of the two parts. */
  readonly hours: number;
  /** What teams know: the earlier part. Always the same requests. */
  readonly known: RequestStream;
  /** What comes then; another seed draws other requests where the trace has rates only. */
  readonly judged: (seed: number) => RequestStream;
  /** A growth that is expected and has never been seen. */
  readonly spikeFactor?: number;
}

const DAY_SECONDS = 86_400;

/** Mean load of a trace that brings no scale, in replicas at capacity: smaller services are a floor of two and no more. */
const MEAN_REPLICAS = 4;

/** Beyond this, repeating every request within a second makes bursts that no trace had. */
const MOST_COPIES = 6;

/** Requests of a replica per second, for the scale only; measured for conversations on the profile of the bench. */
const USUAL_CAPACITY = 7;

const traceFile = (name: string) => join(__dirname, '../traces', name);

/** Requests of each whole day. */
function days(trace: Trace): readonly number[] {
  const counts = new Array<number>(Math.floor(trace.durationSeconds / DAY_SECONDS)).fill(0);
  for (const at of requestsOf(trace, { scale: 0.01 }).arrivalMs) {
    const day = Math.floor(at / 1000 / DAY_SECONDS);
    if (day < counts.length) counts[day] = (counts[day] ?? 0) + 1;
  }
  return counts;
}

/** Halves of a short trace; else the two days in a row of which the quieter one is busiest: no weekend, no half day. */
function parts(trace: Trace): { readonly seconds: number; readonly start: number } {
  const { durationSeconds } = trace;
  if (durationSeconds < 2 * DAY_SECONDS) return { seconds: durationSeconds / 2, start: 0 };
  const busy = days(trace);
  const pairs = busy.slice(1).map((count, day) => Math.min(count, busy[day] ?? 0));
  return { seconds: DAY_SECONDS, start: pairs.indexOf(Math.max(...pairs)) * DAY_SECONDS };
}

/** A scenario of a trace: sized on a day, judged on the next; or on halves of a short one. */
export function scenarioOf(name: string, trace: Trace, scale: number, tokens?: TokenMix): Scenario {
  const { seconds, start } = parts(trace);
  const part = (from: number, seed: number) =>
    requestsOf(trace, { scale, seed, fromSeconds: from, toSeconds: from + seconds, ...(tokens && { tokens }) });
  return {
    name: scale === 1 ? name : `${name} x ${scale}`,
    hours: seconds / 3600,
    known: part(start, 1),
    judged: (seed) => part(start + seconds, 1000 + seed),
  };
}

/** Scales a trace of others to a service of a few replicas. */
function usualScale(trace: Trace): number {
  const { seconds, start } = parts(trace);
  const { arrivalMs } = requestsOf(trace, { fromSeconds: start, toSeconds: start + seconds });
  const scale = (MEAN_REPLICAS * USUAL_CAPACITY * seconds) / arrivalMs.length;
  return Number((trace.form === 'requests' ? Math.max(1, Math.min(MOST_COPIES, scale)) : scale).toPrecision(2));
}

/** Scenarios of the given files, each at a scale of its own. */
export function scenariosOf(files: readonly string[]): readonly Scenario[] {
  return files.map((file) => {
    const trace = readTrace(file);
    return scenarioOf(basename(file).replace(/\.csv(\.gz)?$/, ''), trace, usualScale(trace));
  });
}

/** Two replicas at seven tenths of their capacity, and a step of three that stays for twenty minutes. */
const STORY_BASE_RATE = 10;
const SPIKE_FACTOR = 3;

function story(tokens: RequestTrace): Scenario {
  const told = (seed: number, factor: number) =>
    storyStream({
      baseRatePerSecond: STORY_BASE_RATE,
      factor,
      spikeAtSeconds: 1200,
      durationSeconds: 3600,
      tokens,
      seed,
    });
  // The step is expected and has never been seen: what is known is an ordinary hour.
  return {
    name: 'founding story',
    hours: 1,
    known: told(1, 1),
    judged: (seed) => told(1000 + seed, SPIKE_FACTOR),
    spikeFactor: SPIKE_FACTOR,
  };
}

/** What ships with the project. */
export function ownScenarios(): readonly Scenario[] {
  const conversation = readTrace(traceFile('azure2023-conv.csv.gz')) as RequestTrace;
  const code = readTrace(traceFile('azure2023-code.csv.gz')) as RequestTrace;
  return [
    story(conversation),
    scenarioOf('azure2023-conv', conversation, 6),
    scenarioOf('azure2023-code', code, 2),
    scenarioOf('azure2024-conv-week', readTrace(traceFile('azure2024-conv-week-rate.csv.gz')), 0.5, conversation),
    scenarioOf('azure2024-code-week', readTrace(traceFile('azure2024-code-week-rate.csv.gz')), 0.25, code),
  ];
}
