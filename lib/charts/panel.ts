/** One panel of a picture: its frame, its axis and its series. */
import { countText, decadesAround, decadeTicks, durationText } from './scales';
import type { Colour } from './style';
import { TEXT, textWidth } from './style';
import { element, rounded, text } from './svg';

/** The parts of D3 that draw; loaded when a picture is wanted, see `timeline-svg`. */
export interface Drawing {
  readonly scale: typeof import('d3-scale', { with: { 'resolution-mode': 'import' }});
  readonly shape: typeof import('d3-shape', { with: { 'resolution-mode': 'import' }});
}

/** How a series is drawn: `step` holds a value until the next one, `curve` goes straight through the middles. */
export interface Series {
  readonly label: string;
  readonly colour: Colour;
  readonly values: readonly (number | undefined)[];
  readonly run: 'step' | 'curve';
  readonly stroke?: 'plain' | 'dashed' | 'dotted' | 'thin' | 'strong';
  /** Filled down to these values, or to the bottom. */
  readonly area?: 'bottom' | readonly (number | undefined)[];
  readonly dense?: boolean;
}

export interface Panel {
  readonly title: string;
  readonly height: number;
  /** `whole`: numbers of things. `decades`: times, on a logarithmic axis. */
  readonly axis: 'number' | 'whole' | 'decades';
  readonly series: readonly Series[];
  readonly limit?: { readonly value: number; readonly text: string };
}

/** Where a panel stands, and what a point of its series is in time. */
export interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly pointSeconds: number;
  /** Room between the panel and its title for something else. @default 0 */
  readonly headGap?: number;
  readonly durationSeconds: number;
}

type Scale = (value: number) => number;

const VALUE_TICKS = 3;
const SWATCH = 18;
const BETWEEN_LABELS = 16;
const HEAD_GAP = 9;

/** More than this is drawn at the edge, as what is infinite. */
const MOST_COUNTED = 1e15;

/** The axis of an idle service goes up to one. */
const LEAST_COUNTED = 1;

/** Room above the greatest value, so that its line does not lie on the edge. */
const HEADROOM = 1.1;

interface Axis {
  readonly y: Scale;
  readonly ticks: readonly number[];
  readonly write: (value: number) => string;
}

function axisOf({ scale }: Drawing, panel: Panel, edge: number): Axis {
  const values = panel.series.flatMap(({ values }) => values);
  const range = [edge + panel.height, edge];
  if (panel.axis === 'decades') {
    const [from, to] = decadesAround(values, panel.limit?.value ?? 1);
    // What never ended gets a line of its own, a decade above what took long.
    const endless = values.some((value) => value === Number.POSITIVE_INFINITY);
    const top = endless ? to * 10 : to;
    const log = scale.scaleLog([from, top], range);
    return {
      y: (value) => log(value === Number.POSITIVE_INFINITY ? top : Math.min(to, Math.max(from, value))),
      ticks: [...decadeTicks([from, to]), ...(endless ? [Number.POSITIVE_INFINITY] : [])],
      write: (value) => (value === Number.POSITIVE_INFINITY ? 'never' : durationText(value)),
    };
  }
  const most = values.reduce<number>(
    (high, value) => (shown(value) && value <= MOST_COUNTED ? Math.max(high, value) : high),
    LEAST_COUNTED,
  );
  const greatest = most * HEADROOM;
  const linear = scale.scaleLinear([0, greatest], range);
  const ticks = linear.ticks(VALUE_TICKS).filter((tick) => panel.axis === 'number' || Number.isInteger(tick));
  return { y: (value) => linear(Math.min(greatest, Math.max(0, value))), ticks, write: countText };
}

/** A corner of a line; absent where nothing was measured. */
interface Corner {
  readonly seconds: number;
  readonly value: number;
  /** Where the area below ends. */
  readonly base: number | undefined;
}

const shown = (value: number | undefined): value is number => value !== undefined && !Number.isNaN(value);

/** Straight lines through the middles of the points. */
function curve({ values }: Series, pointSeconds: number): (Corner | undefined)[] {
  return values.map((value, i) =>
    shown(value) ? { seconds: (i + 0.5) * pointSeconds, value, base: undefined } : undefined,
  );
}

/** Level lines as long as a value lasts: only the corners are kept, and each point lasts to its end. */
function steps({ values, area }: Series, pointSeconds: number): (Corner | undefined)[] {
  const corners: (Corner | undefined)[] = [];
  for (const [i, value] of values.entries()) {
    const base = typeof area === 'object' ? area[i] : undefined;
    const before = corners[corners.length - 1];
    const seconds = (i + 1) * pointSeconds;
    if (!shown(value)) corners.push(undefined);
    else if (before?.value === value && before.base === base) corners[corners.length - 1] = { seconds, value, base };
    else corners.push({ seconds: i * pointSeconds, value, base }, { seconds, value, base });
  }
  return corners;
}

