/** Who is told: the channels, the ways to them, what waits, and where an alert would go. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { channels, rules } from '../../api/channels';
import { may, me } from '../../api/session';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Lines } from '../../components/Lines';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { many } from '../../lib/format';
import { ChannelLine } from './ChannelLine';
import { Deliveries } from './Deliveries';
import { Routes } from './Routes';
import { Whereto } from './Whereto';

export function Channels() {
  const { data: who } = useQuery(me);
  const asked = useQuery(channels);
  const ways = useQuery(rules);
  const can = may(who, 'admin');
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card title="Channels" note={asked.data && `${many(asked.data.length, 'channel')}, set in sentinel.yaml under alerts`}>
        {!asked.data && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={3} height={52} />)}
        {asked.data?.length === 0 && (
          <EmptyState title="Nobody is told yet" level="h3">
            Alerts are kept here, and sent nowhere. Name a channel in sentinel.yaml:
            <Box component="pre" sx={{ textAlign: 'left', bgcolor: 'background.default', border: 1, borderColor: 'divider', borderRadius: 1, p: 1.5, mt: 1.5, overflow: 'auto', fontSize: '0.8125rem' }}>
              {'alerts:\n  channels:\n    mail: {url: "mailtos://${MAIL_USER}:${MAIL_PASSWORD}@mail.example.org"}'}
            </Box>
          </EmptyState>
        )}
        {asked.data && asked.data.length > 0 && (
          <Lines label="Channels">
            {asked.data.map((channel) => (
              <ChannelLine key={channel.name} channel={channel} can={can} />
            ))}
          </Lines>
        )}
      </Card>
      {asked.data && asked.data.length > 0 && (
        <>
          <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' }, alignItems: 'start' }}>
            <Routes rules={ways.data} error={ways.error} retry={() => void ways.refetch()} />
            <Whereto />
          </Box>
          <Deliveries can={can} />
        </>
      )}
    </Box>
  );
}
