import { gracePeriod } from '../../../lib/policy/rules/grace-period';
import { workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const preStop = (hook: string) => `lifecycle: { preStop: { ${hook} } }`;
const script = (text: string) => preStop(`exec: { command: [sh, -c, '${text}'] }`);
const container = (...fields: readonly string[]) => `{ ${['name: server', ...fields].join(', ')} }`;
const pod = (grace: number | undefined, ...containers: readonly string[]) =>
  workload(
    `${grace === undefined ? '' : `terminationGracePeriodSeconds: ${grace}`}\ncontainers: [${containers.join(', ')}]`,
  );

describe('a grace period holds', () => {
  /** What each takes together, to the second. */
  const CASES = [
    ['a pause of the kubelet', [preStop('sleep: { seconds: 40 }')], 40],
    ['a pause of the image', [preStop('exec: { command: [sleep, "40"] }')], 40],
    ['a pause by path and with unit', [preStop('exec: { command: [/bin/sleep, 1m] }')], 60],
    ['a pause in a script', [script('sleep 35; nginx -s quit')], 35],
    ['pauses one after the other', [script('sleep 20 && touch /tmp/x && sleep 20.5')], 41],
    ["vLLM's drain", ['args: [--shutdown-timeout, "50"]'], 50],
    ["vLLM's drain in one word", ['args: [--shutdown_timeout=50]'], 50],
    ["vLLM's drain in a command line", ['command: [sh, -c, "exec vllm serve x --shutdown-timeout 50 --port 1"]'], 50],
    ["Triton's drain", ['args: ["--exit-timeout-secs=45"]'], 45],
    ['pause and drain', [preStop('sleep: { seconds: 15 }'), 'args: ["--exit-timeout-secs=45"]'], 60],
  ] as const;

  test.each(CASES)('%s', (_, fields, seconds) => {
    expect(ask(gracePeriod, pod(seconds, container(...fields)))).toMatchObject({ findings: [], compliant: 1 });
    const { findings } = ask(gracePeriod, pod(seconds - 1, container(...fields)));
    expect(placesOf(findings)).toEqual(['Deployment chat/chat spec.template.spec.terminationGracePeriodSeconds']);
    expect(findings[0]).toMatchObject({
      value: seconds - 1,
      allowed: `${seconds} s or more`,
      about: 'Container/server',
    });
  });

  test('30 s where nothing is said', () => {
    expect(ask(gracePeriod, pod(undefined, container(preStop('sleep: { seconds: 30 }')))).findings).toEqual([]);
    expect(ask(gracePeriod, pod(undefined, container(preStop('sleep: { seconds: 31 }')))).findings[0]?.message).toBe(
      "container 'server' pauses 31 s and drains 0 s, and is killed after 30 s",
    );
  });

  test('every container by itself, as they end together', () => {
    const one = container(preStop('sleep: { seconds: 20 }'));
    expect(ask(gracePeriod, pod(30, one, one)).findings).toEqual([]);
    expect(ask(gracePeriod, pod(10, one, one)).findings).toHaveLength(2);
  });

  test('a sidecar among the init containers, but no container that is gone by then', () => {
    const hook = 'lifecycle: { preStop: { sleep: { seconds: 50 } } }';
    const init = (policy: string) => workload(`initContainers: [{ name: a, ${policy}${hook} }]\ncontainers: []`);
    expect(ask(gracePeriod, init('restartPolicy: Always, ')).notCompliant).toBe(1);
    expect(ask(gracePeriod, init('')).notApplicable).toBe(1);
  });
});

describe('nothing is said', () => {
  test.each([
    ['of a container that ends at once', container()],
    ['of a hook that does not wait', container(preStop('httpGet: { path: /drain, port: 80 }'))],
    ['of a word that only looks like a pause', container(script('oversleep 90; sleep; sleep infinity'))],
    ['of a pause that only follows a failure', container(script('/drain || sleep 90'))],
    ['of a number that a variable holds', container('args: [--shutdown-timeout, "$(DRAIN)"]')],
    ['of another server’s flag', container('args: [--timeout, "90"]')],
    ['of nonsense', container('args: 5, lifecycle: [1]')],
  ])('%s', (_, one) => {
    expect(ask(gracePeriod, pod(undefined, one))).toMatchObject({ findings: [], notApplicable: 1 });
  });
});
