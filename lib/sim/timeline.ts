/** A run as its picture shows it: state at the beginning of every step, quantiles of the requests that came within it. */
import { requestSteps, type Timeline } from '../charts';
import type { SimulationRun } from './simulate';

/** A picture tells no more steps apart. */
const MOST_STEPS = 440;

/** Steps are whole multiples of this, and never shorter than two of them. */
const GRAIN_SECONDS = 5;

/** Seconds between two entries of the timeline of a run that long. */
export function timelineStep(durationSeconds: number): number {
  return Math.max(2, Math.ceil(durationSeconds / MOST_STEPS / GRAIN_SECONDS)) * GRAIN_SECONDS;
}

/** What a run does not know of itself. */
export type TimelineWords = Pick<Timeline, 'title' | 'subtitle' | 'objectiveSeconds'>;

/**
 * The timeline of a run.
 * @param run one that was played with `timelineSeconds`
 * @throws RangeError for one that kept no timeline
 */
export function timelineOf(
  { ledger, timeline, discardSeconds, durationSeconds }: SimulationRun,
  words: TimelineWords,
): Timeline {
  const [first, second] = timeline;
  if (first === undefined) {
    throw new RangeError('timeline = []: the run kept none. Allowed: a run with timelineSeconds. Fix: give them.');
  }
  const stepSeconds = second === undefined ? Math.max(1, durationSeconds) : second.atSeconds - first.atSeconds;
  const { arrivalSeconds, timeToFirstToken } = ledger;
  const requests = { arrivalSeconds, ttftSeconds: timeToFirstToken };
  const judged = discardSeconds > 0 && discardSeconds < durationSeconds;
  return {
    ...words,
    stepSeconds,
    ...requestSteps(requests, stepSeconds, timeline.length),
    readyReplicas: timeline.map(({ ready }) => ready),
    startingReplicas: timeline.map(({ starting }) => starting),
    desiredReplicas: timeline.map(({ desired }) => desired),
    placeholders: timeline.map(({ placeholders }) => placeholders),
    waitingRequests: timeline.map(({ waiting }) => waiting),
    ...(judged && { marks: [{ atSeconds: discardSeconds, text: 'judged from here' }] }),
  };
}
