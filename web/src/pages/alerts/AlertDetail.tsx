/** One alert: what it says, what explains it, what can be done, and what was done. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { alert as one, type Action, type AlertWithHistory } from '../../api/alerts';
import { interval } from '../../api/live';
import { DatasetLink } from '../../components/DatasetLink';
import { Copy, ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Severity } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago, Moment } from '../../components/Time';
import { plain, words } from '../../lib/format';
import type { Asking } from './dialogs';
import { note, told } from './history';

interface Props {
  id: string;
  can: boolean;
  run: (action: Action) => void;
  ask: (asking: Asking) => void;
  close: () => void;
  go: (id: string) => void;
}

export function AlertDetail({ id, can, run, ask, close, go }: Props) {
  const { data, error, refetch } = useQuery({ ...one(id), refetchInterval: interval });
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} what="This alert could not be shown" />;
  if (!data) return <Loading rows={8} />;
  return (
    <Box sx={{ p: 2 }}>
      <Button onClick={close} sx={{ mb: 1, ml: -0.75, display: { lg: 'none' } }}>
        ← All alerts
      </Button>
      <Typography variant="h2" id="detail" sx={{ overflowWrap: 'anywhere' }}>
        {data.title}
      </Typography>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, color: 'text.secondary', mt: 0.5 }}>
        <Severity of={data.severity} />
        <span>{words(data.status)}</span>
        <span>
          opened <Ago at={data.opened_at} />
        </span>
        <span>{data.assignee ? `assigned to ${data.assignee}` : 'unassigned'}</span>
      </Box>
      <Actions alert={data} can={can} run={run} ask={ask} />
      <Facts alert={data} go={go} />
      <History alert={data} />
      {can && <Comment key={id} say={(text) => { run({ verb: 'comment', note: text }); }} />}
    </Box>
  );
}

function Actions({ alert, can, run, ask }: Pick<Props, 'can' | 'run' | 'ask'> & { alert: AlertWithHistory }) {
  const standing = alert.status !== 'resolved';
  const why = can ? undefined : 'This takes the role steward';
  return (
    <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', my: 2 }}>
      {standing && alert.status !== 'acknowledged' && (
        <Button variant="contained" disabled={!can} onClick={() => { run({ verb: 'acknowledge' }); }}>
          Acknowledge
        </Button>
      )}
      {standing && (
        <>
          <Button variant="outlined" disabled={!can} onClick={() => { ask('resolve'); }}>
            Resolve
          </Button>
          <Button variant="outlined" disabled={!can} onClick={() => { ask('snooze'); }}>
            Snooze
          </Button>
          <Button variant="outlined" disabled={!can} onClick={() => { ask('assign'); }}>
            Assign
          </Button>
        </>
      )}
      {alert.status !== 'open' && (
        <Button variant={standing ? 'text' : 'contained'} disabled={!can} onClick={() => { run({ verb: 'reopen' }); }}>
          Reopen
        </Button>
      )}
      <Copy text={globalThis.location.href} label="Copy link" />
      {why && <Typography sx={{ color: 'text.secondary' }}>{why}</Typography>}
    </Box>
  );
}

function Facts({ alert, go }: { alert: AlertWithHistory; go: Props['go'] }) {
  const details = Object.entries(alert.details).filter(([, value]) => value !== null);
  return (
    <Box component="dl" sx={{ display: 'grid', gridTemplateColumns: { xs: '110px 1fr', sm: '150px 1fr' }, rowGap: 0.75, columnGap: 2, m: 0, '& dt': { color: 'text.secondary' }, '& dt::first-letter': { textTransform: 'uppercase' }, '& dd': { m: 0, minWidth: 0, overflowWrap: 'anywhere' } }}>
      {alert.cause && (
        <>
          <dt>Explained by</dt>
          <dd>
            <Cause id={alert.cause} go={go} />
          </dd>
        </>
      )}
      <dt>Dataset</dt>
      <dd>{alert.dataset && alert.kind !== 'upload' ? <DatasetLink name={alert.dataset} /> : (alert.dataset ?? 'none')}</dd>
      <dt>Kind</dt>
      <dd>{words(alert.kind)}</dd>
      <dt>Seen</dt>
      <dd>
        {alert.count === 1 ? 'once' : `${plain(alert.count)} times`}, last change <Moment at={alert.updated_at} />
      </dd>
      {alert.snoozed_until && alert.status === 'snoozed' && (
        <>
          <dt>Silent until</dt>
          <dd>
            <Moment at={alert.snoozed_until} />
          </dd>
        </>
      )}
      {alert.status === 'resolved' && (
        <>
          <dt>Resolved</dt>
          <dd>
            {words(alert.reason ?? '')} {alert.resolved_by ? `by ${alert.resolved_by}` : 'by itself'}, <Moment at={alert.resolved_at} />
          </dd>
        </>
      )}
      {details.map(([name, value]) => (
        <Box key={name} sx={{ display: 'contents' }}>
          <dt>{words(name).replace(/ id$/, '')}</dt>
          <dd>
            <Value name={name} value={value} />
          </dd>
        </Box>
      ))}
    </Box>
  );
}

/** What is known of an alert; an upload's check and source are led to. */
function Value({ name, value }: { name: string; value: unknown }) {
  if (name === 'check_id' && typeof value === 'string') return <TextLink to="/quality/checks/$check" params={{ check: value }}>See the check</TextLink>;
  if (name === 'source_id' && typeof value === 'string') return <TextLink to="/quality/sources/$source" params={{ source: value }}>See the source</TextLink>;
  return plain(value);
}

function Cause({ id, go }: { id: string; go: Props['go'] }) {
  const { data } = useQuery(one(id));
  return (
    <Button sx={{ p: 0, textAlign: 'left', minWidth: 0 }} onClick={() => { go(id); }}>
      {data?.title ?? 'another alert'}
    </Button>
  );
}

function History({ alert }: { alert: AlertWithHistory }) {
  return (
    <Box component="section" aria-labelledby="history" sx={{ mt: 3 }}>
      <Typography variant="h3" id="history">
        History
      </Typography>
      <Box component="ol" sx={{ listStyle: 'none', p: 0, m: 0, mt: 1, borderLeft: 1, borderColor: 'divider', pl: 2, display: 'grid', gap: 1.25 }}>
        {alert.history.toReversed().map((entry) => (
          <Box component="li" key={`${entry.at}${entry.kind}`} sx={{ '&::first-letter': { textTransform: 'uppercase' } }}>
            <Box component="span" sx={{ fontWeight: entry.kind === 'joined' ? 400 : 600 }}>
              {told(entry)}
            </Box>{' '}
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {entry.actor ? `by ${entry.actor}, ` : ''}
              <Ago at={entry.at} />
            </Box>
            {note(entry) && <Box sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{note(entry)}</Box>}
          </Box>
        ))}
      </Box>
    </Box>
  );
}

function Comment({ say }: { say: (text: string) => void }) {
  const [text, setText] = useState('');
  return (
    <Box
      component="form"
      sx={{ mt: 2, display: 'flex', gap: 1, alignItems: 'flex-start' }}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') return;
        say(text.trim());
        setText('');
      }}
    >
      <TextField
        label="Comment"
        fullWidth
        multiline
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
        slotProps={{ htmlInput: { maxLength: 5000 } }}
      />
      <Button type="submit" variant="outlined" size="medium" disabled={text.trim() === ''}>
        Comment
      </Button>
    </Box>
  );
}
