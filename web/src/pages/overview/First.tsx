/** Where nothing has run yet: what to do first. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { many } from '../../lib/format';

export function First({ datasets }: { datasets: number }) {
  return (
    <Paper component="section" aria-label="How to begin" sx={{ px: 2, py: 1.5, mb: 1.5 }}>
      <Typography component="h2" sx={{ fontSize: '1.125rem', fontWeight: 600 }}>
        {datasets === 0 ? 'There are no datasets yet' : `${many(datasets, 'dataset')} ${datasets === 1 ? 'is' : 'are'} set up; nothing has run yet`}
      </Typography>
      <Box component="ol" sx={{ m: 0, mt: 0.5, pl: 2.5, display: 'grid', gap: 0.25 }}>
        <li>
          A pipeline in <code>sentinel.yaml</code> names a source and its contract; <code>sentinel infer</code> writes a first contract from data.
        </li>
        <li>
          <code>sentinel run</code> brings what the sources have, <code>sentinel schedule</code> goes on doing so. This page fills by itself.
        </li>
        <li>Rules for alerts say who is told of what, and where.</li>
      </Box>
    </Paper>
  );
}
