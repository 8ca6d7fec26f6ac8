/** `npx tsx bench/capacity.ts [SECONDS]`: the load test of a simulated replica under the conversations of bench/traces. */
import { join } from 'node:path';
import { loadTest } from '../lib/sim/load-test';
import { SERVER_PROFILES } from '../lib/sim/server-profile';
import { type RequestTrace, readTrace } from '../lib/traces';

const seconds = Number(process.argv[2] ?? 2);
const mix = readTrace(join(__dirname, 'traces/azure2023-conv.csv.gz')) as RequestTrace;
for (const [name, server] of Object.entries(SERVER_PROFILES)) {
  const found = loadTest({ server, mix, timeToFirstTokenSeconds: seconds, objective: 0.99, seed: 1 });
  console.log(name, found);
}
