/** Values and how often each occurs, the most frequent first. What a value holds is shown as text, whatever it is. */
import Box from '@mui/material/Box';
import { count, share } from '../../lib/format';

interface Value {
  value: string;
  count: number;
  share: number;
}

export function Values({ values, code }: { values: readonly Value[]; code?: boolean }) {
  const most = Math.max(...values.map((each) => each.share), 1e-9);
  return (
    <Box component="table" sx={{ width: '100%', borderCollapse: 'collapse', tableLayout: 'fixed', '& td, & th': { py: 0.375, textAlign: 'right', fontWeight: 400 }, '& th': { textAlign: 'left' } }}>
      <colgroup>
        <col />
        <Box component="col" sx={{ width: 72 }} />
        <Box component="col" sx={{ width: 64 }} />
      </colgroup>
      <tbody>
        {values.map((each) => (
          <tr key={each.value}>
            <Box component="th" scope="row" title={each.value} sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', ...(code ? { fontFamily: 'ui-monospace, Menlo, Consolas, monospace', fontSize: '0.8125rem' } : {}) }}>
              {each.value === '' ? '(empty)' : each.value}
              <Box aria-hidden sx={{ height: 3, backgroundColor: 'var(--sq-palette-tone-unknown)', borderRadius: 1 }} style={{ width: `${(each.share / most) * 100}%` }} />
            </Box>
            <td>{count(each.count)}</td>
            <td>{share(each.share)}</td>
          </tr>
        ))}
      </tbody>
    </Box>
  );
}
