import fc from 'fast-check';
import { type Cloud, type CloudTags, draftCloudTags, ibmTags, TAG_OF_LABEL, WORKLOAD_LABELS } from '../../lib/domain';
import { ownerships } from '../support/arbitraries';
import { OWNERSHIP, problemOf, rulesOf } from './given';

const CLOUDS: readonly Cloud[] = ['aks', 'iks'];
const own = (cloud: Cloud, tags: CloudTags) => draftCloudTags(cloud, OWNERSHIP, tags);

describe.each(CLOUDS)('the tags of a resource on %s', (cloud) => {
  it('say who owns, pays and manages it', () => {
    const draft = draftCloudTags(cloud, OWNERSHIP);
    expect(draft.problems).toEqual([]);
    expect(draft.value).toEqual({
      owner: 'chat-oncall',
      team: 'chat',
      'cost-centre': 'cc-4210',
      environment: 'prod',
      'managed-by': 'warmpath',
    });
  });

  it('keep own ones beside them', () => {
    expect(own(cloud, { 'data-class': 'internal' }).value).toMatchObject({
      'data-class': 'internal',
      owner: 'chat-oncall',
    });
  });

  it.each(['owner', 'Owner', 'team', 'cost-centre', 'ENVIRONMENT', 'managed-by'])(
    'do not let %s stand in for the owner',
    (name) => {
      const draft = own(cloud, { [name]: 'me' });
      expect(problemOf(draft, 'WP-TAG-002')).toMatchObject({ severity: 'error', prop: `tags['${name}']`, value: 'me' });
      expect(draft.value?.owner).toBe('chat-oncall');
    },
  );

  it('are each there once, whatever their case', () => {
    expect(rulesOf(own(cloud, { Stage: 'a', stage: 'b' }))).toEqual(['WP-TAG-001', 'WP-TAG-001']);
  });

  it('are legal for whoever may own anything', () => {
    fc.assert(
      fc.property(ownerships, (ownership) => {
        expect(draftCloudTags(cloud, ownership).problems).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('refuse what is no text', () => {
    const value = 7 as unknown as string;
    expect(problemOf(own(cloud, { floors: value }), 'WP-TAG-001')).toMatchObject({ value: 7 });
  });
});

const LONG = (length: number) => 'n'.repeat(length);

describe.each<[Cloud, readonly CloudTags[], readonly CloudTags[]]>([
  [
    'aks',
    [{ [LONG(128)]: '' }, { a: LONG(256) }, { 'with space:and.more': 'line\nbreak' }],
    [{ [LONG(129)]: '' }, { a: LONG(257) }, { '': 'x' }, ...[...'<>%&\\?/'].map((one) => ({ [`a${one}b`]: 'x' }))],
  ],
  [
    'iks',
    [{ [LONG(63)]: 'x' }, { a: LONG(64) }, { 'a b_c.d-e': 'x y_z.0-1:2' }],
    [{ [LONG(64)]: 'x' }, { a: LONG(65) }, { a: '' }, { '': 'x' }, { 'a:b': 'x' }, { 'a/b': 'x' }, { a: 'x/y' }],
  ],
])('the alphabet of %s', (cloud, legal, illegal) => {
  it.each(legal)('has %j', (tags) => {
    expect(own(cloud, tags).problems).toEqual([]);
  });

  it.each(illegal)('has not %j', (tags) => {
    const [[name, value] = []] = Object.entries(tags);
    expect(problemOf(own(cloud, tags), 'WP-TAG-001')).toMatchObject({
      severity: 'error',
      prop: `tags['${name}']`,
      value,
    });
  });
});

// The owner's take five.
it.each<[Cloud, number]>([
  ['aks', 45],
  ['iks', 995],
])('%s takes %d tags beside those of the owner, and not one more', (cloud, most) => {
  const some = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, 'x']));
  expect(own(cloud, some(most)).problems).toEqual([]);
  expect(problemOf(own(cloud, some(most + 1)), 'WP-TAG-001')).toMatchObject({ prop: 'tags', value: most + 1 });
});

it('a tag bears the last part of the label that it joins', () => {
  for (const key of ['owner', 'team', 'costCentre', 'environment'] as const) {
    expect(`warmpath.dev/${TAG_OF_LABEL[key]}`).toBe(WORKLOAD_LABELS[key]);
  }
});

it('IBM Cloud knows tags as a sorted list', () => {
  expect(ibmTags({ team: 'chat', owner: 'a:b' })).toEqual(['owner:a:b', 'team:chat']);
});
