/** A list and, beside it, what stands open of it; where there is no room for both, the one or the other. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useEffect, useRef, type ReactNode } from 'react';
import { arrive } from '../lib/focus';

interface Props {
  list: ReactNode;
  /** What stands open: its name, and what is said of it. */
  open?: { title: string; body: ReactNode } | undefined;
  close: () => void;
  back: string;
}

export function Beside({ list, open, close, back }: Props) {
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: { lg: open ? 'minmax(0, 3fr) minmax(0, 2fr)' : '1fr' }, gap: 1.5, alignItems: 'start' }}>
      <Box sx={{ minWidth: 0, display: { xs: open ? 'none' : 'block', lg: 'block' } }}>{list}</Box>
      {open && <Panel key={open.title} {...open} close={close} back={back} />}
    </Box>
  );
}

function Panel({ title, body, close, back }: { title: string; body: ReactNode; close: () => void; back: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Where the list is out of sight, what was opened is gone to; beside it the list keeps the focus.
    if (!matchMedia('(min-width: 1200px)').matches) arrive(heading.current);
  }, []);
  return (
    <Paper
      component="section"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
      sx={{ minWidth: 0, overflow: 'hidden' }}
    >
      <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 1, px: 2, pt: 1.25 }}>
        <Typography variant="h2" ref={heading} tabIndex={-1} sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere', '&:focus': { outline: 'none' } }}>
          {title}
        </Typography>
        <Button onClick={close}>{back}</Button>
      </Box>
      {body}
    </Paper>
  );
}
