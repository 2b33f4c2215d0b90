/** Above the list: what is selected and what to do with it. Below it: what was done, and how to take it back. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Paper from '@mui/material/Paper';
import type { Action } from '../../api/alerts';
import { ErrorState } from '../../components/ErrorState';
import { count, many } from '../../lib/format';
import type { useActions } from './actions';
import type { Asking } from './dialogs';

interface Props {
  selected: ReadonlySet<string>;
  clear: () => void;
  all: () => void;
  can: boolean;
  run: (action: Action) => void;
  ask: (asking: Asking) => void;
  shown: number;
  waiting: number;
  take: () => void;
  more: (() => void) | undefined;
  busy: boolean;
}

export function Toolbar({ selected, clear, all, can, run, ask, shown, waiting, take, more, busy }: Props) {
  const some = selected.size > 0;
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, minHeight: 44, px: 0.5, pr: 1.5, borderBottom: 1, borderColor: 'divider', flexWrap: 'wrap' }} aria-busy={busy}>
      <Checkbox
        size="small"
        checked={some && selected.size >= shown}
        indeterminate={some && selected.size < shown}
        onChange={some ? clear : all}
        slotProps={{ input: { 'aria-label': some ? 'Select none' : 'Select all' } }}
      />
      {some ? (
        <>
          <Box component="span" sx={{ mr: 0.5 }}>
            {count(selected.size)} selected
          </Box>
          <Button disabled={!can} onClick={() => { run({ verb: 'acknowledge' }); }}>
            Acknowledge
          </Button>
          <Button disabled={!can} onClick={() => { ask('resolve'); }}>
            Resolve
          </Button>
          <Button disabled={!can} onClick={() => { ask('snooze'); }}>
            Snooze
          </Button>
          <Button disabled={!can} onClick={() => { ask('assign'); }}>
            Assign
          </Button>
        </>
      ) : (
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {busy ? 'Looking…' : many(shown, 'alert')}
        </Box>
      )}
      <Box sx={{ flex: 1 }} />
      {waiting > 0 && <Button onClick={take}>{count(waiting)} new</Button>}
      {more && (
        <Button onClick={more} disabled={busy}>
          Load more
        </Button>
      )}
    </Box>
  );
}

/** What the last action did. It stays until the next one: nobody has to be quick to take something back. */
export function Said({ actions: { last, error, busy, undo, forget } }: { actions: ReturnType<typeof useActions> }) {
  return (
    <Box sx={{ position: 'fixed', bottom: 16, left: '50%', transform: 'translateX(-50%)', zIndex: 15, width: 'max-content', maxWidth: 'calc(100vw - 32px)' }}>
      <div role="status">
        {!error && last && (
          <Paper sx={{ display: 'flex', alignItems: 'center', gap: 1, pl: 2, pr: 1, py: 0.5 }}>
            {last.text}
            {last.undo && (
              <Button onClick={undo} disabled={busy}>
                Undo
              </Button>
            )}
            <Button onClick={forget} aria-label="Close" sx={{ minWidth: 32 }}>
              ✕
            </Button>
          </Paper>
        )}
      </div>
      {error && (
        <Paper>
          <ErrorState error={error} retry={forget} what="Not done" />
        </Paper>
      )}
    </Box>
  );
}
