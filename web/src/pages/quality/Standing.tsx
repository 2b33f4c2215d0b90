/** All sources together: each number leads to what it counts. */
import Box from '@mui/material/Box';
import type { Summary } from '../../api/quality';
import { BoxLink } from '../../components/BoxLink';
import { count, many, score } from '../../lib/format';
import type { Search } from './search';

export function Standing({ summary }: { summary: Summary | undefined }) {
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr 1fr', md: 'repeat(4, 1fr)' }, gap: 1.5, mb: 1.5 }}>
      <Number search={{}} value={score(summary?.score)} label={summary ? `mean score of ${many(summary.sources, 'source')}` : 'mean score'} />
      <Number search={{}} value={count(summary?.below)} label="sources below a threshold" loud={(summary?.below ?? 0) > 0} />
      <Number search={{ tab: 'checks' }} value={count(summary?.checks_today)} label={summary?.waiting ? `checks in 24 h, ${count(summary.waiting)} not over` : 'checks in 24 h'} />
      <Number search={{ tab: 'checks', status: 'failed' }} value={count(summary?.failed)} label="files that could not be checked" loud={(summary?.failed ?? 0) > 0} />
    </Box>
  );
}

interface Props {
  search: Search;
  value: string;
  label: string;
  loud?: boolean;
}

function Number({ search, value, label, loud = false }: Props) {
  return (
    <BoxLink to="/quality" search={search} sx={{ p: 2, border: 1, borderColor: 'divider', borderRadius: 2, bgcolor: 'background.paper' }}>
      <Box component="span" sx={{ display: 'block', fontSize: '1.5rem', lineHeight: 1.2, fontWeight: loud ? 700 : 400, color: loud ? 'text.primary' : 'text.secondary' }}>
        {value}
      </Box>
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {label}
      </Box>
    </BoxLink>
  );
}
