/** Colours and lines of a picture: readable on light and on dark screens, and told apart without colour. */

/** Widths of letters differ; this is the mean of a wide font, in ems. */
const LETTER_EMS = 0.58;

/** Width that a text takes, near enough to put another one beside it. */
export function textWidth(content: string, size: number): number {
  return content.length * size * LETTER_EMS;
}

/** Sizes of text in pixels. */
export const TEXT = { title: 17, subtitle: 13, panel: 13, label: 11 } as const;

interface Theme {
  readonly ground: string;
  readonly ink: string;
  readonly quiet: string;
  readonly grid: string;
  readonly blue: string;
  readonly green: string;
  readonly amber: string;
  readonly violet: string;
  readonly red: string;
}

/** Each on its ground has a contrast of 4.5 and more, the grid excepted: test/charts. */
export const THEMES: Readonly<Record<'light' | 'dark', Theme>> = {
  light: {
    ground: '#ffffff',
    ink: '#1f2328',
    quiet: '#57606a',
    grid: '#d8dee4',
    blue: '#0969da',
    green: '#1a7f37',
    amber: '#9a6700',
    violet: '#8250df',
    red: '#cf222e',
  },
  dark: {
    ground: '#0d1117',
    ink: '#e6edf3',
    quiet: '#9aa4af',
    grid: '#2a313a',
    blue: '#58a6ff',
    green: '#3fb950',
    amber: '#d9a02e',
    violet: '#b78bff',
    red: '#ff7b72',
  },
};

const COLOURS = ['blue', 'green', 'amber', 'violet', 'red'] as const;

export type Colour = (typeof COLOURS)[number] | 'ink';

function rules(theme: Theme): string {
  const lines = (['ink', ...COLOURS] as const).map(
    (colour) => `.wp-${colour}{stroke:${theme[colour]}}.wp-fill-${colour}{fill:${theme[colour]}}`,
  );
  return [
    `.wp-ground{fill:${theme.ground}}.wp-text{fill:${theme.ink}}.wp-quiet{fill:${theme.quiet}}`,
    `.wp-grid{stroke:${theme.grid}}.wp-axis,.wp-mark{stroke:${theme.quiet}}`,
    ...lines,
  ].join('');
}

/** The style sheet of a picture. A viewer that knows no dark screens shows the light one, ground included. */
export function styleSheet(): string {
  return [
    '.wp-chart{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}',
    `.wp-title{font-size:${TEXT.title}px;font-weight:600}.wp-subtitle{font-size:${TEXT.subtitle}px}`,
    `.wp-panel{font-size:${TEXT.panel}px;font-weight:600}.wp-label{font-size:${TEXT.label}px}`,
    '.wp-line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}',
    '.wp-thin{stroke-width:1.1}.wp-strong{stroke-width:2.2}.wp-area{stroke:none;fill-opacity:.22}.wp-dense{fill-opacity:.5}.wp-late{fill-opacity:.06}',
    '.wp-dashed{stroke-dasharray:5 4}.wp-dotted{stroke-dasharray:1 4}',
    '.wp-grid,.wp-axis{stroke-width:1;shape-rendering:crispEdges}.wp-mark{stroke-width:1;stroke-dasharray:3 3}',
    rules(THEMES.light),
    `@media (prefers-color-scheme:dark){${rules(THEMES.dark)}}`,
  ].join('');
}
