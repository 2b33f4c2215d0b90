/** The head of a page and a box of content in it. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { arrive } from '../lib/focus';

let arrived = false;

interface Props {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its heading is what the focus moves to when one comes to it. */
export function Page({ title, about, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The first page leaves the focus where the browser puts it.
    if (arrived) arrive(heading.current);
    arrived = true;
  }, []);
  useEffect(() => {
    document.title = `${title} · SentinelDQ`;
  }, [title]);
  return (
    <>
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'flex-end', flexWrap: 'wrap', mb: 2 }}>
        <Box sx={{ flex: 1, minWidth: 200 }}>
          <Typography variant="h1" tabIndex={-1} id="title" ref={heading}>
            {title}
          </Typography>
          {about && <Typography sx={{ color: 'text.secondary' }}>{about}</Typography>}
        </Box>
        {actions}
      </Box>
      {children}
    </>
  );
}

export function Card({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Paper component="section" aria-labelledby={id} sx={{ minWidth: 0, overflow: 'hidden' }}>
      <Box sx={{ display: 'flex', alignItems: 'baseline', gap: 1, px: 2, pt: 1.5, pb: 0.5 }}>
        <Typography variant="h2" id={id} sx={{ flex: 1 }}>
          {title}
        </Typography>
        {note && (
          <Typography variant="body2" component="div" sx={{ color: 'text.secondary' }}>
            {note}
          </Typography>
        )}
      </Box>
      {children}
    </Paper>
  );
}
