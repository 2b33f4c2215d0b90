/** The newest runs of a pipeline, oldest first: each a shape in its colour that leads to the run and says its word. */
import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';
import { TONE, type Run } from '../../api/runs';
import { BoxLink } from '../../components/BoxLink';
import { Mark } from '../../components/Status';
import { useNow } from '../../lib/clock';
import { ago, many, span } from '../../lib/format';

/** A run in words: "succeeded 3 min ago, in 4 s, 1,000 records in". */
export function told(run: Run, now: number): string {
  const rows = run.counts['rows'];
  const brought = typeof rows === 'number' ? `, ${many(rows, 'record')} in` : '';
  return `${run.status} ${ago(run.started_at, now)}, in ${span(run.seconds)}${brought}`;
}

export function RunStrip({ runs, of }: { runs: readonly Run[]; of: string }) {
  const now = useNow();
  if (runs.length === 0) return <Box sx={{ color: 'text.secondary' }}>never run</Box>;
  const longest = Math.max(...runs.map(({ seconds }) => seconds), 0.001);
  return (
    <Box component="ol" aria-label={`Last runs of ${of}, the newest last`} sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', alignItems: 'end', gap: '2px' }}>
      {runs.toReversed().map((run) => (
        <li key={run.run_id}>
          <Tooltip title={told(run, now)} describeChild>
            <BoxLink to="/pipelines/runs/$run" params={{ run: run.run_id }} aria-label={told(run, now)} sx={{ display: 'flex', flexDirection: 'column', justifyContent: 'end', alignItems: 'center', gap: '3px', width: 16, height: 44, pb: '3px', borderRadius: '4px' }}>
              <Box component="span" aria-hidden sx={{ width: 8, borderRadius: '1px', bgcolor: 'divider' }} style={{ height: Math.max(2, (run.seconds / longest) * 24) }} />
              <Mark tone={TONE[run.status]} size={11} />
            </BoxLink>
          </Tooltip>
        </li>
      ))}
    </Box>
  );
}
