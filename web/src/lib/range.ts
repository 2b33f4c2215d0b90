/** A span of time as it stands in an address: `now-7d` to `now`, or two moments. */

const RELATIVE = /^now(?:-(\d{1,4})(m|h|d|w))?$/;
const SECONDS: Record<string, number> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

export interface Range {
  from: string;
  to: string;
}

/** A span in an address: what is usual is left out. */
export type Span = Partial<Range>;

export const USUAL: Range = { from: 'now-7d', to: 'now' };

export const PRESETS: [string, Range][] = [
  ['Last hour', { from: 'now-1h', to: 'now' }],
  ['Last 24 hours', { from: 'now-24h', to: 'now' }],
  ['Last 7 days', { from: 'now-7d', to: 'now' }],
  ['Last 30 days', { from: 'now-30d', to: 'now' }],
];

/** The moment that one end stands for, in milliseconds since 1970; undefined for one that is not understood. */
export function resolve(text: string, now: number): number | undefined {
  const found = RELATIVE.exec(text.trim());
  if (found) return now - Number(found[1] ?? 0) * (SECONDS[found[2] ?? 'm'] ?? 0) * 1000;
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** What is wrong with a span, in words; undefined for one that can be used. */
export function fault({ from, to }: Range, now: number): string | undefined {
  const [start, end] = [resolve(from, now), resolve(to, now)];
  if (start === undefined) return `"${from}" is no time: now-24h and 2026-11-20T10:00Z are`;
  if (end === undefined) return `"${to}" is no time: now and 2026-11-20T10:00Z are`;
  return start < end ? undefined : 'the span ends before it begins';
}

/** The span that an address asks for, where it is one; nothing else is kept. */
export function kept(given: Record<string, unknown>): Span {
  const { from, to } = given;
  if (typeof from !== 'string' || typeof to !== 'string' || fault({ from, to }, Date.now())) return {};
  return from === USUAL.from && to === USUAL.to ? {} : { from, to };
}

/** The moments to ask the API for, to the minute; a span that ends now has no end. */
export function moments({ from, to }: Range, now: number): { since: string; until: string | null } {
  const minute = (at: number) => new Date(Math.floor(at / 60_000) * 60_000).toISOString();
  return {
    since: minute(resolve(from, now) ?? now - 7 * 86_400_000),
    until: to === 'now' ? null : minute(resolve(to, now) ?? now),
  };
}

/** How long a span is, in hours. */
export function hours({ from, to }: Range, now: number): number {
  return ((resolve(to, now) ?? now) - (resolve(from, now) ?? now)) / 3_600_000;
}

/** How many days long a span is, 1 and more. */
export function days(range: Range, now: number): number {
  return Math.max(1, Math.ceil(hours(range, now) / 24));
}

/** What the API is asked for a span: so many days up to now, of which whole ones are shown, or its two moments. */
export type Asked = { days: number } | { since: string; until: string | null };

const WHOLE = /^now-([1-9]\d*)(d|w)$|^now-(24)h$/;

export function asked(range: Range, now: number): Asked {
  const found = range.to === 'now' && WHOLE.exec(range.from);
  if (!found) return moments(range, now);
  return { days: found[3] ? 1 : Number(found[1]) * (found[2] === 'w' ? 7 : 1) };
}

/** A span as part of an address of the API. */
export function spelled(given: Asked): string {
  const parts = Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [`${name}=${String(value)}`]));
  return parts.join('&');
}

/** A span as a window of profiles, which goes by whole hours: a length up to where the data ends, or both ends. */
export function windowOf(range: Range, now: number): string {
  const given = asked(range, now);
  if ('days' in given) return `${given.days}d`;
  if (range.to === 'now') return `${Math.max(1, Math.ceil(hours(range, now)))}h`;
  const hour = (text: string, round: (value: number) => number) => new Date(round((resolve(text, now) ?? now) / 3_600_000) * 3_600_000).toISOString().slice(0, 16);
  return `${hour(range.from, Math.floor)}..${hour(range.to, Math.ceil)}`;
}
