import type { Log } from 'sarif';
import { checkManifests, sarifOf } from '../../lib/policy';
import { objects } from '../support/verdicts';

const YAML = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: twice
data: { a: null }
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: twice
  annotations:
    policy.warmpath.dev/WP-NAME-002: the second one is made by hand
`;

// The annotation is checked by the compiler: a log that the published types of SARIF do not allow does not build.
const LOG: Log = sarifOf(checkManifests(objects(YAML, 'charts/a b.yaml')), '1.2.3');

describe('a SARIF log', () => {
  test('is of version 2.1.0 and names the tool', () => {
    expect(LOG.version).toBe('2.1.0');
    expect(LOG.runs[0]?.tool.driver).toMatchObject({ name: 'warmpath', version: '1.2.3' });
  });

  test('describes the rules that it refers to, each once', () => {
    const { results = [], tool } = LOG.runs[0] ?? { tool: { driver: { name: '' } } };
    const ids = tool.driver.rules?.map(({ id }) => id) ?? [];
    expect(ids).toEqual(['WP-NAME-002', 'WP-OUT-001']);
    expect(results.map(({ ruleIndex, ruleId }) => ids[ruleIndex ?? -1] === ruleId)).toEqual([true, true]);
  });

  test('points at file and line, with a legal address', () => {
    const places = LOG.runs[0]?.results?.map((result) => result.locations?.[0]?.physicalLocation);
    expect(places).toEqual([
      { artifactLocation: { uri: 'charts/a%20b.yaml' }, region: { startLine: 6 } },
      { artifactLocation: { uri: 'charts/a%20b.yaml' }, region: { startLine: 11 } },
    ]);
  });

  test.each([
    ['./charts/a.yaml', 'charts/a.yaml'],
    ['charts/a#1?b.yaml', 'charts/a%231%3Fb.yaml'],
    ['charts\\sub\\a.yaml', 'charts/sub/a.yaml'],
    ['/work space/a.yaml', 'file:///work%20space/a.yaml'],
    ['C:\\charts\\a.yaml', 'file:///C:/charts/a.yaml'],
    ['stdin', 'stdin'],
  ])('writes %s as a reference that scanners resolve', (file, uri) => {
    const { runs } = sarifOf(checkManifests(objects(YAML, file)), '1.2.3');
    expect(runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation).toEqual({ uri });
  });

  test('has a line for what has none, as GitHub shows no result without', () => {
    const manifests = objects(YAML).map(({ file, index, object }) => ({ file, index, object }));
    const { runs } = sarifOf(checkManifests(manifests), '1.2.3');
    expect(runs[0]?.results[0]?.locations[0]?.physicalLocation.region).toEqual({ startLine: 1 });
  });

  test('keeps what was accepted, with its reason and who accepted it', () => {
    expect(LOG.runs[0]?.results?.map(({ suppressions }) => suppressions)).toEqual([
      undefined,
      [{ kind: 'inSource', justification: 'the second one is made by hand' }],
    ]);
    const acknowledged = { 'WP-OUT-001': 'a chart of somebody else' };
    const { runs } = sarifOf(checkManifests(objects(YAML), { acknowledged }), '1.2.3');
    expect(runs[0]?.results[0]).toMatchObject({
      suppressions: [{ kind: 'external', justification: 'a chart of somebody else' }],
    });
  });

  test('says that the run failed where something could not be read', () => {
    expect(LOG.runs[0]?.invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
    const unreadable = [{ file: 'b.yaml', line: 7, message: 'Tabs are not allowed' }];
    const log: Log = sarifOf(checkManifests([]), '1.2.3', unreadable);
    expect(log.runs[0]?.invocations).toMatchObject([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          {
            level: 'error',
            message: { text: 'this is no YAML: Tabs are not allowed' },
            locations: [{ physicalLocation: { artifactLocation: { uri: 'b.yaml' }, region: { startLine: 7 } } }],
          },
        ],
      },
    ]);
  });
});
