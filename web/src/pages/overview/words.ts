/** What the overview says in sentences; pure, so that each can be tested. */
import type { Mover, Overview, Since } from '../../api/dashboard';
import type { Tone } from '../../lib/color';
import { count, many, points, share } from '../../lib/format';

/** Shares that differ by less are as good as the same. */
const SAME = 0.0005;

export interface Verdict {
  tone: Tone;
  text: string;
}

/** Whether the data can be trusted, in one sentence. */
export function verdict({ datasets }: Pick<Overview, 'datasets'>): Verdict {
  const of = (level: string) => datasets[level] ?? 0;
  const [critical, warning, unknown] = [of('critical'), of('warning'), of('unknown')];
  const all = critical + warning + unknown + of('healthy');
  if (all === 0) return { tone: 'unknown', text: 'There are no datasets yet' };
  if (critical + warning > 0) {
    const [number, tone]: [number, Tone] = critical > 0 ? [critical, 'critical'] : [warning, 'warn'];
    const what = critical > 0 ? (number === 1 ? 'is in trouble' : 'are in trouble') : number === 1 ? 'needs a look' : 'need a look';
    const more = critical > 0 && warning > 0 ? `, ${count(warning)} more ${warning === 1 ? 'needs' : 'need'} a look` : '';
    return { tone, text: `${count(number)} of ${many(all, 'dataset')} ${what}${more}` };
  }
  if (unknown === all) return { tone: 'unknown', text: all === 1 ? 'The dataset has never run' : `None of ${many(all, 'dataset')} has run yet` };
  const rest = unknown > 0 ? `; of ${count(unknown)} nothing is known yet` : '';
  const well = all - unknown;
  return { tone: 'ok', text: `${unknown === 0 && all > 1 ? 'All ' : ''}${many(well, 'dataset')} ${well === 1 ? 'is' : 'are'} healthy${rest}` };
}

/** How much was accepted, and how that differs from the day before. */
export function accepted({ score, score_before: before, rows }: Since): string {
  if (score === null) return before === null ? 'No records came in the last 48 hours.' : `No records came in the last 24 hours; ${share(before)} were accepted the day before.`;
  const head = `${share(score)} of ${many(rows, 'record')} of the last 24 hours ${rows === 1 ? 'was' : 'were'} accepted`;
  if (before === null) return `${head}; none came the day before.`;
  if (Math.abs(score - before) < SAME) return `${head}, as the day before.`;
  return `${head}, ${points(score - before)} ${score < before ? 'lower' : 'higher'} than the day before (${share(before)})`;
}

/** Whether there is a change to give reasons for. */
export function moved({ score, score_before: before }: Since): boolean {
  return score !== null && before !== null && Math.abs(score - before) >= SAME;
}

/** What a dataset did that moved the score: goes on after its name. */
export function did({ score, score_before: before }: Mover): string {
  if (score === null) return 'brought none';
  if (before === null) return `is new, with ${share(score)}`;
  if (Math.abs(score - before) < SAME) return `is another part of all, with ${share(score)} as before`;
  return `went from ${share(before)} to ${share(score)}`;
}

/** How a count stands to the day before: "3 opened in 24 h, 1 the day before". */
export function against(now: number, before: number, did: string): string {
  return `${count(now)} ${did} in 24 h, ${before === now ? 'as many' : count(before)} the day before`;
}
