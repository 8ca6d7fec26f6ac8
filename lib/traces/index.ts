/** Recorded traffic: readers of its forms, and requests made from it. */
export { type Counts, countsPerSecond } from './counts';
export { draftTrace, readTrace } from './read';
export { type RequestOptions, requestsOf } from './requests';
export { type Story, storyStream } from './story';
export { SERVEGEN_M_LARGE, type TokenMix, type TokenPairs, type TokenQuantiles } from './token-mix';
export type { ArrivalFamily, ClientTrace, RateTrace, RequestTrace, Trace } from './trace';
