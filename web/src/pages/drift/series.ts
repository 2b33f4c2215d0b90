/** A monitored series as the data of a chart, and the stretches of it that stand out. */
import { kindOf, STATES, type Point } from '../../api/monitors';
import type { Data, Mark } from '../../components/chartdata';

const HOUR = 3_600_000;
const MARKED: ReadonlySet<string | null> = new Set(['anomaly', 'masked']);

/** A stretch of a series, [since, until), of so many points. */
export interface Stretch {
  since: string;
  until: string;
  points: number;
}

export function dataOf(kind: string, points: readonly Point[]): Data {
  const found = kindOf(kind);
  const banded = points.some(({ low, high }) => low !== null && high !== null);
  return {
    kind: 'line',
    labels: points.map(({ at }) => at),
    series: [{ name: found === 'freshness' ? 'age' : found, values: points.map(({ value }) => value) }],
    marks: points.flatMap(({ verdict }, at): Mark[] => {
      const [tone, name] = STATES[verdict ?? ''] ?? [];
      return tone && name && MARKED.has(verdict) ? [{ at, name, tone }] : [];
    }),
    ...(banded ? { band: { name: 'expected', low: points.map(({ low }) => low), high: points.map(({ high }) => high) } } : {}),
    ...(found === 'nulls' || found === 'score' ? { shares: true } : {}),
    ...(found === 'freshness' ? { unit: 's' } : {}),
  };
}

/** The stretches of points that are anomalies, the newest first. A stretch ends where the point after it would begin. */
export function stretches(points: readonly Point[]): Stretch[] {
  const step = pace(points);
  const found: Stretch[] = [];
  let open = false;
  for (const { at, verdict } of points) {
    const last = found.at(-1);
    const until = new Date(Date.parse(at) + step).toISOString();
    if (verdict !== 'anomaly') open = false;
    else if (open && last) Object.assign(last, { until, points: last.points + 1 });
    else {
      open = true;
      found.push({ since: at, until, points: 1 });
    }
  }
  return found.toReversed();
}

/** The usual time between two points. */
function pace(points: readonly Point[]): number {
  const steps = points.slice(1).map(({ at }, place) => Date.parse(at) - Date.parse(points[place]?.at ?? at));
  return steps.toSorted((one, other) => one - other)[Math.floor(steps.length / 2)] ?? HOUR;
}
