/** A picture: panels below one another over one axis of time, with title, marks and everything that is said in words. */
import { type Drawing, drawPanel, type Panel } from './panel';
import { spanText, timeTicks } from './scales';
import { styleSheet, TEXT, textWidth } from './style';
import { element, escaped, text } from './svg';
import type { Reduced, TimelineMark } from './timeline';

/** What is drawn. */
export interface Picture {
  readonly title: string;
  readonly subtitle: string | undefined;
  /** What it shows, for whoever cannot see it. */
  readonly summary: string;
  readonly panels: readonly Panel[];
  readonly marks: readonly TimelineMark[];
  readonly reduced: Reduced;
}

const WIDTH = 960;
const LEFT = 64;
const RIGHT = WIDTH - 24;
const TITLE = 28;
const HEAD = 72;
const BETWEEN = 44;
const FOOT = 34;
const TICK = 18;

const MARK_ROW = 13;
const MARK_GAP = 5;
const BETWEEN_MARKS = 12;

interface PlacedMark {
  readonly words: string;
  readonly centre: number;
  readonly row: number;
}

/** The words of marks, each above its line, in the lowest row that has room for them. */
function placeMarks(marks: readonly TimelineMark[], x: (seconds: number) => number): readonly PlacedMark[] {
  const ends: number[] = [];
  const inOrder = [...marks].sort((a, b) => a.atSeconds - b.atSeconds);
  return inOrder.map(({ atSeconds, text: words }) => {
    const width = textWidth(words, TEXT.label);
    const start = Math.max(LEFT, Math.min(x(atSeconds) - width / 2, RIGHT - width));
    const free = ends.findIndex((end) => end + BETWEEN_MARKS <= start);
    const row = free === -1 ? ends.length : free;
    ends[row] = start + width;
    return { words, centre: start + width / 2, row };
  });
}

/** Draws the picture, with a line break at its end. */
export function drawPicture(drawing: Drawing, picture: Picture): string {
  const { title, subtitle, summary, panels, marks, reduced } = picture;
  const { durationSeconds } = reduced;
  const x = (seconds: number) => LEFT + (seconds / durationSeconds) * (RIGHT - LEFT);
  const ticks = timeTicks(durationSeconds);
  const inside = marks.filter(({ atSeconds }) => atSeconds >= 0 && atSeconds <= durationSeconds);
  const moments = { times: ticks.map(([seconds]) => seconds), marks: inside.map(({ atSeconds }) => atSeconds) };
  const placed = placeMarks(inside, x);
  const headGap = placed.reduce((height, { row }) => Math.max(height, (row + 1) * MARK_ROW), 0);
  const first = HEAD + headGap;
  let top = first;
  const drawn: string[] = [];
  for (const [i, panel] of panels.entries()) {
    const across = { left: LEFT, right: RIGHT, pointSeconds: reduced.seconds, durationSeconds };
    drawn.push(drawPanel(drawing, panel, { ...across, top, headGap: i === 0 ? headGap : 0 }, moments));
    top += panel.height + BETWEEN;
  }
  const bottom = top - BETWEEN;
  const height = bottom + FOOT;
  const together = `one point for ${spanText(reduced.seconds)}`;
  const size = { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height };
  const quiet = 'wp-label wp-quiet';
  const parts = [
    element('title', {}, escaped(title)),
    element('desc', {}, escaped(summary)),
    element('style', {}, styleSheet()),
    element('rect', { class: 'wp-ground', width: WIDTH, height, rx: 6 }),
    text(title, { class: 'wp-title wp-text', x: LEFT, y: TITLE }),
    text([subtitle, together].filter((words) => words !== undefined).join(' · '), {
      class: 'wp-subtitle wp-quiet',
      x: RIGHT,
      y: TITLE,
      'text-anchor': 'end',
    }),
    ...placed.map(({ words, centre, row }) =>
      text(words, { class: quiet, x: centre, y: first - MARK_GAP - row * MARK_ROW, 'text-anchor': 'middle' }),
    ),
    ...drawn,
    ...ticks.map(([seconds, label]) =>
      text(label, { class: quiet, x: x(seconds), y: bottom + TICK, 'text-anchor': 'middle' }),
    ),
  ];
  const head = { xmlns: 'http://www.w3.org/2000/svg', class: 'wp-chart', ...size, role: 'img' };
  return `${element('svg', head, ...parts)}\n`;
}
