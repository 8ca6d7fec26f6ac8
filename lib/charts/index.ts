/** Pictures of runs. Nothing else of the package loads what they are drawn with. */
export { requestSteps, type ServedRequests } from './request-steps';
export type { LabelledRun, Steps, Timeline, TimelineMark } from './timeline';
export { comparisonSvg, timelineSvg } from './timeline-svg';
