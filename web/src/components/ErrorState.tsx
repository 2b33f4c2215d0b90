/** What went wrong, why, what to do next, and an id to name when asking. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { problemOf } from '../api/errors';
import { Mark } from './Status';

interface Props {
  error: unknown;
  retry?: (() => void) | undefined;
  what?: string;
}

export function ErrorState({ error, retry, what }: Props) {
  const problem = problemOf(error);
  return (
    <Box role="alert" sx={{ p: 2, display: 'flex', gap: 1.25, alignItems: 'flex-start' }}>
      <Box sx={{ pt: 0.5 }}>
        <Mark tone="critical" size={14} />
      </Box>
      <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <Typography sx={{ fontWeight: 600 }}>{what ?? problem.title}</Typography>
        <Typography>{problem.detail}</Typography>
        {problem.hint && <Typography sx={{ color: 'text.secondary' }}>{problem.hint}</Typography>}
        <Box sx={{ mt: 1, display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          {retry && (
            <Button variant="outlined" onClick={retry}>
              Try again
            </Button>
          )}
          {problem.instance && <Copy text={problem.instance} />}
        </Box>
      </Box>
    </Box>
  );
}

export function Copy({ text, label = 'Copy the id' }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  return (
    <Button
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => {
          setDone(true);
        });
      }}
      title={text}
    >
      <span aria-live="polite">{done ? 'Copied' : label}</span>
    </Button>
  );
}
