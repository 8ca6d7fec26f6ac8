import fc from 'fast-check';
import { type Cloud, draftPlatformProfile, type GpuStack, ProblemsError, planPlatform } from '../../lib/domain';
import { clouds } from '../support/arbitraries';
import { plannedOf, problemOf, rulesOf } from './given';

const AKS = { cloud: 'aks' as Cloud, kubernetes: '1.35', region: 'westeurope' };
const IKS = { cloud: 'iks' as Cloud, kubernetes: '1.35', region: 'us-south' };

describe('a platform', () => {
  it('knows its minor version as a number', () => {
    expect(planPlatform(AKS)).toMatchObject({ ...AKS, kubernetesMinor: 35 });
  });

  it.each<[Cloud, string, GpuStack]>([
    ['aks', '1.34', 'device-plugin'],
    ['aks', '1.36', 'device-plugin'],
    ['iks', '1.35', 'managed'],
    ['iks', '1.36', 'gpu-operator'],
  ])('on %s %s brings GPUs by %s unless it is said', (cloud, kubernetes, gpuStack) => {
    expect(planPlatform({ cloud, kubernetes, region: 'somewhere' }).gpuStack).toBe(gpuStack);
  });

  it.each<[GpuStack]>([['device-plugin'], ['managed'], ['gpu-operator']])('on AKS may bring GPUs by %s', (gpuStack) => {
    expect(planPlatform({ ...AKS, gpuStack }).gpuStack).toBe(gpuStack);
  });

  it.each<[string, GpuStack, string]>([
    ['1.35', 'gpu-operator', 'managed'],
    ['1.35', 'device-plugin', 'managed'],
    ['1.36', 'managed', 'gpu-operator'],
  ])('on IKS %s does not bring GPUs by %s', (kubernetes, gpuStack, allowed) => {
    const problem = problemOf(draftPlatformProfile({ ...IKS, kubernetes, gpuStack }), 'WP-PLAT-004');
    expect(problem).toMatchObject({ prop: 'platform.gpuStack', value: gpuStack, allowed });
  });

  it.each([
    ['1.29', false, false],
    ['1.30', true, false],
    ['1.34', true, false],
    ['1.35', true, true],
    ['1.36', true, true],
  ])('on Kubernetes %s sleeps before it stops: %s, mounts images: %s', (kubernetes, preStopSleep, imageVolume) => {
    expect(plannedOf(draftPlatformProfile({ ...AKS, kubernetes })).features).toEqual({ preStopSleep, imageVolume });
  });

  it('serves CapacityBuffers only where somebody says so', () => {
    expect(planPlatform(AKS).features).not.toHaveProperty('capacityBuffers');
    expect(planPlatform({ ...AKS, capacityBuffers: 'v1alpha1' }).features.capacityBuffers).toBe('v1alpha1');
  });

  it.each(['1.28', '1.33', '1.37'])('warns of Kubernetes %s, which no cloud listed in August 2026', (kubernetes) => {
    const draft = draftPlatformProfile({ ...AKS, kubernetes });
    expect(rulesOf(draft)).toEqual(['WP-PLAT-003']);
    expect(problemOf(draft, 'WP-PLAT-003')).toMatchObject({ severity: 'warning', allowed: '1.34, 1.35, 1.36' });
    expect(planPlatform({ ...AKS, kubernetes }).kubernetes).toBe(kubernetes);
  });

  it.each(['1.27', '1.35.2', 'v1.35', '1', '', '2.35', 'latest', '1.-30'])(
    'is not built on Kubernetes %p',
    (kubernetes) => {
      const draft = draftPlatformProfile({ ...AKS, kubernetes });
      expect(draft.value).toBeUndefined();
      expect(problemOf(draft, 'WP-PLAT-002')).toMatchObject({ prop: 'platform.kubernetes', value: kubernetes });
    },
  );

  it('is not built on a cloud that warmpath does not write for', () => {
    const draft = draftPlatformProfile({ ...AKS, cloud: 'gke' as Cloud });
    expect(draft.value).toBeUndefined();
    expect(problemOf(draft, 'WP-PLAT-001').allowed).toBe('aks, iks');
  });

  it.each(['', '  '])('has a region, not %p', (region) => {
    expect(problemOf(draftPlatformProfile({ ...AKS, region }), 'WP-PLAT-005').prop).toBe('platform.region');
  });

  it('reports all its mistakes at once', () => {
    expect(
      rulesOf(draftPlatformProfile({ ...IKS, region: '', gpuStack: 'device-plugin', kubernetes: '1.33' })),
    ).toEqual(['WP-PLAT-003', 'WP-PLAT-005', 'WP-PLAT-004']);
    expect(() => planPlatform({ ...IKS, region: '' })).toThrow(ProblemsError);
  });

  it('never loses a feature with a newer Kubernetes', () => {
    fc.assert(
      fc.property(clouds, fc.integer({ min: 28, max: 60 }), fc.nat(20), (cloud, minor, more) => {
        const [older, newer] = [minor, minor + more].map(
          (version) => plannedOf(draftPlatformProfile({ cloud, kubernetes: `1.${version}`, region: 'x' })).features,
        );
        expect(Number(newer?.preStopSleep)).toBeGreaterThanOrEqual(Number(older?.preStopSleep));
        expect(Number(newer?.imageVolume)).toBeGreaterThanOrEqual(Number(older?.imageVolume));
      }),
    );
  });
});
