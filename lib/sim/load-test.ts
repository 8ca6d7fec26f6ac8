/** A load test of one simulated replica: the capacity that a team would read from `vllm bench serve`. */
import type { ServingCapacity, SweepPoint } from '../domain/serving-capacity';
import { judge } from './judge';
import { RandomStream } from './random';
import { Replica, type RequestLedger, ServerModel } from './replica';
import type { ServerProfile } from './server-profile';
import { type RequestStream, simulate } from './simulate';

/** What is tested. */
export interface LoadTest {
  readonly server: ServerProfile;
  /** @default 1 */
  readonly serviceTimeFactor?: number;
  /** Lengths of requests that are drawn from. */
  readonly mix: Pick<RequestStream, 'inputTokens' | 'outputTokens'>;
  readonly timeToFirstTokenSeconds: number;
  /** Share of requests that has to meet it. */
  readonly objective: number;
  readonly seed: number;
}

/** Requests of one rate. */
const REQUESTS = 12_000;

/** The first share of a test is not judged: queues need time to become what they are. */
const SETTLING_SHARE = 1 / 3;

/** Requests of one concurrency. */
const CLOSED_LOOP_REQUESTS = 3000;

/** Halvings of the interval in which the highest rate lies. */
const HALVINGS = 9;

/** Requests of the mix, with that mean time between them; all at once for 0. */
function poisson({ mix, seed }: LoadTest, ratePerSecond: number): RequestStream {
  const arrivals = new RandomStream(seed, 'load test arrivals');
  const lengths = new RandomStream(seed, 'load test lengths');
  const arrivalMs = new Float64Array(REQUESTS);
  const inputTokens = new Uint32Array(REQUESTS);
  const outputTokens = new Uint32Array(REQUESTS);
  let at = 0;
  for (let i = 0; i < REQUESTS; i += 1) {
    if (ratePerSecond < Number.POSITIVE_INFINITY) at -= (1000 * Math.log(1 - arrivals.uniform())) / ratePerSecond;
    const one = Math.floor(lengths.uniform() * mix.inputTokens.length);
    arrivalMs[i] = at;
    inputTokens[i] = mix.inputTokens[one] ?? 1;
    outputTokens[i] = mix.outputTokens[one] ?? 1;
  }
  return { arrivalMs, inputTokens, outputTokens };
}

function runAt(test: LoadTest, ratePerSecond: number) {
  const requests = poisson(test, ratePerSecond);
  return simulate({
    requests,
    policy: { schedule: [{ atSeconds: 0, replicas: 1 }] },
    server: test.server,
    serviceTimeFactor: test.serviceTimeFactor,
    start: { node: NOTHING, image: NOTHING, container: NOTHING },
    pool: { minNodes: 1, maxNodes: 1, replicasPerNode: 1 },
    discardSeconds: (SETTLING_SHARE * (requests.arrivalMs[REQUESTS - 1] ?? 0)) / 1000,
    seed: test.seed,
    patienceSeconds: 1e6,
  });
}

const NOTHING = { p50Seconds: 0, p95Seconds: 0 };

/** Steps the rate until the objective is lost. */
export function loadTest(test: LoadTest): ServingCapacity {
  const flood = runAt(test, Number.POSITIVE_INFINITY);
  // Of the middle half: the last requests run alone.
  const ends = flood.ledger.endSeconds.slice().sort();
  const [from, to] = [REQUESTS / 4, (3 * REQUESTS) / 4];
  const saturated = (to - from) / ((ends[to] ?? 0) - (ends[from] ?? 0));
  let low = 0;
  let high = saturated;
  for (let i = 0; i < HALVINGS; i += 1) {
    const rate = (low + high) / 2;
    if (judge(runAt(test, rate), test.timeToFirstTokenSeconds).attainment >= test.objective) low = rate;
    else high = rate;
  }
  const { ledger } = runAt(test, low);
  let inServer = 0;
  for (const [request, end] of ledger.endSeconds.entries()) inServer += end - (ledger.arrivalSeconds[request] ?? 0);
  const sweep = concurrencies(test.server.maxSequences).map((inFlight) => closedLoop(test, inFlight));
  const kept = sweep.filter(({ attainment }) => attainment >= test.objective);
  return {
    requestsPerSecond: low,
    inFlight: (low * inServer) / REQUESTS,
    saturatedRequestsPerSecond: saturated,
    sweep: kept.map(({ inFlight, requestsPerSecond }) => ({ inFlight, requestsPerSecond })),
    mostInFlight: kept.at(-1)?.inFlight,
    source: `simulated load test: ${test.server.name}`,
  };
}

/** Concurrencies that are tried: each a quarter more than the one before. */
function concurrencies(maxSequences: number): readonly number[] {
  const tried: number[] = [];
  for (let inFlight = 1; inFlight < 2 * maxSequences; inFlight = Math.max(inFlight + 1, Math.round(1.25 * inFlight))) {
    tried.push(inFlight);
  }
  return tried;
}

/** Keeps that many requests in a replica, as `vllm bench serve --max-concurrency` does. */
function closedLoop(test: LoadTest, inFlight: number): SweepPoint & { readonly attainment: number } {
  const { inputTokens, outputTokens } = poisson(test, Number.POSITIVE_INFINITY);
  const ledger: RequestLedger = {
    arrivalSeconds: new Float64Array(REQUESTS),
    inputTokens,
    outputTokens,
    timeToFirstToken: new Float64Array(REQUESTS).fill(Number.NaN),
    endSeconds: new Float64Array(REQUESTS).fill(Number.NaN),
  };
  const replica = new Replica(new ServerModel(test.server, test.serviceTimeFactor), ledger);
  let sent = 0;
  let now = 0;
  const settled = Math.max(inFlight, SETTLING_SHARE * CLOSED_LOOP_REQUESTS);
  let settledSeconds = 0;
  while (sent - inFlight < CLOSED_LOOP_REQUESTS + settled) {
    while (replica.inFlight < inFlight) {
      ledger.arrivalSeconds[sent] = now;
      replica.accept(sent, now);
      sent += 1;
    }
    if (sent - inFlight <= settled) settledSeconds = now;
    now = replica.nextSeconds;
    replica.proceed();
  }
  const judged = ledger.timeToFirstToken.subarray(Math.ceil(settled), sent - inFlight);
  const met = judged.filter((seconds) => seconds <= test.timeToFirstTokenSeconds).length;
  return {
    inFlight,
    requestsPerSecond: (sent - inFlight - settled) / (now - settledSeconds),
    attainment: met / judged.length,
  };
}
