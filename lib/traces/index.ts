/** Recorded traffic: readers of its forms, and requests made from it. */
export { countsPerSecond, type SecondCounts } from './counts';
export type { RequestOptions } from './part';
export { draftTrace, readTrace } from './read';
export { draftTokenQuantiles, readTokenQuantiles } from './read-tokens';
export { requestsOf } from './requests';
export { type Story, storyStream } from './story';
export { SERVEGEN_M_LARGE, type TokenMix, type TokenPairs, type TokenQuantiles } from './token-mix';
export type { ArrivalFamily, ClientTrace, RateTrace, RequestTrace, Trace } from './trace';
