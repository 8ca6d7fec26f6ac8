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

  test('keeps what was accepted, with its reason', () => {
    expect(LOG.runs[0]?.results?.map(({ suppressions }) => suppressions)).toEqual([
      undefined,
      [{ kind: 'inSource', justification: 'the second one is made by hand' }],
    ]);
  });
});
