/** Messages that wait, were given up, or were sent, with the reason why. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { deliveries, sendAgain, type Delivery } from '../../api/channels';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Line, Lines } from '../../components/Lines';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import { many } from '../../lib/format';
import { routing } from './search';

const route = getRouteApi('/frame/settings/channels');
const NONE = { due: 'No message waits', failed: 'No message was given up', sent: 'No message was sent yet' } as const;

export function Deliveries({ can }: { can: boolean }) {
  const { state = 'due' } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useInfiniteQuery(deliveries(state));
  const rows = asked.data?.pages.flatMap((page) => page.items);
  return (
    <Card
      title="Messages"
      note={
        <TextField
          select
          label="Which"
          value={state}
          onChange={(event) => { void navigate({ search: (before) => routing({ ...before, state: event.target.value }) }); }}
          slotProps={{ select: { native: true } }}
        >
          <option value="due">Waiting</option>
          <option value="failed">Given up</option>
          <option value="sent">Sent</option>
        </TextField>
      }
    >
      {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={3} />)}
      {rows?.length === 0 && <EmptyState title={NONE[state]} level="h3" />}
      {rows && rows.length > 0 && (
        <Lines label="Messages">
          {rows.map((each) => (
            <Message key={each.delivery_id} message={each} can={can} />
          ))}
        </Lines>
      )}
      {asked.hasNextPage && (
        <Box sx={{ px: 1, py: 0.5, borderTop: 1, borderColor: 'divider' }}>
          <Button onClick={() => void asked.fetchNextPage()} loading={asked.isFetchingNextPage}>Load more</Button>
        </Box>
      )}
    </Card>
  );
}

function Message({ message, can }: { message: Delivery; can: boolean }) {
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () => sendAgain(message.delivery_id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts', 'channels'] }),
  });
  const { state, error, attempts } = message;
  return (
    <Line
      title={message.title}
      about={
        <>
          to {message.channel}, {message.event} <Ago at={message.created_at} />
          {attempts > 0 && `, ${many(attempts, 'attempt')}`}
          {state === 'due' && (
            <>
              , next <Ago at={message.due_at} />
            </>
          )}
        </>
      }
      state={
        state === 'sent' ? (
          <Status tone="ok">
            sent <Ago at={message.sent_at} />
          </Status>
        ) : error ? (
          <Status tone={state === 'failed' ? 'critical' : 'warn'}>{error}</Status>
        ) : undefined
      }
      actions={
        can && state !== 'sent' ? (
          <Button variant="outlined" loading={again.isPending} onClick={() => { again.mutate(); }} aria-label={`Try now: ${message.title}, to ${message.channel}`}>
            Try now
          </Button>
        ) : undefined
      }
    >
      {again.error && <ErrorState error={again.error} what="Not tried" />}
    </Line>
  );
}
