/** WP-SEL-004: a workload whose selector does not take its own pods is refused. */
import { at, isObject } from '../json';
import { identityOf } from '../manifest';
import { NOT_APPLICABLE, podRule } from '../rule';
import { asLabelSelector, selectorText, takesPod } from '../selection';
import { isEmptySelector } from '../selector';

const SELECTING =
  /^(apps\/(Deployment|ReplicaSet|StatefulSet|DaemonSet)|\/ReplicationController|argoproj\.io\/Rollout)$/;

/** The selector of a workload against its template. */
export const workloadSelector = podRule(
  'WP-SEL-004',
  'the API server refuses the workload, and a selector cannot be changed later',
  (pod, _, { object }) => {
    const { group, kind } = identityOf(object);
    if (!SELECTING.test(`${group}/${kind}`)) return NOT_APPLICABLE;
    const path = ['spec', 'selector'];
    const given = at(object, ...path);
    // A ReplicationController selects by a map, and takes the labels of its template where it has none.
    if (kind === 'ReplicationController' && given === undefined) return NOT_APPLICABLE;
    const selector = kind === 'ReplicationController' ? asLabelSelector(given) : given;
    const labels = selectorText({ matchLabels: pod.labels });
    const allowed = labels === '' ? 'labels of the template, which has none' : `some of ${labels}`;
    if (!isObject(selector) || isEmptySelector(selector)) {
      // Before apps/v1 it was taken from the template.
      if (object.apiVersion !== 'apps/v1') return NOT_APPLICABLE;
      const message = 'the workload has no selector';
      return [{ path, value: given, message, allowed, fix: 'select by labels of the template that never change' }];
    }
    if (takesPod(selector, pod)) return [];
    const fix = 'give the template the labels, or select by those that it has';
    return [
      {
        path,
        value: selectorText(selector),
        message: "the selector does not take the workload's own pods",
        allowed,
        fix,
      },
    ];
  },
);
