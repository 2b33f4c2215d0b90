/** Where one is logged in. */
import Button from '@mui/material/Button';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { endOthers, ownSessions } from '../../api/access';
import { ErrorState } from '../../components/ErrorState';
import { Line, Lines } from '../../components/Lines';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Ago } from '../../components/Time';
import { many } from '../../lib/format';

export function Sessions() {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(ownSessions);
  const ending = useMutation({
    mutationFn: endOthers,
    onSettled: () => queries.invalidateQueries({ queryKey: ['access', 'sessions'] }),
  });
  const others = data?.filter((each) => !each.current).length ?? 0;
  return (
    <Card
      title="Sessions"
      note={
        others > 0 ? (
          <Button variant="outlined" loading={ending.isPending} onClick={() => { ending.mutate(); }}>
            End {many(others, 'other')}
          </Button>
        ) : undefined
      }
    >
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={1} />)}
      {ending.error && <ErrorState error={ending.error} what="Not ended" />}
      <Lines label="Sessions">
        {data?.map((each) => (
          <Line
            key={each.created_at}
            title={each.current ? 'This one' : 'Another browser'}
            about={
              <>
                begun <Ago at={each.created_at} />, seen <Ago at={each.seen_at} />, ends <Ago at={each.expires_at} />
              </>
            }
          />
        ))}
      </Lines>
    </Card>
  );
}
