/** What an environment may cost in a month, and who hears of it before it does. */
import type { Cloud } from './platform-profile';
import { type Draft, Findings } from './problem';

/** What an environment says about its money. */
export interface BudgetSpec {
  /** In the currency of the bill, which only the account knows; list prices are in US dollars, so it has no default. */
  readonly amountPerMonth: number;
  /** First month that counts, 'YYYY-MM'. The cloud takes no earlier one than the current. */
  readonly from: string;
  /** Who is written to: one to five addresses. */
  readonly emails: readonly string[];
  /**
   * Percent of the amount at which they are.
   * @default 50, 80 and 100 of what was spent; 100 of what the cloud expects for the month
   */
  readonly thresholds?: readonly BudgetThreshold[];
  /** Whether a day that is unlike the days before is told of as well. @default true */
  readonly anomalies?: boolean;
}

/** When somebody is written to. */
export interface BudgetThreshold {
  /** Percent of the amount, above 0, at most 1000. */
  readonly percent: number;
  /** Whether spent, or expected at the end of the month. */
  readonly of: 'actual' | 'forecast';
}

/** A decided budget. */
export interface BudgetPlan {
  readonly amountPerMonth: number;
  /** First day of the first month, ISO. */
  readonly startDate: string;
  readonly emails: readonly string[];
  readonly thresholds: readonly BudgetThreshold[];
  /** Last day of the anomaly alert, ISO; absent without one. */
  readonly anomaliesUntil?: string;
}

/** Azure wants an end of an alert, and the budget has none. A choice of warmpath. */
const ALERT_YEARS = 10;

const THRESHOLDS: readonly BudgetThreshold[] = [
  { percent: 50, of: 'actual' },
  { percent: 80, of: 'actual' },
  { percent: 100, of: 'actual' },
  { percent: 100, of: 'forecast' },
];

/** "up to five thresholds and five email addresses" (azure-docs cost-management-billing/costs/tutorial-acm-create-budgets.md). */
const MOST_THRESHOLDS = 5;
const MOST_EMAILS = 5;

/** "threshold … always a percent and has to be between 0 and 1000" (ARM schema Microsoft.Consumption 2024-08-01). */
const MOST_PERCENT = 1000;

const MONTH = /^20\d\d-(0[1-9]|1[0-2])$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function checkThresholds(findings: Findings, thresholds: readonly BudgetThreshold[]): void {
  const keys = thresholds.map(({ percent, of }) => `${of} ${percent}`);
  const legal = thresholds.every(
    ({ percent, of }) => percent > 0 && percent <= MOST_PERCENT && (of === 'actual' || of === 'forecast'),
  );
  if (legal && thresholds.length > 0 && thresholds.length <= MOST_THRESHOLDS && new Set(keys).size === keys.length) {
    return;
  }
  findings.error('WP-BUD-001', 'thresholds', thresholds, {
    message: 'nobody could be told at these points',
    allowed: `1 to ${MOST_THRESHOLDS} different ones, above 0 and at most ${MOST_PERCENT} percent, of 'actual' or 'forecast'`,
    fix: 'leave it out',
  });
}

/** Decides a budget: WP-BUD-001; WP-BUD-002 where the cloud has none that a program could make. */
export function draftBudget(cloud: Cloud, spec: BudgetSpec): Draft<BudgetPlan> {
  const findings = new Findings('budget.');
  if (cloud !== 'aks') {
    // The provider ibm-cloud/ibm 2.5.0 has no resource for IBM's spending notifications.
    findings.error('WP-BUD-002', 'cloud', cloud, {
      message: 'IBM Cloud has no budget that a program could make',
      allowed: 'AKS',
      fix: "set a spending notification of the account by hand ('Manage > Billing and usage'), or let costReports write what was spent for a tool that watches it, and remove budget",
    });
    return findings.draft<BudgetPlan>(undefined);
  }
  const { amountPerMonth, from, emails, thresholds = THRESHOLDS, anomalies = true } = spec;
  if (!(amountPerMonth > 0 && Number.isFinite(amountPerMonth))) {
    findings.error('WP-BUD-001', 'amountPerMonth', amountPerMonth, {
      message: 'this is no amount of money',
      allowed: 'a number above 0, in the currency of the bill',
      fix: 'ask whoever owns the cost centre',
    });
  }
  if (!MONTH.test(String(from))) {
    findings.error('WP-BUD-001', 'from', from, {
      message: 'a budget begins with a month',
      allowed: "'YYYY-MM'",
      fix: "write for example '2027-01'",
    });
  }
  const wrong = (emails ?? []).filter((email) => !EMAIL.test(email));
  if (!(emails?.length > 0 && emails.length <= MOST_EMAILS) || wrong.length > 0) {
    findings.error('WP-BUD-001', 'emails', emails, {
      message: 'somebody has to hear of it',
      allowed: `1 to ${MOST_EMAILS} addresses`,
      fix: 'name the rota that owns the cost',
    });
  }
  checkThresholds(findings, thresholds);
  const [year, month] = String(from).split('-');
  return findings.draft<BudgetPlan>({
    amountPerMonth,
    startDate: `${from}-01T00:00:00Z`,
    emails,
    thresholds,
    ...(anomalies && { anomaliesUntil: `${Number(year) + ALERT_YEARS}-${month}-01T00:00:00Z` }),
  });
}
