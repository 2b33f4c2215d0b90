/** Thresholds as they are typed, and as the API takes them. */
import { PARTS, type Thresholds } from '../../api/quality';

/** What stands in each field. Weights are `weights.PART`. */
export type Draft = Record<string, string>;

const SHARES = ['score', 'critical', ...PARTS] as const;

export function draftOf(thresholds: Thresholds): Draft {
  const draft: Draft = { outlier_factor: String(thresholds.outlier_factor) };
  for (const name of SHARES) draft[name] = String(thresholds[name]);
  for (const part of PARTS) draft[`weights.${part}`] = String(thresholds.weights[part] ?? 0);
  return draft;
}

/** What is wrong with each field, as the server would say it. */
export function faults(draft: Draft): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, typed] of Object.entries(draft)) {
    const value = read(typed);
    const most = name.startsWith('weights.') ? 1000 : name === 'outlier_factor' ? 100 : 1;
    const least = name === 'outlier_factor' ? 0.01 : 0;
    if (value === undefined || value < least || value > most) found[name] = `a number from ${least} to ${most}`;
  }
  return found;
}

/** What to send: all of it. */
export function given(draft: Draft): Partial<Thresholds> {
  const value = (name: string) => read(draft[name] ?? '') ?? 0;
  return {
    ...Object.fromEntries([...SHARES, 'outlier_factor'].map((name) => [name, value(name)])),
    weights: Object.fromEntries(PARTS.map((part) => [part, value(`weights.${part}`)])),
  };
}

function read(typed: string): number | undefined {
  const text = typed.trim().replace(',', '.');
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? undefined : value;
}
