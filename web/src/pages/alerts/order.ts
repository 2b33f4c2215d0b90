/** Alerts in the order in which they are worked through, each followed by those that it explains. */
import type { Alert } from '../../api/alerts';

export interface Row {
  alert: Alert;
  /** Whether it is explained by the row above. */
  child: boolean;
  /** How many alerts it explains, of those in the list. */
  children: number;
}

const RANK: Record<string, number> = { CRITICAL: 0, WARNING: 1, INFO: 2 };

/** Worst first, then the newest; what an alert explains stands below it, where that is unfolded. */
export function ordered(alerts: readonly Alert[], unfolded: ReadonlySet<string>, byTime: boolean): Row[] {
  const here = new Set(alerts.map((alert) => alert.alert_id));
  const explained = new Map<string, Alert[]>();
  const heads: Alert[] = [];
  for (const alert of [...alerts].sort(byTime ? newest : worst)) {
    const cause = alert.cause !== null && here.has(alert.cause) && alert.cause !== alert.alert_id ? alert.cause : null;
    if (cause === null) heads.push(alert);
    else explained.set(cause, [...(explained.get(cause) ?? []), alert]);
  }
  const rows: Row[] = [];
  const seen = new Set<string>();
  const put = (alert: Alert, child: boolean) => {
    if (seen.has(alert.alert_id)) return;
    seen.add(alert.alert_id);
    const below = explained.get(alert.alert_id) ?? [];
    rows.push({ alert, child, children: below.length });
    if (child || unfolded.has(alert.alert_id)) {
      below.forEach((each) => {
        put(each, true);
      });
    }
  };
  heads.forEach((alert) => {
    put(alert, false);
  });
  return rows;
}

function newest(one: Alert, other: Alert): number {
  return other.updated_at.localeCompare(one.updated_at) || one.alert_id.localeCompare(other.alert_id);
}

function worst(one: Alert, other: Alert): number {
  return (
    (RANK[one.severity] ?? 9) - (RANK[other.severity] ?? 9) ||
    other.opened_at.localeCompare(one.opened_at) ||
    one.alert_id.localeCompare(other.alert_id)
  );
}

/** Whether every word of a filter stands in an alert's title, dataset, kind or assignee. */
export function matches(alert: Alert, filter: string): boolean {
  const text = [alert.title, alert.dataset, alert.kind, alert.assignee].join(' ').toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
