/** How many pods a Deployment adds and takes away while it is updated, as its controller decides (1.36). */
import { scaled } from './int-or-percent';
import { at } from './json';
import { identityOf, type Manifest } from './manifest';

/** The pods of an update. */
export interface UpdateRoom {
  readonly surge: number;
  readonly unavailable: number;
}

/** Kubernetes' own default, in both directions. */
const DEFAULT = '25%';

/** Undefined for what is not updated by a RollingUpdate of a Deployment. */
export function rollingUpdateOf({ object }: Manifest, replicas: number): UpdateRoom | undefined {
  const { group, kind } = identityOf(object);
  if (group !== 'apps' || kind !== 'Deployment') return undefined;
  const strategy = at(object, 'spec', 'strategy');
  if ((at(strategy, 'type') ?? 'RollingUpdate') !== 'RollingUpdate') return undefined;
  const surge = scaled(at(strategy, 'rollingUpdate', 'maxSurge') ?? DEFAULT, replicas, 'up') ?? 0;
  const unavailable = scaled(at(strategy, 'rollingUpdate', 'maxUnavailable') ?? DEFAULT, replicas, 'down') ?? 0;
  // The controller makes room by one pod where rounding leaves none.
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}
