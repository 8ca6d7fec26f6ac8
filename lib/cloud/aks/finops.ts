/** Who hears of what an environment costs, before it does. */
import { Budget } from '@pulumi/azure-native/consumption';
import { ScheduledActionByScope } from '@pulumi/azure-native/costmanagement';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, output } from '@pulumi/pulumi';
import type { BudgetPlan } from '../../domain/budget';

/**
 * View of Cost Management that anomaly alerts are made from
 * (azure-docs cost-management-billing/understand/analyze-unexpected-charges.md).
 */
const ANOMALY_VIEW = 'providers/Microsoft.CostManagement/views/ms:DailyAnomalyByResourceGroup';

/** Props of {@link AksFinOps}. */
export interface AksFinOpsProps {
  readonly plan: BudgetPlan;
  /** Names budget and alert. */
  readonly clusterName: string;
  /** Resource id of the group of the cluster. */
  readonly resourceGroupId: Input<string>;
  /** Groups whose cost counts: the cluster's, and the one where Azure puts its machines. */
  readonly resourceGroupNames: readonly string[];
}

/**
 * A budget and an anomaly alert. Machines and disks do not stand in the group of the cluster but in one that Azure makes
 * beside it, so the budget looks at the subscription and counts both groups.
 *
 * @example
 * new AksFinOps('prod', { plan, clusterName, resourceGroupId, resourceGroupNames: ['prod', 'prod-nodes'] });
 */
export class AksFinOps extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:aks:AksFinOps';

  constructor(name: string, props: AksFinOpsProps, options?: ComponentResourceOptions) {
    super(AksFinOps.type, name, {}, options);
    const { plan, clusterName, resourceGroupNames } = props;
    // Azure's own form of a scope has no slash before it.
    const scope = output(props.resourceGroupId).apply((id) => id.split('/').slice(1, 3).join('/'));
    const emails = [...plan.emails];
    new Budget(
      name,
      {
        budgetName: clusterName,
        scope,
        category: 'Cost',
        amount: plan.amountPerMonth,
        timeGrain: 'Monthly',
        timePeriod: { startDate: plan.startDate },
        filter: {
          dimensions: { name: 'ResourceGroupName', operator: 'In', values: [...resourceGroupNames] },
        },
        notifications: Object.fromEntries(
          plan.thresholds.map(({ percent, of }) => [
            `${of}-${percent}`,
            {
              enabled: true,
              operator: 'GreaterThanOrEqualTo',
              threshold: percent,
              thresholdType: of === 'actual' ? 'Actual' : 'Forecasted',
              contactEmails: emails,
            },
          ]),
        ),
      },
      // Azure refuses another first month of a budget that has begun.
      { parent: this, replaceOnChanges: ['timePeriod'], deleteBeforeReplace: true },
    );
    if (plan.anomaliesUntil !== undefined) {
      new ScheduledActionByScope(
        name,
        {
          name: clusterName,
          scope,
          kind: 'InsightAlert',
          displayName: `${clusterName}: unusual cost`,
          status: 'Enabled',
          viewId: interpolate`/${scope}/${ANOMALY_VIEW}`,
          schedule: { frequency: 'Daily', startDate: plan.startDate, endDate: plan.anomaliesUntil },
          notification: { to: emails, subject: `Unusual cost of ${clusterName}`.slice(0, 70) },
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
