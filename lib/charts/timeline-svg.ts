/** Pictures of runs: what stands in which panel. */
import type { Drawing, Panel, Series } from './panel';
import { drawPicture } from './picture';
import { countText, durationText } from './scales';
import type { Colour } from './style';
import { type LabelledRun, type Reduced, reduce, type Steps, type Timeline } from './timeline';

const HEIGHTS = { arrivals: 88, replicas: 128, waiting: 88, ttft: 148 } as const;

/** D3 is made of modules that CommonJS cannot load at once; and whoever draws nothing need not have it loaded. */
async function loadDrawing(): Promise<Drawing> {
  const [scale, shape] = await Promise.all([import('d3-scale'), import('d3-shape')]);
  return { scale, shape };
}

function most(steps: Steps): number | undefined {
  return Array.from(steps).reduce<number | undefined>(
    (high, value) => (value === undefined || Number.isNaN(value) ? high : Math.max(high ?? value, value)),
    undefined,
  );
}

const said = (value: number | undefined, write: (value: number) => string) => {
  if (value === undefined) return 'unknown';
  return Number.isFinite(value) ? write(value) : 'without end';
};

/** What the picture shows, for whoever cannot see it. */
function summaryOf({
  arrivalsPerSecond,
  readyReplicas,
  waitingRequests,
  ttftSeconds,
  objectiveSeconds,
}: Timeline): string {
  return [
    `At most ${said(most(arrivalsPerSecond), countText)} requests per second arrive,`,
    `${said(most(readyReplicas), countText)} replicas serve and ${said(most(waitingRequests), countText)} requests wait.`,
    `The 99th percentile of the time to first token is ${said(most(ttftSeconds.p99), durationText)} at the worst;`,
    `${durationText(objectiveSeconds)} was promised.`,
  ].join(' ');
}

/** A line at what was promised; nothing where that is no number. */
function objective({ objectiveSeconds }: Timeline): Panel['limit'] {
  if (!Number.isFinite(objectiveSeconds)) return undefined;
  return { value: objectiveSeconds, text: `promised: ${durationText(objectiveSeconds)}` };
}

function arrivals(timeline: Timeline, reduced: Reduced): Panel {
  const values = reduced.of(timeline.arrivalsPerSecond, 'mean');
  const series: Series = { label: 'arrivals', colour: 'blue', values, run: 'curve', area: 'bottom' };
  return { title: 'Requests per second', height: HEIGHTS.arrivals, axis: 'number', series: [series] };
}

/**
 * Draws a run: arrivals, replicas and warm nodes, waiting requests, and the time to first token on a logarithmic axis.
 * Same input, same bytes. Where a run has more steps than a picture has room for, the worst of several is drawn, and the
 * mean of rates. What is infinite stands at the edge.
 * @throws RangeError for a step that is no time
 */
export async function timelineSvg(timeline: Timeline): Promise<string> {
  const drawing = await loadDrawing();
  const reduced = reduce(timeline);
  const ready = reduced.of(timeline.readyReplicas, 'least');
  const starting = reduced.of(timeline.startingReplicas, 'most');
  // Drawn on top of the ready ones, and only where there are any.
  const existing = starting.map((value, i) =>
    value === undefined || value <= 0 ? undefined : value + (ready[i] ?? 0),
  );
  const { p50, p95, p99 } = timeline.ttftSeconds;
  const placeholders = reduced.of(timeline.placeholders, 'least');
  const warm: Series = {
    label: 'placeholders on warm nodes',
    colour: 'violet',
    values: placeholders,
    run: 'step',
    stroke: 'dotted',
  };
  const panels: readonly Panel[] = [
    arrivals(timeline, reduced),
    {
      title: 'Replicas',
      height: HEIGHTS.replicas,
      axis: 'whole',
      series: [
        { label: 'ready', colour: 'green', values: ready, run: 'step', area: 'bottom', dense: true },
        { label: 'starting', colour: 'amber', values: existing, run: 'step', area: ready },
        {
          label: 'wanted',
          colour: 'ink',
          values: reduced.of(timeline.desiredReplicas, 'most'),
          run: 'step',
          stroke: 'dashed',
        },
        ...(placeholders.some((value) => value !== undefined && value > 0) ? [warm] : []),
      ],
    },
    {
      title: 'Requests without a first token',
      height: HEIGHTS.waiting,
      axis: 'whole',
      series: [
        {
          label: 'waiting',
          colour: 'red',
          values: reduced.of(timeline.waitingRequests, 'most'),
          run: 'step',
          area: 'bottom',
        },
      ],
    },
    {
      title: 'Time to first token',
      height: HEIGHTS.ttft,
      axis: 'decades',
      limit: objective(timeline),
      series: [
        { label: 'p50', colour: 'blue', values: reduced.of(p50, 'most'), run: 'curve', stroke: 'thin' },
        { label: 'p95', colour: 'violet', values: reduced.of(p95, 'most'), run: 'curve' },
        { label: 'p99', colour: 'ink', values: reduced.of(p99, 'most'), run: 'curve', stroke: 'strong' },
      ],
    },
  ];
  const { title, subtitle, marks = [] } = timeline;
  return drawPicture(drawing, { title, subtitle, summary: summaryOf(timeline), panels, marks, reduced });
}

