import { kservePodLabels, kservePodSelector, kservePredictorName } from '../../lib/domain';
import { KSERVE_DEPLOYMENT_MODES, KSERVE_ENV } from '../../lib/domain/kserve';

describe('what KServe makes of an InferenceService called chat', () => {
  it('is a Deployment and a Service of the predictor', () => {
    expect(kservePredictorName('chat')).toBe('chat-predictor');
  });

  it('selects its pods by the one label app', () => {
    expect(kservePodSelector('chat')).toEqual({ app: 'isvc.chat-predictor' });
  });

  it('labels its pods with the selector, the service and the component', () => {
    expect(kservePodLabels('chat')).toEqual({
      app: 'isvc.chat-predictor',
      'serving.kserve.io/inferenceservice': 'chat',
      component: 'predictor',
    });
  });

  it('is asked for in the spelling of its version: its webhook rewrites the older one from 0.16 on', () => {
    for (const [version, mode] of Object.entries(KSERVE_DEPLOYMENT_MODES)) {
      const minor = Number(version.split('.')[1]);
      expect([version, mode]).toEqual([version, minor < 16 ? 'RawDeployment' : 'Standard']);
    }
    expect(Object.keys(KSERVE_DEPLOYMENT_MODES)).toEqual(expect.arrayContaining(['0.15', '0.16']));
  });

  it('keeps variables of its own, each with what it does to them', () => {
    expect(Object.keys(KSERVE_ENV)).toEqual(expect.arrayContaining(['STORAGE_URI', 'INFERENCE_SERVICE_NAME']));
    for (const reason of Object.values(KSERVE_ENV)) expect(reason).toMatch(/^(is|has) /);
  });
});
