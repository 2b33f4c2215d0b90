/** Where would this alert go, and why? Nothing is sent. */
import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import type { Severity } from '../../api/alerts';
import { preview, type Preview } from '../../api/channels';
import { ErrorState } from '../../components/ErrorState';
import { Line, Lines } from '../../components/Lines';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';
import { routing, type Change, type Routing } from './search';

const route = getRouteApi('/frame/settings/channels');
const KINDS = ['run', 'freshness', 'volume', 'drift', 'schema', 'contract', 'nulls', 'score', 'metric', 'upload', 'unreadable', 'delivery', 'manual'];

export function Whereto() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { severity = 'WARNING', kind = 'run', dataset } = search;
  const asked = useQuery(preview(useDeferredValue({ severity, kind, dataset })));
  const change = (next: Change<Routing>) => {
    void navigate({ search: (before) => routing({ ...before, ...next }), replace: true });
  };
  return (
    <Card title="Where would an alert go?" note="nothing is sent">
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', px: 2, pt: 1, pb: 1.5 }}>
        <TextField
          select
          label="Severity"
          value={severity}
          onChange={(event) => { change({ severity: event.target.value as Severity }); }}
          slotProps={{ select: { native: true } }}
        >
          <option value="CRITICAL">Critical</option>
          <option value="WARNING">Warning</option>
          <option value="INFO">Info</option>
        </TextField>
        <TextField select label="Kind" value={kind} onChange={(event) => { change({ kind: event.target.value }); }} slotProps={{ select: { native: true } }}>
          {[...new Set([...KINDS, kind])].map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </TextField>
        <TextField label="Dataset" placeholder="any" value={dataset ?? ''} onChange={(event) => { change({ dataset: event.target.value }); }} sx={{ flex: '1 1 140px' }} />
      </Box>
      {!asked.data && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={2} />)}
      {asked.data && <Answer found={asked.data} busy={asked.isPlaceholderData} />}
    </Card>
  );
}

function Answer({ found, busy }: { found: Preview; busy: boolean }) {
  return (
    <Box aria-busy={busy}>
      <Box role="status" sx={{ px: 2, pb: 1.5 }}>
        <Status tone={found.told.length > 0 ? 'ok' : 'unknown'}>
          <Box component="strong" sx={{ whiteSpace: 'normal' }}>{found.said}</Box>
        </Status>
        <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>{found.owners.length > 0 ? `its owners: ${found.owners.join(', ')}` : 'its dataset has no owner'}</Box>
      </Box>
      <Lines label="Why">
        {found.routes.map(({ position, fits, looked_at, why }) => (
          <Line
            key={position}
            title={`Route ${position + 1}`}
            about={!looked_at ? 'is not looked at: a route above is the last' : fits ? 'fits' : `does not fit: ${why.join('; ')}`}
            state={looked_at && fits ? <Status tone="ok">goes by it</Status> : undefined}
          />
        ))}
      </Lines>
    </Box>
  );
}
