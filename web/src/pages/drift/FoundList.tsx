/** What was found of drift before, newest first: what stands in the store, with the windows it was found in. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useInfiniteQuery } from '@tanstack/react-query';
import { found } from '../../api/drift';
import { interval } from '../../api/live';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Severity } from '../../components/Status';
import { Ago } from '../../components/Time';
import { number, words } from '../../lib/format';
import type { Range } from '../../lib/range';

export function FoundList({ dataset, column, range }: { dataset: string; column?: string; range: Range }) {
  const asked = useInfiniteQuery({ ...found(dataset, column, range, 20), refetchInterval: interval });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  if (asked.error && !rows) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />;
  if (!rows) return <Loading rows={4} />;
  if (rows.length === 0) return <EmptyState title="Nothing was found in this time" level="h3" />;
  return (
    <>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {rows.map((row) => (
          <Box component="li" key={row.drift_id} sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: '76px minmax(0, 1fr) 90px' }, columnGap: 2, px: 2, py: 0.75, borderTop: 1, borderColor: 'divider', alignItems: 'baseline' }}>
            <Severity of={row.severity} />
            <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              {row.message || words(row.metric_name)}
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {' '}
                {row.drift_type}, {words(row.metric_name)}, score {number(row.drift_score)}
              </Box>
            </Box>
            <Box sx={{ color: 'text.secondary', textAlign: { sm: 'right' } }}>
              <Ago at={row.detected_at} />
            </Box>
          </Box>
        ))}
      </Box>
      {asked.hasNextPage && (
        <Button sx={{ m: 1 }} disabled={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
          Show older
        </Button>
      )}
    </>
  );
}
