/** An empty list: because nothing is wrong, or because a filter hides what is. */
import Button from '@mui/material/Button';
import { useInfiniteQuery } from '@tanstack/react-query';
import { alerts, type Counts } from '../../api/alerts';
import { EmptyState } from '../../components/EmptyState';
import { Ago } from '../../components/Time';
import type { Change, Search } from './search';

interface Props {
  search: Search;
  change: (next: Change) => void;
  counts: Counts | undefined;
}

export function Nothing({ search, change, counts }: Props) {
  const hiding = search.q ?? search.severity ?? search.dataset;
  const { data } = useInfiniteQuery({ ...alerts({ status: ['resolved'] }), enabled: (counts?.resolved ?? 0) > 0 });
  if (hiding) {
    return (
      <EmptyState
        title="No alert fits"
        level="p"
        action={
          <Button
            variant="outlined"
            onClick={() => {
              change({ q: undefined, severity: undefined, dataset: undefined });
            }}
          >
            Drop the filters
          </Button>
        }
      >
        {[search.q && `with "${search.q}"`, search.severity?.toLowerCase(), search.dataset && `of ${search.dataset}`].filter(Boolean).join(', ')}
      </EmptyState>
    );
  }
  if (search.tab === 'resolved') return <EmptyState title="Nothing was resolved yet" level="p" />;
  if (search.tab === 'snoozed') return <EmptyState title="Nothing is snoozed" level="p" />;
  const last = data?.pages[0]?.items[0];
  return (
    <EmptyState title={search.tab === 'mine' ? 'Nothing is yours to do' : 'Nothing is wrong'} level="p">
      {last ? (
        <>
          The last to be resolved, <Ago at={last.resolved_at} />: {last.title}
        </>
      ) : (
        'A finding of a pipeline, a monitor or a person opens an alert here.'
      )}
    </EmptyState>
  );
}
