/** What the command palette offers: pages and actions by their words, and what the server found. */
import type { LinkProps } from '@tanstack/react-router';
import type { Found } from '../api/search';
import { placeOf } from '../components/DatasetLink';
import { severity } from '../components/Status';
import { TONE as HEALTH } from '../api/datasets';
import { TONE as RUNS } from '../api/runs';
import type { Tone } from '../lib/color';
import { words } from '../lib/format';
import { PAGES } from './pages';

export type Group = 'Pages' | 'Datasets' | 'Alerts' | 'Runs' | 'Actions';

export interface Command {
  id: string;
  group: Group;
  label: string;
  /** What stands beside it: a key, a status. */
  note?: string;
  tone?: Tone;
  /** Where it leads, or what it does. */
  does: LinkProps | (() => void);
}

export const PLACES: readonly Command[] = PAGES.map(({ path, name, key }) => ({ id: `page ${path}`, group: 'Pages', label: name, note: `g ${key}`, does: { to: path } }));

/** Those in which every word of a text stands. */
export function fitting(commands: readonly Command[], text: string): Command[] {
  const asked = text.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(({ label, group }) => asked.every((word) => `${label} ${group}`.toLowerCase().includes(word)));
}

/** What the server found, each leading to its place. */
export function reached({ datasets, alerts, runs }: Found): Command[] {
  return [
    ...datasets.map(({ name, health, layer }): Command => ({ id: `dataset ${name}`, group: 'Datasets', label: name, note: `${health}, ${layer}`, tone: HEALTH[health], does: placeOf(name) })),
    ...alerts.map(({ alert_id, title, severity: level, status }): Command => ({ id: `alert ${alert_id}`, group: 'Alerts', label: title, note: words(status), tone: status === 'resolved' ? 'ok' : severity(level)[0], does: { to: '/alerts', search: { alert: alert_id } } })),
    ...runs.map(({ run_id, pipeline, status }): Command => ({ id: `run ${run_id}`, group: 'Runs', label: `${pipeline}, ${run_id}`, note: words(status), tone: status in RUNS ? RUNS[status as keyof typeof RUNS] : 'unknown', does: { to: '/pipelines/runs/$run', params: { run: run_id } } })),
  ];
}

/** The command that a key leads to from another, round and round; undefined for a key that leads nowhere. */
export function step(key: string, from: number, size: number): number | undefined {
  if (size === 0) return undefined;
  if (key === 'ArrowDown') return (from + 1) % size;
  if (key === 'ArrowUp') return (from - 1 + size) % size;
  return undefined;
}
