/** The lines of a run's timeline: its steps, in the order in which they work, as parts of the run's whole time. */
import type { Step } from '../../api/runs';

export interface Line {
  step: string;
  says: string;
  /** Where it begins and ends, 0 to 1 of the run. */
  from: number;
  to: number;
  /** How much of that it was at work, 0 to 1. */
  busy: number;
  first: number;
  last: number;
  seconds: number;
}

const STEPS: Record<string, string> = {
  read: 'reads the source',
  validate: 'judges records by the contract',
  bronze: 'keeps what came, as it came',
  silver: 'commits what is good, and what is refused',
};

/** Steps that the page does not know stand after those it does. */
export function lines(steps: readonly Step[], seconds: number): Line[] {
  const order = Object.keys(STEPS);
  const place = (step: string) => (order.includes(step) ? order.indexOf(step) : order.length);
  const whole = Math.max(seconds, ...steps.map(({ last }) => last), 0.001);
  return steps
    .toSorted((one, other) => place(one.step) - place(other.step) || one.first - other.first)
    .map(({ step, first, last, busy }) => ({
      step,
      says: STEPS[step] ?? '',
      from: first / whole,
      to: last / whole,
      busy: last > first ? Math.min(busy / (last - first), 1) : 1,
      first,
      last,
      seconds: busy,
    }));
}

/** Round marks for the axis of a run: about four, at whole steps of 1, 2 or 5. */
export function ticks(seconds: number): number[] {
  if (!(seconds > 0)) return [0];
  const raw = seconds / 4;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((each) => each * size >= raw) ?? 10) * size;
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, at) => Number((at * step).toPrecision(6)));
}
