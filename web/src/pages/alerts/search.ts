/** What the address of the alerts says: the tab, the filters, and which alert is open. */
import type { Severity, Status, Wanted } from '../../api/alerts';

export const TABS = {
  mine: 'For me',
  unassigned: 'Unassigned',
  open: 'All open',
  snoozed: 'Snoozed',
  resolved: 'Resolved',
} as const;
export type Tab = keyof typeof TABS;

export interface Search {
  tab?: Tab;
  severity?: Severity;
  dataset?: string;
  q?: string;
  alert?: string;
}

/** A change of some of it; undefined takes a part away. */
export type Change = { [Key in keyof Search]?: Search[Key] | undefined };

const SEVERITIES: readonly Severity[] = ['CRITICAL', 'WARNING', 'INFO'];

const STATUSES: Record<Tab, Status[]> = {
  mine: ['open', 'acknowledged'],
  unassigned: ['open'],
  open: ['open', 'acknowledged'],
  snoozed: ['snoozed'],
  resolved: ['resolved'],
};

/** Only what is understood is kept, and what is usual is left out, so that addresses stay short. */
export function search(given: Record<string, unknown>): Search {
  const text = (key: string) => {
    const value = given[key];
    const found = typeof value === 'number' ? String(value) : value;
    return typeof found === 'string' && found !== '' && found.length <= 300 ? found : undefined;
  };
  const tab = Object.keys(TABS).find((each): each is Tab => each === given['tab']);
  const severity = SEVERITIES.find((each) => each === given['severity']);
  const found: Search = {};
  if (tab && tab !== 'open') found.tab = tab;
  if (severity) found.severity = severity;
  for (const key of ['dataset', 'q', 'alert'] as const) {
    const value = text(key);
    if (value) found[key] = value;
  }
  return found;
}

/** What to ask the API for. */
export function wanted({ tab = 'open', severity, dataset }: Search, name: string | undefined): Wanted {
  return {
    status: STATUSES[tab],
    ...(severity ? { severity } : {}),
    ...(dataset ? { dataset } : {}),
    ...(tab === 'mine' && name ? { assignee: name } : {}),
    ...(tab === 'unassigned' ? { unassigned: true } : {}),
  };
}