function seriesPaths({ shape }: Drawing, series: Series, place: Place, x: Scale, y: Scale, bottom: number): string {
  const { area, colour, run, stroke, dense } = series;
  const points = run === 'step' ? steps(series, place.pointSeconds) : curve(series, place.pointSeconds);
  const isCorner = (corner: Corner | undefined) => corner !== undefined;
  const across = (corner: Corner | undefined) => x(Math.min(place.durationSeconds, corner?.seconds ?? 0));
  const up = (corner: Corner | undefined) => (corner === undefined ? bottom : y(corner.value));
  const line = shape.line<Corner | undefined>().digits(1).defined(isCorner).x(across).y(up);
  const lines = element('path', { class: `wp-line${classOf(stroke)} wp-${colour}`, d: line(points) ?? '' });
  if (area === undefined) return lines;
  const down = (corner: Corner | undefined) => (corner?.base === undefined ? bottom : y(corner.base));
  const fill = shape.area<Corner | undefined>().digits(1).defined(isCorner).x(across).y0(down).y1(up);
  return element('path', { class: areaClass(colour, dense), d: fill(points) ?? '' }) + lines;
}

function classOf(stroke: Series['stroke']): string {
  return stroke === undefined || stroke === 'plain' ? '' : ` wp-${stroke}`;
}

function areaClass(colour: Colour, dense: boolean | undefined): string {
  return `wp-area${dense ? ' wp-dense' : ''} wp-fill-${colour}`;
}

/** The names of the series with a piece of their lines, from the right. */
function legend({ series }: Panel, right: number, baseline: number): string {
  let end = right;
  const entries = [...series].reverse().map(({ label, colour, stroke, area, dense }) => {
    const start = end - textWidth(label, TEXT.label);
    const from = start - SWATCH - 5;
    end = from - BETWEEN_LABELS;
    const middle = baseline - 4;
    const box = { x: from, y: middle - 5, width: SWATCH, height: 10 };
    return [
      area === undefined ? '' : element('rect', { class: areaClass(colour, dense), ...box }),
      element('path', {
        class: `wp-line${classOf(stroke)} wp-${colour}`,
        d: `M${rounded(from)},${rounded(middle)}h${SWATCH}`,
      }),
      text(label, { class: 'wp-label wp-text', x: start, y: baseline }),
    ].join('');
  });
  return entries.reverse().join('');
}

/** What is later than the limit, and the limit itself. */
function drawLimit({ limit }: Panel, { left, right, top }: Place, y: Scale): string {
  if (limit === undefined) return '';
  const height = y(limit.value);
  const late = { x: left, y: top, width: right - left, height: height - top };
  return [
    element('rect', { class: 'wp-late wp-fill-red', ...late }),
    element('path', { class: 'wp-line wp-dashed wp-red', d: `M${rounded(left)},${rounded(height)}H${rounded(right)}` }),
    text(limit.text, { class: 'wp-label wp-fill-red', x: right - 4, y: height - 5, 'text-anchor': 'end' }),
  ].join('');
}

/** A panel, drawn at its place; `times` and `marks` are moments that get a line across it. */
export function drawPanel(
  drawing: Drawing,
  panel: Panel,
  place: Place,
  { times, marks }: { readonly times: readonly number[]; readonly marks: readonly number[] },
): string {
  const { left, right, top } = place;
  const bottom = top + panel.height;
  const x: Scale = drawing.scale.scaleLinear([0, place.durationSeconds], [left, right]);
  const { y, ticks, write } = axisOf(drawing, panel, top);
  const across = (height: number, style: string) =>
    element('path', { class: style, d: `M${rounded(left)},${rounded(height)}H${rounded(right)}` });
  const upright = (seconds: number, style: string) =>
    element('path', { class: style, d: `M${rounded(x(seconds))},${rounded(top)}V${rounded(bottom)}` });
  const head = top - HEAD_GAP - (place.headGap ?? 0);
  return element(
    'g',
    {},
    text(panel.title, { class: 'wp-panel wp-text', x: left, y: head }),
    legend(panel, right, head),
    ...times.map((seconds) => upright(seconds, 'wp-grid')),
    ...ticks.map((tick) => across(y(tick), 'wp-grid')),
    ...ticks.map((tick) =>
      text(write(tick), { class: 'wp-label wp-quiet', x: left - 8, y: y(tick) + 4, 'text-anchor': 'end' }),
    ),
    ...panel.series.map((series) => seriesPaths(drawing, series, place, x, y, bottom)),
    across(bottom, 'wp-axis'),
    drawLimit(panel, place, y),
    ...marks.map((seconds) => upright(seconds, 'wp-mark')),
  );
}
