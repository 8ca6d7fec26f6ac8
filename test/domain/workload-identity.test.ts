import fc from 'fast-check';
import { draftIdentity, type IbmTrustedProfile, isGuid, WorkloadIdentity } from '../../lib/domain';
import { plannedOf, platform, problemOf, rulesOf } from './given';

const ID = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';
const AKS = platform('aks');
const IKS = platform('iks');

const profile = (more: Partial<IbmTrustedProfile> = {}) =>
  WorkloadIdentity.ibmTrustedProfile({ profileName: 'chat', services: ['secrets_manager'], ...more });

describe('a workload without an identity', () => {
  it('gets no label, annotation, variable or token', () => {
    const plan = plannedOf(draftIdentity(AKS, undefined));
    expect(plan).toEqual({ serviceAccountAnnotations: {}, podLabels: {}, env: {}, tokens: [] });
  });
});

describe('an identity of Azure', () => {
  const plan = plannedOf(draftIdentity(AKS, WorkloadIdentity.azure({ clientId: ID })));

  it('labels the pods, not the ServiceAccount, which the webhook would pass over', () => {
    expect(plan.podLabels).toEqual({ 'azure.workload.identity/use': 'true' });
  });

  it('names the client on the ServiceAccount, and leaves tenant and lifetime to the webhook', () => {
    expect(plan.serviceAccountAnnotations).toEqual({ 'azure.workload.identity/client-id': ID });
  });

  it('brings no token of its own: the webhook does', () => {
    expect([plan.tokens, plan.env]).toEqual([[], {}]);
  });

  it('states tenant and lifetime as texts when they are given', () => {
    const full = WorkloadIdentity.azure({ clientId: ID, tenantId: ID, tokenExpirationSeconds: 7200 });
    expect(plannedOf(draftIdentity(AKS, full)).serviceAccountAnnotations).toMatchObject({
      'azure.workload.identity/tenant-id': ID,
      'azure.workload.identity/service-account-token-expiration': '7200',
    });
  });

  it('takes every lifetime that the webhook takes, and no other', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.double()), (tokenExpirationSeconds) => {
        const identity = WorkloadIdentity.azure({ clientId: ID, tokenExpirationSeconds });
        const legal =
          Number.isInteger(tokenExpirationSeconds) &&
          tokenExpirationSeconds >= 3600 &&
          tokenExpirationSeconds <= 86_400;
        expect(rulesOf(draftIdentity(AKS, identity))).toEqual(legal ? [] : ['WP-IDN-003']);
      }),
    );
  });

  it('is refused on IKS, with the identity that IKS has', () => {
    const problem = problemOf(draftIdentity(IKS, WorkloadIdentity.azure({ clientId: ID })), 'WP-IDN-001');
    expect(problem.fix).toBe('use WorkloadIdentity.ibmTrustedProfile');
  });

  it.each([
    ['upper case', ID.toUpperCase(), true],
    ['no hyphens', ID.replaceAll('-', ''), false],
    ['braces', `{${ID}}`, false],
    ['nothing', undefined, false],
  ])('knows a GUID: %s', (_, text, legal) => {
    expect(isGuid(text)).toBe(legal);
  });
});

describe('a trusted profile of IBM Cloud', () => {
  const plan = plannedOf(draftIdentity(IKS, profile({ services: ['secrets_manager', 'cloud-object-storage'] })));

  it('brings a token for IAM that lives an hour, where the SDKs look', () => {
    expect(plan.tokens).toEqual([
      {
        volumeName: 'iam-token',
        audience: 'iam',
        expirationSeconds: 3600,
        path: 'sa-token',
        mountPath: '/var/run/secrets/tokens',
      },
    ]);
  });

  it('tells each SDK of it by the variables that the SDK reads', () => {
    const file = '/var/run/secrets/tokens/sa-token';
    expect(plan.env).toEqual({
      SECRETS_MANAGER_AUTH_TYPE: 'container',
      SECRETS_MANAGER_IAM_PROFILE_NAME: 'chat',
      SECRETS_MANAGER_CR_TOKEN_FILENAME: file,
      CLOUD_OBJECT_STORAGE_AUTH_TYPE: 'container',
      CLOUD_OBJECT_STORAGE_IAM_PROFILE_NAME: 'chat',
      CLOUD_OBJECT_STORAGE_CR_TOKEN_FILENAME: file,
    });
  });

  it('may be known by its id', () => {
    const byId = profile({ profileName: undefined, profileId: `Profile-${ID}` });
    expect(plannedOf(draftIdentity(IKS, byId)).env).toMatchObject({ SECRETS_MANAGER_IAM_PROFILE_ID: `Profile-${ID}` });
  });

  it('is not known by both, nor by neither', () => {
    const both = profile({ profileId: `Profile-${ID}` });
    const neither = profile({ profileName: undefined });
    for (const identity of [both, neither]) expect(rulesOf(draftIdentity(IKS, identity))).toEqual(['WP-IDN-002']);
  });
});
