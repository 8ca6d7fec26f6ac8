import fc from 'fast-check';
import { Agenda, Cluster, type Pod, type SimulatedPool } from '../../lib/sim/cluster';
import { RandomStream } from '../../lib/sim/random';

const exactly = (seconds: number) => ({ p50Seconds: seconds, p95Seconds: seconds });
const START = { node: exactly(300), image: exactly(40), container: exactly(60) };

interface Given {
  readonly pool?: Partial<SimulatedPool>;
  readonly placeholders?: number;
  readonly imagePrefetched?: boolean;
  readonly replicas?: number;
}

/** A cluster whose pods, once they end, are empty at once; every start takes exactly its time. */
function cluster({ pool, placeholders = 0, imagePrefetched = true, replicas = 2 }: Given = {}) {
  const agenda = new Agenda();
  const ready: Pod[] = [];
  const lost: Pod[] = [];
  const ending: Pod[] = [];
  const one = new Cluster(
    agenda,
    { minNodes: 0, maxNodes: 10, replicasPerNode: 1, ...pool },
    START,
    placeholders,
    imagePrefetched,
    new RandomStream(1, 'nodes'),
    new RandomStream(1, 'pods'),
    {
      podReady: (pod) => void ready.push(pod),
      podEnding: (pod) => void ending.push(pod),
      podLost: (pod) => void lost.push(pod),
    },
  );
  one.settle(replicas);
  const until = (seconds: number) => {
    while (agenda.nextSeconds <= seconds) agenda.runNext();
    one.touch(seconds);
  };
  const counts = () => [one.count('ready'), one.count('starting'), one.count('pending')];
  return { one, ready, lost, ending, until, counts };
}

const podsOf = (all: readonly Pod[], ...orders: readonly number[]) => all.filter(({ order }) => orders.includes(order));

