import {
  backendEnv,
  draftServing,
  KSERVE,
  KSERVE_DEPLOYMENT_MODES,
  kservePodLabels,
  kservePodSelector,
  ServingBackend,
  type ServingSpec,
  WORKLOAD_NAME_MAX,
  workloadNames,
} from '../../lib/domain';
import { OWNERSHIP, plannedOf, plannedPool, problemOf, rulesOf } from './given';

const POOL = plannedPool();
const BACKEND = ServingBackend.kserve({ version: '0.20' });

function draft(more: Partial<ServingSpec> = {}) {
  return draftServing({
    name: 'chat',
    namespace: 'chat',
    ownership: OWNERSHIP,
    pool: POOL,
    model: { catalogue: 'qwen3-8b' },
    backend: BACKEND,
    ...more,
  });
}

describe('a service behind KServe', () => {
  it('is called as KServe calls it', () => {
    expect(plannedOf(draft()).names).toEqual({
      deploymentName: 'chat-predictor',
      serviceName: 'chat-predictor',
      servicePort: 80,
      containerName: 'kserve-container',
    });
  });

  it('is otherwise called by its own name and port', () => {
    const names = { deploymentName: 'chat', serviceName: 'chat', servicePort: 8000, containerName: 'server' };
    expect(plannedOf(draft({ backend: undefined })).names).toEqual(names);
    expect(workloadNames('chat', 8000, ServingBackend.DEPLOYMENT)).toEqual(names);
  });

  it("is selected by the label of KServe's own Deployment, which is one of those on the pods", () => {
    expect(kservePodSelector('chat')).toEqual({ app: 'isvc.chat-predictor' });
    expect(kservePodLabels('chat')).toEqual({
      app: 'isvc.chat-predictor',
      'serving.kserve.io/inferenceservice': 'chat',
      component: 'predictor',
    });
  });

  it.each(Object.keys(KSERVE_DEPLOYMENT_MODES))('may run on KServe %s', (version) => {
    expect(rulesOf(draft({ backend: ServingBackend.kserve({ version }) }))).not.toContain('WP-KS-001');
  });

  it.each(['0.14', '0.21', '0.20.0', 'constructor'])('is refused on KServe %s', (version) => {
    expect(problemOf(draft({ backend: ServingBackend.kserve({ version }) }), 'WP-KS-001').value).toBe(version);
  });

  it('is chosen by name of the choice, and not by a text', () => {
    const backend = 'kserve' as unknown as ServingBackend;
    expect(problemOf(draft({ backend }), 'WP-SVC-007').value).toBe('kserve');
  });

  it('has a name that leaves room for the suffix', () => {
    const room = WORKLOAD_NAME_MAX - '-predictor'.length;
    expect(rulesOf(draft({ name: 'a'.repeat(room) }))).not.toContain('WP-KS-002');
    expect(problemOf(draft({ name: 'a'.repeat(room + 1) }), 'WP-KS-002').allowed).toBe(`at most ${room} characters`);
    expect(rulesOf(draft({ name: 'a'.repeat(room + 1), backend: undefined }))).not.toContain('WP-KS-002');
  });

  it('is told when its start may outlast the deadline that KServe leaves', () => {
    const slow = { weights: { p50Seconds: 900, p95Seconds: 1200 } };
    const problem = problemOf(draft({ coldStart: slow }), 'WP-KS-003');
    expect(problem.severity).toBe('warning');
    expect(problem.value).toBeGreaterThan(KSERVE.progressDeadlineSeconds);
    expect(rulesOf(draft({ coldStart: slow, backend: undefined }))).not.toContain('WP-KS-003');
  });

  it.each(['autoscalerClass', 'deploymentMode'])("does not pass KServe's own setting %s by the pods", (setting) => {
    const podAnnotations = { [`serving.kserve.io/${setting}`]: 'hpa', 'example.com/note': 'x' };
    expect(problemOf(draft({ podAnnotations }), 'WP-NAME-005').prop).toBe(
      `podAnnotations['serving.kserve.io/${setting}']`,
    );
    expect(rulesOf(draft({ podAnnotations, backend: undefined }))).not.toContain('WP-NAME-005');
  });

  it.each(['STORAGE_URI', 'PROTOCOL', 'INFERENCE_SERVICE_NAME'])(
    'does not set %s, which KServe reads or writes',
    (name) => {
      const runtime = { extraEnv: { [name]: 'x' } };
      expect(problemOf(draft({ runtime }), 'WP-RUN-007').value).toBe(name);
      expect(rulesOf(draft({ runtime, backend: undefined }))).not.toContain('WP-RUN-007');
      expect(backendEnv()).toEqual({});
    },
  );
});
