/** The span of time that all pages look at: it stands in the address, and goes along from page to page. */
import { getRouteApi } from '@tanstack/react-router';
import { days, kept, USUAL, type Range } from '../lib/range';

const frame = getRouteApi('/frame');

export interface Ranged {
  range: Range;
  /** How many days long it is. */
  days: number;
  change: (range: Range) => void;
}

export function useRange(): Ranged {
  const search = frame.useSearch();
  const navigate = frame.useNavigate();
  const range = { ...USUAL, ...search };
  return {
    range,
    days: days(range, Date.now()),
    change: (next) => void navigate({ to: '.', search: (before) => ({ ...before, from: undefined, to: undefined, ...kept({ ...next }) }) }),
  };
}
