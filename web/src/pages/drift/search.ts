/** What the addresses of drift say. */
import type { Severity } from '../../api/alerts';
import type { Grain, Windows } from '../../api/drift';
import { KINDS, type Kind } from '../../api/monitors';

export const TABS = { columns: 'By column', series: 'Monitored series' } as const;
export type Tab = keyof typeof TABS;

export interface Search {
  tab?: Tab;
  q?: string;
  dataset?: string;
  severity?: Severity;
  grain?: Grain;
  kind?: Kind;
  verdict?: string;
  series?: string;
}

/** A change of some of it; undefined takes a part away. */
export type Change = { [Key in keyof Search]?: Search[Key] | undefined };

const SEVERITIES: readonly Severity[] = ['CRITICAL', 'WARNING', 'INFO'];
const GRAINS: readonly Grain[] = ['hour', 'day'];

/** Only what is understood is kept, and what is usual is left out, so that addresses stay short. */
export function search(given: Record<string, unknown>): Search {
  const severity = SEVERITIES.find((each) => each === given['severity']);
  const grain = GRAINS.find((each) => each === given['grain']);
  const kind = KINDS.find((each) => each === given['kind']);
  return {
    ...(given['tab'] === 'series' ? { tab: 'series' as const } : {}),
    ...texts(given, ['q', 'dataset', 'verdict', 'series']),
    ...(severity ? { severity } : {}),
    ...(grain ? { grain } : {}),
    ...(kind ? { kind } : {}),
  };
}

/** The windows that an address compares. */
export function windows(given: Record<string, unknown>): Windows {
  return texts(given, ['baseline', 'current']);
}

/** A grain that suits a span of so many days, unless one is asked for; hours of more than two weeks are none. */
export function grainOf({ grain }: Search, days: number): Grain {
  return days > 14 ? 'day' : (grain ?? (days <= 2 ? 'hour' : 'day'));
}

function texts<Name extends string>(given: Record<string, unknown>, names: readonly Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = given[name];
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text === 'string' && text !== '' && text.length <= 1000) found[name] = text;
  }
  return found;
}
