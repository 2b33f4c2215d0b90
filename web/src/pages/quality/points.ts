/** Where the points went: from 1 down to the score, part by part, and in each part cause by cause. */
import type { Checked, FullCheck, Part } from '../../api/quality';

export interface Loss {
  check: string;
  lost: number;
  /** The score before this cause, and after. */
  from: number;
  to: number;
  /** The check itself, for its column and its counts; none where the report no longer has it. */
  found: Checked | undefined;
}

export interface Step {
  name: string;
  part: Part;
  /** The score before this part, and after. */
  from: number;
  to: number;
  below: boolean;
  causes: Loss[];
}

/** The parts that cost points, the dearest first, each standing where the one before it ended. */
export function steps({ parts, report }: Pick<FullCheck, 'parts' | 'report'>): Step[] {
  const checks = new Map(report?.checks.map((each) => [each.name, each]));
  let at = 1;
  return Object.entries(parts)
    .filter(([, part]) => part.lost > 0)
    .sort(([, one], [, other]) => other.lost - one.lost)
    .map(([name, part]) => {
      const from = at;
      at -= part.lost;
      let left = from;
      const causes = part.causes.map(({ check, lost }) => {
        const before = left;
        left -= lost;
        return { check, lost, from: before, to: left, found: checks.get(check) };
      });
      return { name, part, from, to: at, below: part.score < part.threshold, causes };
    });
}

/** The parts that cost nothing. */
export function whole(parts: Record<string, Part>): string[] {
  return Object.entries(parts)
    .filter(([, part]) => part.lost <= 0)
    .map(([name]) => name)
    .sort();
}

const FLOORS = [0.99, 0.95, 0.9, 0.8, 0.5, 0];

/** Where a scale begins that ends at 1: as near to it as the lowest value allows, so that small losses are seen. */
export function floor(lowest: number): number {
  return FLOORS.find((each) => each < lowest) ?? 0;
}

/** A place on the scale, in per cent of its width. */
export function place(value: number, least: number): number {
  return Math.min(100, Math.max(0, ((value - least) / (1 - least)) * 100));
}
