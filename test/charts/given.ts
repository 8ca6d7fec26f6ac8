/** Runs to draw, and pictures as documents. */
import { DOMParser, type Element } from '@xmldom/xmldom';
import type { Timeline } from '../../lib/charts';

/** Forty seconds of a small service. */
export function timeline(more: Partial<Timeline> = {}): Timeline {
  return {
    title: 'A spike',
    subtitle: 'chat in prod',
    stepSeconds: 10,
    arrivalsPerSecond: [5, 15, 15, 5],
    readyReplicas: [1, 1, 2, 2],
    startingReplicas: [0, 1, 0, 0],
    desiredReplicas: [1, 2, 2, 2],
    placeholders: [1, 0, 0, 1],
    waitingRequests: [0, 40, 10, 0],
    ttftSeconds: { p50: [0.2, 0.4, 0.3, 0.2], p95: [0.4, 4, 2, 0.5], p99: [0.5, 8, undefined, 0.6] },
    objectiveSeconds: 2,
    marks: [{ atSeconds: 10, text: 'spike' }],
    ...more,
  };
}

/** The root of a picture; the test fails where it is not well-formed. */
export function parsed(svg: string): Element {
  const onError = (level: string, message: string) => {
    throw new Error(`${level}: ${message}`);
  };
  const root = new DOMParser({ onError }).parseFromString(svg, 'image/svg+xml').documentElement;
  if (root === null) throw new Error('there is no root');
  return root;
}

export function elements(root: Element, name: string): readonly Element[] {
  return Array.from(root.getElementsByTagName(name));
}

export const texts = (root: Element) => elements(root, 'text').map(({ textContent }) => textContent ?? '');

/** What the paths of a class draw. */
export function paths(root: Element, ...classes: readonly string[]): readonly string[] {
  return elements(root, 'path')
    .filter((path) => classes.every((one) => path.getAttribute('class')?.split(' ').includes(one)))
    .map((path) => path.getAttribute('d') ?? '');
}
