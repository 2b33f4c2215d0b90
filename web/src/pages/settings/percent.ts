/** Shares as people type them: per cent. */

export function percent(share: number): string {
  return String(Number((share * 100).toFixed(6)));
}

/** The share that was typed; undefined where it is none. */
export function shareOf(text: string): number | undefined {
  const found = Number(text.replace(',', '.').replace('%', '').trim() || 'none');
  return found >= 0 && found <= 100 ? Number((found / 100).toFixed(8)) : undefined;
}
