/** The list of datasets, of which the pages in sight are fetched and no others: any place of it is a step away. */
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { page, PAGE, type Row, type Wanted } from '../../api/datasets';
import { interval } from '../../api/live';

type Answer = Awaited<ReturnType<NonNullable<ReturnType<typeof page>['queryFn']>>>;

export interface Listed {
  /** As long as the list is; undefined where a row is still to come. */
  rows: readonly (Row | undefined)[] | undefined;
  total: number;
  facets: Answer['facets'];
  error: Error | null;
  /** Whether what is shown is of the list before. */
  old: boolean;
  retry: () => void;
  seen: (first: number, last: number) => void;
}

/** The pages that have these rows. */
export function pagesOf(first: number, last: number): number[] {
  const [from, to] = [Math.floor(first / PAGE), Math.floor(last / PAGE)];
  return Array.from({ length: to - from + 1 }, (_, place) => from + place);
}

/** Rows at their places, as long as the list is. */
export function placed(total: number, pages: ReadonlyMap<number, readonly Row[]>): (Row | undefined)[] {
  const rows = Array.from<Row | undefined>({ length: total });
  pages.forEach((items, number) => {
    items.forEach((row, place) => {
      const at = number * PAGE + place;
      if (at < total) rows[at] = row;
    });
  });
  return rows;
}

export function useDatasets(wanted: Wanted): Listed {
  const [sight, setSight] = useState<readonly number[]>([0]);
  const seen = useCallback((first: number, last: number) => {
    const next = pagesOf(first, last);
    setSight((before) => (before.join() === next.join() ? before : next));
  }, []);
  // The first page is always there: it has the total and the facets, and stands while another order is fetched.
  const head = useQuery({ ...page(wanted, 0), refetchInterval: interval, placeholderData: keepPreviousData });
  const further = sight.filter((number) => number > 0);
  const others = useQueries({
    queries: further.map((number) => ({ ...page(wanted, number), refetchInterval: interval })),
    combine: (found) => found.map(({ data }) => data?.items),
  });
  const total = head.data?.total ?? 0;
  const rows = useMemo(() => {
    if (!head.data) return undefined;
    const known = new Map<number, readonly Row[]>([[0, head.data.items]]);
    others.forEach((items, place) => {
      const number = further[place];
      if (items && number !== undefined) known.set(number, items);
    });
    return placed(total, known);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `further` is `sight` without the first
  }, [head.data, others, sight, total]);
  return {
    rows,
    total,
    facets: head.data?.facets ?? {},
    error: head.error,
    old: head.isPlaceholderData,
    retry: () => void head.refetch(),
    seen,
  };
}
