import { App } from 'cdk8s';
import { TREES } from '../../bench/trees';
import { parseObjects } from '../support/synth';

describe('the trees of the bench', () => {
  test('of services hold ten objects and more for each, and are valid', () => {
    const app = new App();
    TREES.services(app, 6);
    expect(parseObjects(app.synthYaml()).length).toBeGreaterThanOrEqual(60);
  });

  test('of charts hold ten objects each', () => {
    const app = new App();
    TREES.charts(app, 3);
    expect(parseObjects(app.synthYaml())).toHaveLength(30);
  });
});
