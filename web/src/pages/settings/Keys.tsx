/** What programs come in with: one's own keys, and for an admin those of everybody. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { keys, revokeKey, type Key, type KeyWithSecret } from '../../api/access';
import { may, me } from '../../api/session';
import { Ask } from '../../components/Ask';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Lines } from '../../components/Lines';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { useNow } from '../../lib/clock';
import { count, many } from '../../lib/format';
import { KeyForm } from './KeyForm';
import { KeyLine } from './KeyLine';
import { Secret } from './Secret';
import { keys as kept, type Change, type Keys as Search } from './search';
import { holds } from './standing';

const route = getRouteApi('/frame/settings/keys');

export function Keys() {
  const { data: who } = useQuery(me);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const now = useNow();
  const admin = may(who, 'admin');
  // Where nobody logs in there are no keys of one's own.
  const whose = admin && (search.whose === 'all' || who?.kind === 'open') ? 'all' : 'own';
  const asked = useQuery(keys(whose));
  const [adding, add] = useState(false);
  const [made, setMade] = useState<KeyWithSecret>();
  const [revoking, revoke] = useState<Key>();
  const change = (next: Change<Search>) => {
    void navigate({ search: (before) => kept({ ...before, ...next }) });
  };
  const all = asked.data?.items ?? [];
  const holding = all.filter((key) => holds(key, now));
  const rows = search.ended ? all : holding;
  return (
    <Card
      title={whose === 'all' ? 'Keys of everybody' : 'Your keys'}
      note={<Button variant="contained" onClick={() => { add(true); }}>Create a key</Button>}
    >
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap', px: 2, py: 0.5 }}>
        {admin && who?.kind !== 'open' && (
          <TextField select label="Whose" value={whose} onChange={(event) => { change({ whose: event.target.value === 'all' ? 'all' : undefined }); }} slotProps={{ select: { native: true } }}>
            <option value="own">Yours</option>
            <option value="all">Everybody’s</option>
          </TextField>
        )}
        <FormControlLabel control={<Checkbox size="small" checked={search.ended ?? false} onChange={(event) => { change({ ended: event.target.checked || undefined }); }} />} label={`Also those that are over${asked.data ? ` (${count(all.length - holding.length)})` : ''}`} />
        <Box sx={{ color: 'text.secondary' }}>{asked.data && many(rows.length, 'key')}</Box>
      </Box>
      {made && <Secret made={made} close={() => { setMade(undefined); }} />}
      {!asked.data && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={3} height={52} />)}
      {asked.data && rows.length === 0 && (
        <EmptyState title="No key" level="h3">
          A program comes in with a key: <code>Authorization: Bearer sdq_…</code>
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Lines label="Keys">
          {rows.map((key) => (
            <KeyLine key={key.key_id} of={key} whose={whose} revoke={() => { revoke(key); }} />
          ))}
        </Lines>
      )}
      {adding && (
        <KeyForm
          whose={whose}
          role={who?.role ?? 'viewer'}
          close={() => { add(false); }}
          done={(key) => {
            add(false);
            setMade(key);
            void queries.invalidateQueries({ queryKey: ['access', 'keys'] });
          }}
        />
      )}
      {revoking && (
        <Ask
          title={`Revoke ${revoking.name}`}
          verb="Revoke the key"
          grave
          run={() => revokeKey(whose, revoking.key_id)}
          done={() => {
            revoke(undefined);
            if (made?.key_id === revoking.key_id) setMade(undefined);
            void queries.invalidateQueries({ queryKey: ['access', 'keys'] });
          }}
          close={() => { revoke(undefined); }}
        >
          Whatever uses it is refused from now on. It cannot be taken back; another key can be made.
        </Ask>
      )}
    </Card>
  );
}
