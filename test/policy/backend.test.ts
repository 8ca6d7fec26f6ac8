import { judgeService, portAt } from '../../lib/policy/backend';
import { Inventory } from '../../lib/policy/inventory';

const service = (name: string, namespace: string, spec: unknown) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec,
});
const PORTS = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'metrics', port: 9090 },
];
const OBJECTS = [
  service('web', 'chat', { ports: PORTS }),
  service('unnamed', 'chat', { ports: [{ port: 80 }, { port: 81 }] }),
  service('none', 'chat', undefined),
  service('elsewhere', 'chat', { type: 'ExternalName', externalName: 'example.com' }),
  service('app', 'default', { ports: PORTS }),
];
const inventory = new Inventory(OBJECTS.map((object, index) => ({ file: 'all.yaml', index, object })));

const judged = (name: string, port?: string | number, namespace = 'chat') =>
  judgeService(inventory, {
    name,
    namespace,
    path: ['spec', 'name'],
    ...(port === undefined ? {} : { port: { value: port, path: ['spec', 'port'] } }),
  });

describe('a port', () => {
  it.each([
    [80, 80],
    ['http', 'http'],
    ['80', '80'],
    [true, undefined],
    [undefined, undefined],
    [Number.NaN, undefined],
  ])('written as %p is %p', (port, read) => {
    expect(portAt({ service: { port } }, 'service', 'port')).toBe(read);
  });
});

describe('a reference to a Service', () => {
  it.each([
    ['by its name alone', 'web', undefined],
    ['by the number of its first port', 'web', 80],
    ['by the number of another port', 'web', 9090],
    ['by the name of its first port', 'web', 'http'],
    ['by the name of another port', 'web', 'metrics'],
    ['that has no ports, by its name alone', 'none', undefined],
    ['of another cluster, by whatever port', 'elsewhere', 443],
  ])('%s is right', (_, name, port) => {
    expect(judged(name, port)).toBeUndefined();
  });

  it.each([
    ['that is missing', 'wbe', 80],
    ['of the name of the API server', 'kubernetes', 443],
  ])('%s breaks at its name', (_, name, port) => {
    expect(judged(name, port)).toMatchObject({
      path: ['spec', 'name'],
      value: name,
      message: `there is no Service '${name}' in namespace 'chat'`,
      allowed: "'elsewhere', 'none', 'unnamed', 'web'",
      about: `Service/${name}`,
    });
  });

  it.each([
    ['number', 'web', 8080, 'no port 8080', "'80', '9090'"],
    ['number, as a text', 'web', '80', "no port '80'", "'http', 'metrics'"],
    ['name', 'web', 'https', "no port 'https'", "'http', 'metrics'"],
    ['number, where it has none', 'none', 80, 'no port 80', 'no port, it has none'],
    ['name, where its ports have none', 'unnamed', 'http', "no port 'http'", 'no name, its ports have none'],
  ])('by a port that it has not breaks at the port: %s', (_, name, port, message, allowed) => {
    expect(judged(name, port)).toEqual({
      path: ['spec', 'port'],
      value: port,
      message: `the Service '${name}' has ${message}`,
      allowed,
      fix: 'name a port of the Service, not of its pods',
      about: `Service/${name}`,
    });
  });

  it('of a namespace that is not among the manifests may be right', () => {
    expect(judged('any', 80, 'monitoring')).toBeUndefined();
  });

  it('to the API server is right, and to nothing else that is missing in its namespace', () => {
    expect(judged('kubernetes', 443, 'default')).toBeUndefined();
    expect(judged('web', 80, 'default')?.message).toBe("there is no Service 'web' in namespace 'default'");
  });
});