describe('an agenda', () => {
  it('has an order of times, and within one time that in which things were written down', () => {
    const agenda = new Agenda();
    const done: string[] = [];
    for (const [at, what] of [
      [5, 'c'],
      [1, 'a'],
      [5, 'd'],
      [2, 'b'],
    ] as const)
      agenda.add(at, () => done.push(what));
    expect(agenda.nextSeconds).toBe(1);
    while (agenda.nextSeconds < Number.POSITIVE_INFINITY) agenda.runNext();
    expect(done).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a cluster begins', () => {
  it('with replicas that are ready and placeholders that run, each on a node', () => {
    const { one, ready, counts } = cluster({ replicas: 3, placeholders: 2 });
    expect(counts()).toEqual([3, 0, 0]);
    expect(ready).toHaveLength(3);
    expect([one.replicas, one.runningPlaceholders, one.nodeCount]).toEqual([3, 2, 5]);
  });

  it('with no more nodes than it may have, and no fewer', () => {
    expect(cluster({ replicas: 3, pool: { minNodes: 6 } }).one.nodeCount).toBe(6);
    const full = cluster({ replicas: 3, placeholders: 2, pool: { maxNodes: 2 } });
    expect(full.counts()).toEqual([2, 0, 1]);
    expect([full.one.nodeCount, full.one.runningPlaceholders]).toEqual([2, 0]);
  });

  it('with as many replicas on a node as fit', () => {
    expect(cluster({ replicas: 3, placeholders: 2, pool: { replicasPerNode: 2 } }).one.nodeCount).toBe(3);
  });
});

describe('one replica more', () => {
  it('takes the node of a placeholder, and the placeholder gets a new one', () => {
    const { one, until, counts } = cluster({ placeholders: 1 });
    one.scale(100, 3);
    until(101);
    // A pod a second later, on a node that has the image: 60 s.
    expect(counts()).toEqual([2, 1, 0]);
    expect(one.runningPlaceholders).toBe(0);
    until(160.9);
    expect(counts()).toEqual([2, 1, 0]);
    until(161);
    expect(counts()).toEqual([3, 0, 0]);
    // The autoscaler looks at 110 s, and 300 s later there is a node.
    until(409.9);
    expect([one.nodeCount, one.runningPlaceholders]).toEqual([4, 0]);
    until(410);
    expect([one.nodeCount, one.runningPlaceholders]).toEqual([4, 1]);
  });

  it('waits for a node, the image and its start where nothing is warm', () => {
    const { one, until, counts } = cluster();
    one.scale(100, 3);
    until(409.9);
    expect(counts()).toEqual([2, 0, 1]);
    until(410);
    expect(counts()).toEqual([2, 1, 0]);
    until(509.9);
    expect(counts()).toEqual([2, 1, 0]);
    // 410 s, the image of 40 s, the container of 60 s.
    until(510);
    expect(counts()).toEqual([3, 0, 0]);
  });

  it.each([
    ['with the image', true, 60],
    ['without the image, and pulls it', false, 40 + 60],
  ])('may stand on a warm node %s', (_, imagePrefetched, seconds) => {
    const { one, until, counts } = cluster({ placeholders: 1, imagePrefetched });
    // The first takes the warm node of the beginning, the second that of the placeholder that came after it.
    one.scale(100, 3);
    until(1000);
    expect(one.runningPlaceholders).toBe(1);
    one.scale(1000, 4);
    until(1001 + seconds - 0.1);
    expect(counts()).toEqual([3, 1, 0]);
    until(1001 + seconds);
    expect(counts()).toEqual([4, 0, 0]);
  });

  it('gets a node only once there is one to be had', () => {
    const { one, until } = cluster();
    one.stockOut = true;
    one.scale(100, 3);
    until(905);
    expect(one.nodeCount).toBe(2);
    one.stockOut = false;
    until(910);
    expect(one.nodeCount).toBe(3);
  });

  it('stays without one where the pool is full', () => {
    const { one, until, counts } = cluster({ pool: { maxNodes: 2 } });
    one.scale(100, 3);
    until(2000);
    expect([one.nodeCount, ...counts()]).toEqual([2, 2, 0, 1]);
  });
});

describe('fewer replicas', () => {
  it('take first who serves nobody, then who has served least long', () => {
    const { one, until, ending, ready } = cluster({ placeholders: 1 });
    one.scale(100, 3);
    until(200);
    // Two of the beginning, one since 161 s; a fourth waits for a node.
    one.scale(200, 4);
    until(205);
    one.scale(205, 2);
    expect(one.pods.size).toBe(3);
    expect(ending).toEqual([ready[2]]);
    one.scale(206, 1);
    expect(ending).toEqual([ready[2], ready[1]]);
  });

  it('leave their node when they are empty, and the node goes once nobody has needed it for 600 s', () => {
    const { one, until, ending } = cluster({ pool: { minNodes: 1 } });
    one.scale(100, 0);
    until(130);
    expect([one.count('ending'), one.nodeCount]).toEqual([2, 2]);
    for (const pod of [...ending]) one.remove(130, pod);
    until(729);
    expect([one.pods.size, one.nodeCount]).toEqual([0, 2]);
    // The autoscaler looks every ten seconds, and keeps the least of the pool.
    until(730);
    expect(one.nodeCount).toBe(1);
    until(5000);
    expect(one.nodeCount).toBe(1);
  });
});

describe('a node that is taken away', () => {
  const SHARED = { pool: { replicasPerNode: 2 }, placeholders: 1 };

  it('takes every pod on it', () => {
    const { one, ready, lost, counts } = cluster({ ...SHARED, replicas: 3 });
    const [first] = ready;
    if (first === undefined) throw new Error('no pod');
    one.evict(100, first);
    expect(lost).toEqual(podsOf(ready, 0, 1));
    // The third is ready; one of two new ones starts in the place of the placeholder, the other waits.
    expect(counts()).toEqual([1, 1, 1]);
    expect([one.nodeCount, one.runningPlaceholders]).toEqual([1, 0]);
  });

  it('takes the placeholders on it, so that nobody is ever put in their place', () => {
    const { one, ready, lost, until, counts } = cluster({ ...SHARED, replicas: 3 });
    const third = ready[2];
    if (third === undefined) throw new Error('no pod');
    expect(one.runningPlaceholders).toBe(1);
    one.evict(100, third);
    expect(lost).toEqual([third]);
    expect([one.nodeCount, one.runningPlaceholders]).toEqual([1, 0]);
    expect(counts()).toEqual([2, 0, 1]);
    one.scale(101, 4);
    until(109);
    expect(counts()).toEqual([2, 0, 2]);
    until(1000);
    expect([...counts(), one.runningPlaceholders, one.nodeCount]).toEqual([4, 0, 0, 1, 3]);
  });

  it('takes pods that end or start with it, and they are never heard of again', () => {
    const { one, ready, lost, until, counts } = cluster({ ...SHARED, placeholders: 0, replicas: 2 });
    const [first, second] = ready;
    if (first === undefined || second === undefined) throw new Error('no pod');
    one.scale(100, 1);
    expect(second.state).toBe('ending');
    one.evict(101, first);
    expect(lost).toEqual([first, second]);
    one.remove(105, second);
    expect(counts()).toEqual([0, 0, 1]);
    until(1000);
    expect(counts()).toEqual([1, 0, 0]);
    expect(ready).toHaveLength(3);
  });

  it('is taken once', () => {
    const { one, ready, lost } = cluster({ ...SHARED, replicas: 2 });
    for (const pod of podsOf(ready, 0, 1)) one.evict(100, pod);
    expect(lost).toHaveLength(2);
    expect(one.pods.size).toBe(2);
  });
});

describe('seconds of GPU use', () => {
  it('are told apart by what the GPUs do', () => {
    const { one, until } = cluster({ placeholders: 1, pool: { minNodes: 4 } });
    until(100);
    // Two replicas and a placeholder on four nodes.
    expect(one.seconds).toEqual({ ready: 200, starting: 0, placeholder: 100, idle: 100 });
    one.scale(100, 3);
    until(161);
    // From 101 s on the third starts on the node that was idle.
    expect(one.seconds).toEqual({ ready: 322, starting: 60, placeholder: 161, idle: 101 });
  });

  it('are those of all nodes, whatever happens, and none of them is negative', () => {
    const acts = fc.array(
      fc.record({
        seconds: fc.integer({ min: 1, max: 400 }),
        replicas: fc.nat(9),
        evict: fc.boolean(),
        drain: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(acts, fc.constantFrom(1, 2, 3), fc.nat(3), (script, replicasPerNode, placeholders) => {
        const { one, until, ending } = cluster({ placeholders, pool: { replicasPerNode, maxNodes: 6 } });
        let places = 0;
        let now = 0;
        for (const { seconds, replicas, evict, drain } of script) {
          for (let step = 0; step < seconds; step += 1) {
            // Nodes come and go at whole seconds.
            places += one.nodeCount * replicasPerNode;
            now += 1;
            until(now);
          }
          one.scale(now, replicas);
          const [pod] = [...one.pods].filter(({ node }) => node !== undefined);
          if (evict && pod !== undefined) one.evict(now, pod);
          if (drain) for (const done of ending.splice(0)) one.remove(now, done);
          expect(one.runningPlaceholders).toBeLessThanOrEqual(placeholders);
          expect(
            one.count('ready') + one.count('starting') + one.count('ending') + one.runningPlaceholders,
          ).toBeLessThanOrEqual(one.nodeCount * replicasPerNode);
        }
        const { ready, starting, placeholder, idle } = one.seconds;
        expect(ready + starting + placeholder + idle).toBeCloseTo(places, 6);
        expect(Math.min(ready, starting, placeholder, idle)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });
});
