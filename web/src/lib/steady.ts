/** Lists that renew themselves without moving what somebody is about to click. */
import { useState } from 'react';

/** The rows of `shown` in their order, with what is new of each; `waiting` are rows that are not shown yet. */
export function steady<Row>(
  shown: readonly Row[],
  fresh: readonly Row[],
  id: (row: Row) => string,
): { rows: Row[]; waiting: number } {
  const news = new Map(fresh.map((row) => [id(row), row]));
  const rows = shown.map((row) => news.get(id(row)) ?? row);
  const old = new Set(shown.map(id));
  return { rows, waiting: fresh.filter((row) => !old.has(id(row))).length };
}

/** Rows to show: the fresh ones, or, while `held`, those that stood there when the holding began. `key` names the
 * list: rows of another list are never held over. */
export function useSteady<Row>(
  fresh: readonly Row[],
  { held, key, id }: { held: boolean; key: string; id: (row: Row) => string },
): { rows: readonly Row[]; waiting: number } {
  const [kept, keep] = useState<{ key: string; rows: readonly Row[] }>({ key, rows: fresh });
  const holding = held && kept.key === key && kept.rows.length > 0;
  if (!holding && (kept.rows !== fresh || kept.key !== key)) keep({ key, rows: fresh });
  return holding ? steady(kept.rows, fresh, id) : { rows: fresh, waiting: 0 };
}
