/** Did each run do what it should, and where did every row go? */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import { useInfiniteQuery } from '@tanstack/react-query';
import { interval } from '../../api/live';
import { pipelines, TONE } from '../../api/runs';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { Status } from '../../components/Status';
import { many } from '../../lib/format';
import { PipelineRow } from './PipelineRow';
import { Sections } from './Sections';

/** What the shapes of runs mean. */
function Key() {
  return (
    <Box component="span" sx={{ display: 'inline-flex', flexWrap: 'wrap', columnGap: 1.5, ml: 1 }}>
      {Object.entries(TONE).map(([status, tone]) => (
        <Status key={status} tone={tone}>
          {status}
        </Status>
      ))}
      <span>bar: how long it took</span>
    </Box>
  );
}

export function Pipelines() {
  const asked = useInfiniteQuery({ ...pipelines, refetchInterval: interval });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  return (
    <Page title="Pipelines" about="Did each run do what it should, and where did every row go?">
      <Sections />
      <Paper sx={{ overflow: 'hidden' }}>
        {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} what="The pipelines could not be shown" /> : <Loading rows={4} height={84} />)}
        {rows?.length === 0 && (
          <EmptyState title="There are no pipelines yet">
            One in <code>sentinel.yaml</code> names a source and a contract; <code>sentinel run</code> brings what the source has.
          </EmptyState>
        )}
        {rows && rows.length > 0 && (
          <Box component="ul" aria-label="Pipelines" sx={{ listStyle: 'none', m: 0, p: 0, mt: '-1px' }}>
            {rows.map((pipeline) => (
              <PipelineRow key={pipeline.name} pipeline={pipeline} />
            ))}
          </Box>
        )}
      </Paper>
      <Box sx={{ mt: 1, color: 'text.secondary', display: 'flex', gap: 1, alignItems: 'center' }}>
        {rows && many(asked.data?.pages[0]?.total ?? rows.length, 'pipeline')}
        {rows && rows.length > 0 && <Key />}
        {asked.hasNextPage && (
          <Button onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
            Load more
          </Button>
        )}
      </Box>
    </Page>
  );
}
