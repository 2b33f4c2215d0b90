/** Whether what is shown is what is: live, asked for every few seconds, or cut off and since when. */
import Box from '@mui/material/Box';
import { useLive, type Connection } from '../api/live';
import { Mark } from '../components/Status';
import { useNow } from '../lib/clock';
import type { Tone } from '../lib/color';
import { span } from '../lib/format';

const SAID: Record<Connection, [Tone, string]> = {
  connecting: ['unknown', 'Connecting'],
  live: ['ok', 'Live'],
  polling: ['ok', 'Up to date'],
  lost: ['warn', 'Reconnecting'],
};

export function ConnectionNotice() {
  const { state, heard } = useLive();
  const now = useNow();
  const [tone, word] = SAID[state];
  const since = state === 'lost' ? `, as of ${span(Math.max(1, (now - heard) / 1000))} ago` : '';
  return (
    <Box role="status" sx={{ display: 'flex', minWidth: 0, alignItems: 'center', gap: 0.75, color: 'text.secondary', fontSize: '0.8125rem', whiteSpace: 'nowrap' }}>
      <Mark tone={tone} size={10} />
      <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>
        {word}
        {since}
      </Box>
    </Box>
  );
}
