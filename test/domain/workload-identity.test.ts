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
    expect(problem.message).toContain('the pool stands on IKS');
    expect(problem.allowed).toBe('a pool on AKS, or an identity of IKS');
  });

  it.each([3600, 86_400])('may have a token of %s s, the shortest and the longest', (tokenExpirationSeconds) => {
    expect(rulesOf(draftIdentity(AKS, WorkloadIdentity.azure({ clientId: ID, tokenExpirationSeconds })))).toEqual([]);
  });

  it('states no lifetime that was not given', () => {
    const keys = Object.keys(plan.serviceAccountAnnotations);
    expect(keys).toEqual(['azure.workload.identity/client-id']);
  });

  it.each([
    ['no client', { clientId: undefined as unknown as string }, 'identity.clientId'],
    ['a client by its name', { clientId: 'chat' }, 'identity.clientId'],
    ['a tenant by its name', { clientId: ID, tenantId: 'contoso' }, 'identity.tenantId'],
  ])('is refused with %s', (_, identity, prop) => {
    const problem = problemOf(draftIdentity(AKS, WorkloadIdentity.azure(identity)), 'WP-IDN-002');
    expect(problem).toMatchObject({ prop, allowed: 'a GUID' });
  });

  it('does not share an annotation of the ServiceAccount with anybody', () => {
    const own = { 'example.com/note': 'ours', 'azure.workload.identity/client-id': 'other' };
    const problem = problemOf(draftIdentity(AKS, WorkloadIdentity.azure({ clientId: ID }), own), 'WP-IDN-002');
    expect(problem).toMatchObject({
      prop: "serviceAccountAnnotations['azure.workload.identity/client-id']",
      value: 'other',
    });
    const beside = { 'example.com/note': 'ours' };
    expect(rulesOf(draftIdentity(AKS, WorkloadIdentity.azure({ clientId: ID }), beside))).toEqual([]);
  });

  it.each([
    ['upper case', ID.toUpperCase(), true],
    ['no hyphens', ID.replaceAll('-', ''), false],
    ['braces', `{${ID}}`, false],
    ['something before it', `a${ID}`, false],
    ['something behind it', `${ID}a`, false],
    ['nothing', undefined, false],
    ['a list of one', [ID], false],
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

  it('is refused on AKS, with the identity that AKS has', () => {
    const problem = problemOf(draftIdentity(AKS, profile()), 'WP-IDN-001');
    expect(problem).toMatchObject({ fix: 'use WorkloadIdentity.azure', value: 'ibm' });
    expect(problem.allowed).toBe('a pool on IKS, or an identity of AKS');
  });

  it.each([
    ['profileName', { profileName: '' }, ''],
    ['profileName', { profileName: '  ' }, '  '],
    ['profileName', { profileName: 7 as unknown as string }, 7],
    ['profileName', { profileName: undefined }, undefined],
    ['profileId', { profileName: undefined, profileId: ID }, ID],
    ['profileId', { profileName: undefined, profileId: `Profile-${ID.slice(1)}` }, `Profile-${ID.slice(1)}`],
    ['profileId', { profileName: undefined, profileId: `Profile-${ID}a` }, `Profile-${ID}a`],
    ['profileId', { profileName: undefined, profileId: `my-Profile-${ID}` }, `my-Profile-${ID}`],
    ['profileId', { profileName: undefined, profileId: [`Profile-${ID}`] as unknown as string }, [`Profile-${ID}`]],
    ['profileId', { profileId: `Profile-${ID}` }, `Profile-${ID}`],
  ])('is not found by the %s of %p', (prop, more, value) => {
    expect(problemOf(draftIdentity(IKS, profile(more)), 'WP-IDN-002')).toMatchObject({
      prop: `identity.${prop}`,
      value,
    });
  });

  it.each(['a', 'IAM', 'secrets_manager', 'cloud-object-storage', 'cos2_v1'])('may be used by the SDK of %s', (one) => {
    expect(rulesOf(draftIdentity(IKS, profile({ services: [one] })))).toEqual([]);
  });

  it.each([
    [[]],
    [undefined],
    [['']],
    [['2fa']],
    [['secrets manager']],
    [['_iam']],
    [['iam_']],
    [['a--b']],
    [['iam', 'a b']],
  ])('is not used by the SDKs of %p', (services) => {
    const draft = draftIdentity(IKS, profile({ services: services as readonly string[] }));
    expect(problemOf(draft, 'WP-IDN-002')).toMatchObject({ prop: 'identity.services', value: services });
  });

  it('sets no variable for services that were never named', () => {
    expect(plannedOf(draftIdentity(IKS, profile({ services: undefined }))).env).toEqual({});
  });
});