/** Where lines meet, the dashes of the later ones are seen on the first. */
const RUN_COLOURS: readonly Colour[] = ['blue', 'amber', 'green', 'violet'];
const RUN_STROKES = ['strong', 'dashed', 'thin', 'dotted'] as const;

/**
 * Draws runs of the same traffic over one another: arrivals of the first, and of each its ready replicas, its waiting
 * requests and the 99th percentile of its time to first token.
 * @param runs up to four of the same step, the one that matters first; marks are its own
 * @throws RangeError for runs that do not lie over one another
 */
export async function comparisonSvg(title: string, runs: readonly LabelledRun[], subtitle?: string): Promise<string> {
  const [first] = runs;
  if (first === undefined || runs.length > RUN_COLOURS.length) {
    throw new RangeError(`runs = ${runs.length}: they cannot be told apart. Allowed: 1 to ${RUN_COLOURS.length}`);
  }
  const odd = runs.find(({ timeline }) => timeline.stepSeconds !== first.timeline.stepSeconds);
  if (odd !== undefined) {
    const { stepSeconds } = odd.timeline;
    throw new RangeError(
      `stepSeconds = ${stepSeconds} in '${odd.label}'. Allowed: ${first.timeline.stepSeconds}, as the first`,
    );
  }
  const drawing = await loadDrawing();
  const longest = runs.reduce((most, one) => (lengthOf(one) > lengthOf(most) ? one : most));
  const reduced = reduce(longest.timeline);
  const each = (run: Series['run'], values: (timeline: Timeline) => Series['values'], area?: 'bottom') =>
    runs.map(({ label, timeline }, i): Series => {
      const colour = RUN_COLOURS[i] ?? 'ink';
      return { label, colour, values: values(timeline), run, stroke: RUN_STROKES[i], area };
    });
  const panels: readonly Panel[] = [
    arrivals(first.timeline, reduced),
    {
      title: 'Ready replicas',
      height: HEIGHTS.replicas,
      axis: 'whole',
      series: each('step', ({ readyReplicas }) => reduced.of(readyReplicas, 'least')),
    },
    {
      title: 'Requests without a first token',
      height: HEIGHTS.waiting,
      axis: 'whole',
      series: each('step', ({ waitingRequests }) => reduced.of(waitingRequests, 'most'), 'bottom'),
    },
    {
      title: 'Time to first token, 99th percentile',
      height: HEIGHTS.ttft,
      axis: 'decades',
      limit: objective(first.timeline),
      series: each('curve', ({ ttftSeconds }) => reduced.of(ttftSeconds.p99, 'most')),
    },
  ];
  const summary = runs.map(({ label, timeline }) => `${label}: ${summaryOf(timeline)}`).join(' ');
  return drawPicture(drawing, { title, subtitle, summary, panels, marks: first.timeline.marks ?? [], reduced });
}

const lengthOf = ({ timeline }: LabelledRun) => timeline.arrivalsPerSecond.length;
