/** What came when, with a zero for each hour or day in which nothing did. */
import type { Arrived } from '../../api/quarantine';

const LENGTH = { hour: 3_600_000, day: 86_400_000 } as const;

export type Grain = keyof typeof LENGTH;

/** The beginnings of all hours or days from one moment to before another. */
export function spans(since: string, until: string, grain: Grain): number[] {
  const first = Date.parse(since);
  return Array.from({ length: Math.max(0, Math.ceil((Date.parse(until) - first) / LENGTH[grain])) }, (_, at) => first + at * LENGTH[grain]);
}

export function series(items: readonly Arrived[], check: string | null, at: readonly number[]): number[] {
  const known = new Map(items.filter((item) => item.check === check).map((item) => [Date.parse(item.at), item.records]));
  return at.map((each) => known.get(each) ?? 0);
}
