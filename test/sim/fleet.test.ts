import type { Pod } from '../../lib/sim/cluster';
import { Fleet } from '../../lib/sim/fleet';
import { ServerModel } from '../../lib/sim/replica';
import { ledgerOf, PLAIN } from './given';

let order = 0;
const pod = (): Pod => ({ state: 'ready', order: order++, node: undefined, readySeconds: 0 });

/** Ten requests that arrive at 0 s: 10 tokens to read (20 ms), 5 to make (11 ms each after the first). */
function fleet({ floor = 0, patience = 60 } = {}) {
  const ledger = ledgerOf(Array.from({ length: 10 }, () => [0, 10, 5] as const));
  return { ledger, fleet: new Fleet(new ServerModel(PLAIN, 1, patience), ledger, floor) };
}

describe('a fleet', () => {
  it('hands a request to the server with the fewest, of equal ones to the one that was ready first', () => {
    const { fleet: servers } = fleet();
    const [a, b] = [pod(), pod()];
    servers.admit(a, 0);
    servers.admit(b, 0);
    for (let request = 0; request < 3; request += 1) servers.route(request, 0);
    expect([servers.inFlightOf(a), servers.inFlightOf(b)]).toEqual([2, 1]);
    expect(servers.pods).toEqual([a, b]);
    expect(servers.mostReplicas).toBe(2);
  });

  it('holds requests until anybody is ready', () => {
    const { fleet: servers, ledger } = fleet();
    servers.route(0, 0);
    servers.route(1, 0);
    expect([servers.heldRequests, servers.waiting, servers.next()]).toEqual([2, 2, undefined]);
    const first = pod();
    servers.admit(first, 3);
    expect([servers.heldRequests, servers.inFlightOf(first)]).toEqual([0, 2]);
    servers.workOff();
    // The first alone in its step of 20 ms; the second beside one token of the first: 10 + 1 + 10 ms.
    expect(ledger.timeToFirstToken[0]).toBeCloseTo(3.02, 12);
    expect(ledger.timeToFirstToken[1]).toBeCloseTo(3.041, 12);
  });

  it('gives nothing more to a pod that ends, which ends what it has', () => {
    const { fleet: servers, ledger } = fleet();
    const [a, b] = [pod(), pod()];
    servers.admit(a, 0);
    servers.route(0, 0);
    servers.close(a);
    servers.admit(b, 0);
    servers.route(1, 0);
    expect([servers.inFlightOf(a), servers.inFlightOf(b), servers.open.length]).toEqual([1, 1, 1]);
    servers.workOff();
    // 20 ms, and four tokens of 11 ms.
    expect(ledger.endSeconds[0]).toBeCloseTo(0.064, 12);
  });

  it('says which server ends a step first', () => {
    const { fleet: servers } = fleet();
    servers.admit(pod(), 0);
    servers.route(0, 0);
    servers.admit(pod(), 0.01);
    servers.route(1, 0.01);
    expect(servers.next()?.nextSeconds).toBeCloseTo(0.02, 12);
    servers.next()?.proceed();
    expect(servers.next()?.nextSeconds).toBeCloseTo(0.03, 12);
  });

  it('cuts off what a lost pod has, whatever was done of it', () => {
    const { fleet: servers, ledger } = fleet();
    const lost = pod();
    servers.admit(lost, 0);
    servers.route(0, 0);
    // Its prompt is read; the second is being read, the others wait: four run at the same time.
    servers.next()?.proceed();
    for (let request = 1; request < 7; request += 1) servers.route(request, 0.02);
    servers.drop(lost, 0.025);
    expect(Array.from(ledger.endSeconds.slice(0, 7))).toEqual(new Array(7).fill(0.025));
    expect(ledger.timeToFirstToken[0]).toBeCloseTo(0.02, 12);
    expect(ledger.timeToFirstToken[6]).toBeNaN();
    expect([servers.inFlightOf(lost), servers.open.length, servers.next()]).toEqual([0, 0, undefined]);
    servers.drop(lost, 99);
    expect(ledger.endSeconds[0]).toBe(0.025);
  });

  it('serves from the floor as from pods, and counts it among none', () => {
    const { fleet: servers } = fleet({ floor: 2 });
    for (let request = 0; request < 4; request += 1) servers.route(request, 0);
    expect(servers.open.map(({ inFlight }) => inFlight)).toEqual([2, 2]);
    expect([servers.mostReplicas, servers.pods]).toEqual([0, []]);
    servers.admit(pod(), 0);
    expect([servers.mostReplicas, servers.open.length]).toEqual([1, 3]);
  });

  it('leaves in the end no request without an end', () => {
    const { fleet: servers, ledger } = fleet({ patience: 7 });
    const gone = pod();
    servers.admit(gone, 0);
    servers.route(0, 0);
    servers.drop(gone, 1);
    for (let request = 1; request < 10; request += 1) servers.route(request, 2);
    servers.workOff();
    expect(Array.from(ledger.endSeconds)).toEqual([1, ...new Array(9).fill(7)]);
    expect(servers.heldRequests).toBe(0);
  });
});
