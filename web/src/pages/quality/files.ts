/** The files that somebody chose, and what can be said of them before they are sent. */
import type { Chosen } from '../../api/uploads';
import { bytes, count } from '../../lib/format';

/** What a file dialog offers first; the server goes by the bytes, not by the name. */
export const FORMATS = '.csv,.tsv,.txt,.json,.ndjson,.jsonl,.parquet,.xlsx,.xlsm,.xls,.ods,.gz,.zst,.bz2';

export interface Found {
  file: File;
  folder: boolean;
}

/** What was dropped or pasted; a folder comes as a file that cannot be read. */
export function dropped(data: DataTransfer): Found[] {
  return [...data.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ file: item.getAsFile(), folder: item.webkitGetAsEntry()?.isDirectory ?? false }))
    .filter((found): found is Found => found.file !== null);
}

/** Files to send, each with the reason where the server would refuse it anyway. */
export function chosen(found: readonly Found[], limit: number | undefined): Chosen[] {
  return found.map(({ file, folder }) => {
    const refused = folder ? 'This is a folder. Choose the files in it.' : tooLarge(file.size, limit);
    return refused === undefined ? { file } : { file, refused };
  });
}

function tooLarge(size: number, limit: number | undefined): string | undefined {
  if (limit === undefined || size <= limit) return undefined;
  return `The file has ${bytes(size)}; ${count(limit)} bytes is the most that is taken. Large data is better read by a pipeline.`;
}
