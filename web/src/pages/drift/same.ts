/** Windows as the command line and the API are asked for them. */
import type { Windows } from '../../api/drift';

const NAMES = ['baseline', 'current'] as const;

export function flags(windows: Windows): string {
  return NAMES.map((name) => (windows[name] ? ` --${name} ${windows[name]}` : '')).join('');
}

export function query(windows: Windows): string {
  const asked = new URLSearchParams();
  for (const name of NAMES) {
    const value = windows[name];
    if (value) asked.set(name, value);
  }
  return asked.size > 0 ? `?${asked.toString()}` : '';
}
