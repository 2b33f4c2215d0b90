/** The datasets that are not healthy, each with the reason in words. */
import Box from '@mui/material/Box';
import type { Overview } from '../../api/dashboard';
import { TONE } from '../../api/datasets';
import { DatasetLink } from '../../components/DatasetLink';
import { EmptyState } from '../../components/EmptyState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Mark } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { count } from '../../lib/format';

const MOST = 6;

export function Worst({ data }: { data: Overview | undefined }) {
  const all = data && (data.datasets['warning'] ?? 0) + (data.datasets['critical'] ?? 0);
  return (
    <Card title="Datasets to look at" note={<TextLink to="/datasets">{all ? `All ${count(all)} that are not healthy` : 'All datasets'}</TextLink>}>
      {!data && <Loading rows={3} />}
      {data?.worst.length === 0 && (
        <EmptyState title="None" level="h3">
          No run failed, nothing is late, and no alert is open about a dataset.
        </EmptyState>
      )}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5 }}>
        {data?.worst.slice(0, MOST).map((each) => (
          <Box component="li" key={each.name} sx={{ display: 'flex', gap: 1.25, px: 2, py: 0.875, borderTop: 1, borderColor: 'divider' }}>
            <Box sx={{ pt: 0.25 }}>
              <Mark tone={TONE[each.health]} />
            </Box>
            <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              <DatasetLink name={each.name} />
              <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>{each.reasons.map(({ message }) => message).join('; ')}</Box>
            </Box>
          </Box>
        ))}
      </Box>
    </Card>
  );
}
