/** What always would have to run if nobody ever scaled: the bound that a computed minimum is held against. */
import type { CheckedCapacity } from './serving-capacity';
import { burstArrivals, type Traffic } from './traffic-profile';
import type { LatencyObjective } from './warm-pool-plan';

/** Windows in which a burst is looked for: doubled from a second on, up to the reaction. */
function windowsUpTo(seconds: number): readonly number[] {
  const windows = [Math.round(seconds)];
  for (let window = 1; window < seconds; window *= 2) windows.push(window);
  return windows;
}

/** Replicas that would hold every burst without any scaling, and the window that decides. */
export interface BurstEnvelope {
  readonly replicas: number;
  readonly windowSeconds: number;
  readonly arrivals: number;
}

/**
 * The burst envelope: whatever arrives within a window has to be worked off in that window and the time to a first token
 * behind it. An upper bound of what always has to run: a scaler follows what grows more slowly than it reacts.
 */
export function burstEnvelope(
  traffic: Traffic,
  capacity: CheckedCapacity,
  objective: Required<LatencyObjective>,
  reactionSeconds: number,
): BurstEnvelope {
  const candidates = windowsUpTo(reactionSeconds).map((windowSeconds) => {
    const arrivals = burstArrivals(traffic, windowSeconds, Number(objective.objective));
    const served = capacity.saturatedRequestsPerSecond * (windowSeconds + objective.timeToFirstTokenSeconds);
    return { windowSeconds, arrivals, replicas: arrivals / served };
  });
  return candidates.reduce((most, one) => (one.replicas > most.replicas ? one : most));
}
