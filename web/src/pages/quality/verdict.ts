/** How a check stands, as a tone and a word: what is not over yet, failed, below, or good. */
import type { Check } from '../../api/quality';
import type { Tone } from '../../lib/color';

export function verdict({ status, below }: Pick<Check, 'status' | 'below'>): [Tone, string] {
  switch (status) {
    case 'waiting':
      return ['unknown', 'waiting'];
    case 'running':
      return ['info', 'running'];
    case 'failed':
      return ['critical', 'failed'];
    case 'done':
      return below.length > 0 ? ['warn', 'below'] : ['ok', 'good'];
  }
}

/** The tone of one of a file's checks. */
export const TONES: Record<string, Tone> = { pass: 'ok', warn: 'info', fail: 'warn', error: 'critical', skip: 'unknown' };

/** What a check's work goes through, in order. */
export const STEPS = {
  starting: 'Starting',
  unpacking: 'Unpacking',
  reading: 'Reading',
  profiling: 'Profiling each column',
  counting: 'Counting missing values, types, outliers and duplicates',
  comparing: 'Comparing with the last upload',
  writing: 'Writing the report',
} as const;

/** The steps that are behind a job, from what it said last: -1 before the first. */
export function reached(step: unknown): number {
  return Object.keys(STEPS).indexOf(String(step));
}
