import { rollingUpdateOf } from '../../lib/policy/rolling-update';

const room = (replicas: number, strategy?: unknown, apiVersion = 'apps/v1', kind = 'Deployment') =>
  rollingUpdateOf({ file: 'a.yaml', index: 0, object: { apiVersion, kind, spec: { strategy } } }, replicas);
const rolling = (maxSurge?: unknown, maxUnavailable?: unknown) => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge, maxUnavailable },
});

describe('the pods of an update', () => {
  it.each([
    ['a quarter more, rounded up, and a quarter fewer, rounded down, by default', 6, undefined, 2, 1],
    ['the same where only the type is written', 6, { type: 'RollingUpdate' }, 2, 1],
    ['the same where no type is written', 6, { rollingUpdate: {} }, 2, 1],
    ['as many as are written', 6, rolling(3, 2), 3, 2],
    ['as much as is written', 10, rolling('30%', '55%'), 3, 5],
    ['one more where none may be missing', 3, rolling(1, 0), 1, 0],
    ['one fewer where none may be added', 3, rolling(0, 1), 0, 1],
    ['two fewer where none may be added', 8, rolling(0, '25%'), 0, 2],
    ['one fewer where neither is allowed', 3, rolling(0, 0), 0, 1],
    ['one fewer where rounding leaves none', 3, rolling('0%', '25%'), 0, 1],
    ['one fewer where nobody can read what is written', 3, rolling('many', {}), 0, 1],
  ])('are %s', (_, replicas, strategy, surge, unavailable) => {
    expect(room(replicas, strategy)).toEqual({ surge, unavailable });
  });

  it.each([
    ['is recreated', { type: 'Recreate' }, 'apps/v1', 'Deployment'],
    ['is a StatefulSet', undefined, 'apps/v1', 'StatefulSet'],
    ['is a Deployment of another group', undefined, 'example.com/v1', 'Deployment'],
    ['is something else', undefined, 'v1', 'Pod'],
  ])('are unknown of what %s', (_, strategy, apiVersion, kind) => {
    expect(room(4, strategy, apiVersion, kind)).toBeUndefined();
  });
});
