/** The answer in one sentence, and the score with what moved it since yesterday. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { Fragment } from 'react';
import type { Mover, Overview } from '../../api/dashboard';
import { DatasetLink } from '../../components/DatasetLink';
import { Mark } from '../../components/Status';
import { Ago } from '../../components/Time';
import { accepted, did, moved, verdict } from './words';

export function Verdict({ data }: { data: Overview | undefined }) {
  const { tone, text } = data ? verdict(data) : { tone: 'unknown' as const, text: 'Looking…' };
  return (
    <Paper component="section" aria-label="How the data is" sx={{ px: 2, py: 1.5, mb: 1.5, display: 'flex', gap: 1.5, minHeight: 76 }} aria-busy={!data}>
      <Box sx={{ pt: 0.5 }}>
        <Mark tone={tone} size={16} />
      </Box>
      <Box sx={{ minWidth: 0, flex: 1, overflowWrap: 'anywhere' }}>
        <Typography component="h2" sx={{ fontSize: '1.125rem', fontWeight: 600, lineHeight: 1.35 }}>
          {text}
        </Typography>
        {data && (
          <Typography>
            {accepted(data.since_yesterday)}
            {moved(data.since_yesterday) && <Because movers={data.since_yesterday.because} />}
            {data.simulated && ' The records are simulated.'}
          </Typography>
        )}
      </Box>
      <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem', whiteSpace: 'nowrap', display: { xs: 'none', sm: 'block' } }}>
        {data && (
          <>
            looked at <Ago at={data.at} />
          </>
        )}
      </Box>
    </Paper>
  );
}

/** The datasets that moved the score: "because orders went from 99.1% to 91%, and users …". */
function Because({ movers }: { movers: readonly Mover[] }) {
  if (movers.length === 0) return '.';
  return (
    <>
      {', because '}
      {movers.map((each, place) => (
        <Fragment key={each.dataset}>
          {place > 0 && (place === movers.length - 1 ? ' and ' : ', ')}
          <DatasetLink name={each.dataset} /> {did(each)}
        </Fragment>
      ))}
      .
    </>
  );
}
