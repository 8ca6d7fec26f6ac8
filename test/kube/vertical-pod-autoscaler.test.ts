import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { verticalPodAutoscaler } from '../../lib/kube/vertical-pod-autoscaler';

const CRD = parse(
  readFileSync(join(__dirname, '../../imports/crds/verticalpodautoscalers.autoscaling.k8s.io.yaml'), 'utf8'),
);

function drawn() {
  const chart = new Chart(Testing.app(), 'test');
  return verticalPodAutoscaler(chart, 'advice', {
    metadata: { name: 'chat', namespace: 'team' },
    deploymentName: 'chat-predictor',
    containerName: 'kserve-container',
  }).toJson();
}

describe('a VerticalPodAutoscaler', () => {
  test('watches the Deployment, and acts on nothing', () => {
    const { spec, metadata } = drawn();
    expect(metadata).toMatchObject({ name: 'chat', namespace: 'team' });
    expect(spec.targetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat-predictor' });
    expect(spec.updatePolicy).toEqual({ updateMode: 'Off' });
  });

  test('speaks of CPU and memory of the server, and of no other container', () => {
    expect(drawn().spec.resourcePolicy.containerPolicies).toEqual([
      { containerName: 'kserve-container', controlledResources: ['cpu', 'memory'] },
      { containerName: '*', mode: 'Off' },
    ]);
  });

  test('has the version, the kind and the fields of its schema', () => {
    const { apiVersion, kind, spec } = drawn();
    const version = CRD.spec.versions.find(({ name }: { name: string }) => `${CRD.spec.group}/${name}` === apiVersion);
    expect(kind).toBe(CRD.spec.names.kind);
    const fields = version.schema.openAPIV3Schema.properties.spec.properties;
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(Object.keys(spec)));
    expect(fields.updatePolicy.properties.updateMode.enum).toContain(spec.updatePolicy.updateMode);
  });
});
