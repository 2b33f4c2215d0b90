/** Numbers, spans of time and moments: the one place that writes them. Times carry their zone. */

const NONE = '–';
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const SHARE = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 3 });

export type Zone = 'local' | 'UTC';

/** A count, whole and with its thousands apart. */
export function count(value: number | null | undefined): string {
  return value == null ? NONE : WHOLE.format(value);
}

/** A measured number, to three digits that count. */
export function number(value: number | null | undefined): string {
  if (value == null) return NONE;
  return Math.abs(value) >= 1000 ? WHOLE.format(value) : SHORT.format(value);
}

/** A part of one, in per cent. */
export function share(value: number | null | undefined): string {
  return value == null ? NONE : SHARE.format(value);
}

/** How far apart two shares are: "0.4 points". */
export function points(value: number): string {
  const size = Math.abs(value) * 100;
  return `${SHORT.format(size < 1 ? Number(size.toFixed(2)) : size)} ${size === 1 ? 'point' : 'points'}`;
}

/** A number of things in words: "1 row", "2 rows". */
export function many(value: number, one: string, more = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : more}`;
}

const UNITS: [string, number][] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A span in seconds, in its largest unit: "3 h". */
export function span(seconds: number | null | undefined): string {
  if (seconds == null) return NONE;
  const size = Math.abs(seconds);
  const [unit, length] = UNITS.find(([, each]) => size >= each) ?? ['s', 1];
  return `${SHORT.format(size < 1 ? Number(seconds.toFixed(2)) : Math.round(seconds / length))} ${unit}`;
}

/** How long ago a moment was, or how far ahead it is: "3 h ago", "in 2 d". */
export function ago(at: string | null | undefined, now: number): string {
  if (!at) return NONE;
  const seconds = (now - Date.parse(at)) / 1000;
  if (Math.abs(seconds) < 5) return 'now';
  return seconds >= 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

/** A moment in full, with its zone. */
export function moment(at: string | null | undefined, zone: Zone): string {
  if (!at) return NONE;
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    ...(zone === 'UTC' ? { timeZone: 'UTC' } : {}),
  }).format(new Date(at));
}

/** A name of the API in words: `missing_data` as "missing data". */
export function words(name: string): string {
  return name.replaceAll('_', ' ').toLowerCase();
}

/** Any JSON value on one line; a time is left as it is. */
export function plain(value: unknown): string {
  if (value == null) return NONE;
  if (typeof value === 'number') return Number.isInteger(value) ? count(value) : number(value);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every((each) => each === null || typeof each !== 'object')) return value.map(plain).join(', ');
  return JSON.stringify(value);
}

/** A whole hour on an axis: "21 Nov 14:00". Its zone stands where the chart is explained. */
export function hour(at: string, zone: Zone): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(zone === 'UTC' ? { timeZone: 'UTC' } : {}),
  }).format(new Date(at));
}

const SIZES = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** A size in bytes, in the unit of thousands that suits it: "1.2 MB". */
export function bytes(value: number | null | undefined): string {
  if (value == null) return NONE;
  const power = Math.min(SIZES.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${SHORT.format(value / 1000 ** power)} ${SIZES[power] ?? ''}`;
}

/** A score from 0 to 1, to three places; 1.000 is only what is whole. */
export function score(value: number | null | undefined): string {
  if (value == null) return NONE;
  return value < 1 && value > 0.999 ? '0.999' : value.toFixed(3);
}

/** A whole day on an axis, which is one of UTC: "21 Nov". */
export function day(at: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(at));
}
