/** What was recorded of a service's traffic, in one of three forms. */

/** Every request with its lengths. */
export interface RequestTrace {
  readonly form: 'requests';
  /** Where it was read from. */
  readonly source: string;
  /** Milliseconds from the first arrival, in order. */
  readonly arrivalMs: Float64Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  /** From the first arrival to the last. */
  readonly durationSeconds: number;
}

/** The rate of the whole service at moments that are evenly apart. */
export interface RateTrace {
  readonly form: 'rate';
  readonly source: string;
  /** Middles of the intervals in seconds from the beginning of the first one, in order. */
  readonly middleSeconds: Float64Array;
  readonly ratePerSecond: Float64Array;
  /** Least and greatest rate within the interval. */
  readonly lowestRatePerSecond: Float64Array;
  readonly highestRatePerSecond: Float64Array;
  /** Length of an interval. */
  readonly intervalSeconds: number;
  readonly durationSeconds: number;
}

/** How the times between two requests of a client are distributed. */
export type ArrivalFamily = 'gamma' | 'weibull';

/** The rate of every client in windows of one length, and how evenly its requests come. */
export interface ClientTrace {
  readonly form: 'clients';
  readonly source: string;
  /** Names of the clients; `client` of a window is an index into them. */
  readonly clients: readonly string[];
  /** One entry for each window in which a client sends anything, grouped by client in the order of the file. */
  readonly client: Uint32Array;
  /** Beginning of the window, from that of the first one. */
  readonly startSeconds: Float64Array;
  readonly ratePerSecond: Float64Array;
  /** Measured coefficient of variation of the times between requests. */
  readonly variation: Float64Array;
  readonly family: readonly ArrivalFamily[];
  /** Fitted shape of the family; its scale follows from the rate. */
  readonly shape: Float64Array;
  readonly windowSeconds: number;
  readonly durationSeconds: number;
}

/** A trace of any form. */
export type Trace = RequestTrace | RateTrace | ClientTrace;
