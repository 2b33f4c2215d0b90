/** What a list of checks tells of each. */
import type { Check } from '../../api/quality';
import type { Column } from '../../components/DataTable';
import { Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { bytes, count, score } from '../../lib/format';
import { verdict } from './verdict';

/** The columns: all of them, or what fits beside other things on the page of one source. */
export function checkColumns(all: boolean): readonly Column<Check>[] {
  const only = (column: Column<Check>) => (all ? [column] : []);
  return [
    { key: 'file', title: 'File', width: all ? 'minmax(170px, 2fr)' : 'minmax(130px, 1.6fr)', cell: (row) => <TextLink to="/quality/checks/$check" params={{ check: row.check_id }} tabIndex={-1}>{row.file_name}</TextLink> },
    ...only({ key: 'source', title: 'Source', width: 'minmax(100px, 1.2fr)', cell: (row) => row.source_name }),
    { key: 'state', title: 'State', width: '78px', cell: (row) => <State of={row} /> },
    { key: 'score', title: 'Score', width: '60px', numeric: true, cell: (row) => score(row.score) },
    { key: 'why', title: 'Why', width: 'minmax(80px, 1.5fr)', cell: (row) => row.error ?? row.below.join(', ') },
    { key: 'rows', title: 'Rows', width: '64px', numeric: true, cell: (row) => count(row.rows) },
    ...only({ key: 'size', title: 'Size', width: '80px', numeric: true, cell: (row) => bytes(row.size) }),
    ...only({ key: 'by', title: 'By', width: 'minmax(70px, 0.8fr)', cell: (row) => row.uploaded_by ?? 'nobody' }),
    { key: 'at', title: 'When', width: '80px', cell: (row) => <Ago at={row.created_at} /> },
  ];
}

function State({ of }: { of: Check }) {
  const [tone, word] = verdict(of);
  return <Status tone={tone}>{word}</Status>;
}
