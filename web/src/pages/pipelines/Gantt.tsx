/** The steps of a run on one axis of time. A bar spans from the first to the last moment of a step; its fill says how
 * much of that time it was at work. */
import Box from '@mui/material/Box';
import type { RunDetail } from '../../api/runs';
import { number, share, span } from '../../lib/format';
import { lines, ticks, type Line } from './timeline';

export function Gantt({ run }: { run: RunDetail }) {
  const found = lines(run.steps, run.seconds);
  if (found.length === 0) {
    return <Box sx={{ px: 2, py: 2, color: 'text.secondary' }}>{run.verb === 'run' ? 'This run wrote down no times of its steps.' : `A ${run.verb} has no steps of its own: it took ${span(run.seconds)}.`}</Box>;
  }
  const whole = Math.max(run.seconds, ...found.map(({ last }) => last));
  return (
    <Box sx={{ px: 2, pb: 1.5 }}>
      <Box component="ul" aria-label="Steps of the run" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {found.map((line) => (
          <Row key={line.step} line={line} />
        ))}
      </Box>
      <Box aria-hidden sx={{ display: 'grid', gridTemplateColumns: COLUMNS, columnGap: 1.5, color: 'text.secondary', fontSize: '0.75rem' }}>
        <span />
        <Box sx={{ position: 'relative', height: 18, borderTop: 1, borderColor: 'divider' }}>
          {ticks(whole).map((at) => (
            <Box key={at} component="span" sx={{ position: 'absolute', top: 2, transform: at === 0 ? 'none' : 'translateX(-50%)', whiteSpace: 'nowrap' }} style={{ left: `${(at / whole) * 100}%` }}>
              {at === 0 ? '0' : span(at)}
            </Box>
          ))}
        </Box>
        <span />
      </Box>
      <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem', mt: 0.5 }}>Steps overlap: a batch is read while the one before it is judged and the one before that committed. The filled part is time at work.</Box>
    </Box>
  );
}

const COLUMNS = { xs: '72px minmax(0, 1fr) 58px', sm: '84px minmax(0, 1fr) 72px' };

/** To three digits, for these are compared with each other. */
function time(seconds: number): string {
  return seconds < 60 ? `${number(seconds)} s` : span(seconds);
}

function Row({ line }: { line: Line }) {
  const { step, says, from, to, busy, first, last, seconds } = line;
  const told = `${step}: ${says ? `${says}, ` : ''}from ${time(first)} to ${time(last)}, ${time(seconds)} at work, ${share(busy)} of that time`;
  return (
    <Box component="li" title={told} sx={{ display: 'grid', gridTemplateColumns: COLUMNS, columnGap: 1.5, alignItems: 'center', height: 30 }}>
      <span>{step}</span>
      <Box role="img" aria-label={told} sx={{ position: 'relative', height: 14 }}>
        <Box sx={{ position: 'absolute', height: '100%', minWidth: 3, borderRadius: '3px', bgcolor: 'divider', overflow: 'hidden' }} style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}>
          <Box sx={{ height: '100%', bgcolor: 'text.secondary' }} style={{ width: `${busy * 100}%` }} />
        </Box>
      </Box>
      <Box sx={{ textAlign: 'right', color: 'text.secondary', whiteSpace: 'nowrap' }}>{time(seconds)}</Box>
    </Box>
  );
}
