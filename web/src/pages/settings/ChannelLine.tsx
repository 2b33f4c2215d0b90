/** A channel: where it leads, how it stands, and a message to try it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useMutation } from '@tanstack/react-query';
import { tryChannel, type Channel } from '../../api/channels';
import { ErrorState } from '../../components/ErrorState';
import { Line } from '../../components/Lines';
import { Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import { many, span } from '../../lib/format';

export function ChannelLine({ channel, can }: { channel: Channel; can: boolean }) {
  const trying = useMutation({ mutationFn: () => tryChannel(channel.name) });
  const place = channel.place ?? 'its address is secret';
  return (
    <Line
      title={channel.name}
      about={`${channel.kind}, ${place}${channel.signed ? ', signed' : ''}; ${used(channel)}; at most ${channel.rate}`}
      state={<Standing channel={channel} />}
      actions={
        can && (
          <Button variant="outlined" loading={trying.isPending} onClick={() => { trying.mutate(); }} aria-label={`Send a test message to ${channel.name}`}>
            Test
          </Button>
        )
      }
    >
      <Box role="status" aria-label={`The test of ${channel.name}`} sx={{ '&:empty': { display: 'none' }, pt: 0.5, '& > span': { whiteSpace: 'normal' } }}>
        {trying.data && (
          <Status tone={trying.data.taken ? 'ok' : 'critical'}>
            {trying.data.taken ? `The test message was taken, in ${span(trying.data.seconds)}` : `The test message was not taken: ${trying.data.error ?? 'no reason was given'}`}
          </Status>
        )}
      </Box>
      {trying.error && <ErrorState error={trying.error} what="Not tried" />}
    </Line>
  );
}

function used({ routes }: Channel): string {
  if (routes.length === 0) return 'no route uses it';
  return `used by ${routes.length === 1 ? 'route' : 'routes'} ${routes.map((at) => at + 1).join(', ')}`;
}

function Standing({ channel: { waiting, failed, last } }: { channel: Channel }) {
  if (failed > 0) return <Status tone="critical">{`${many(failed, 'message')} given up`}</Status>;
  if (waiting > 0 && last?.error) return <Status tone="warn">{`${many(waiting, 'message')} waiting: ${last.error}`}</Status>;
  if (waiting > 0) return <Status tone="info">{`${many(waiting, 'message')} waiting`}</Status>;
  if (!last) return <Box sx={{ color: 'text.secondary' }}>nothing sent yet</Box>;
  return (
    <Status tone="ok">
      last sent <Ago at={last.sent_at ?? last.created_at} />
    </Status>
  );
}
