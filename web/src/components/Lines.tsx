/** A short list, a line for each: what it is, what there is to say of it, and what can be done. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

export function Lines({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Box component="ul" aria-label={label} sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5 }}>
      {children}
    </Box>
  );
}

interface Props {
  title: ReactNode;
  about?: ReactNode;
  /** Stands at the right: a state, a moment. */
  state?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

export function Line({ title, about, state, actions, children }: Props) {
  return (
    <Box component="li" sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider' }}>
      <Box sx={{ display: 'flex', columnGap: 2, rowGap: 0.5, alignItems: 'center', flexWrap: 'wrap' }}>
        <Box sx={{ flex: '1 1 220px', minWidth: 0, overflowWrap: 'anywhere' }}>
          <Box sx={{ fontWeight: 600 }}>{title}</Box>
          {about && <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>{about}</Box>}
        </Box>
        {state && <Box sx={{ fontSize: '0.8125rem', minWidth: 0, maxWidth: '100%', overflowWrap: 'anywhere', '& > span': { whiteSpace: 'normal' } }}>{state}</Box>}
        {actions && <Box sx={{ display: 'flex', gap: 0.5, flexWrap: 'wrap' }}>{actions}</Box>}
      </Box>
      {children}
    </Box>
  );
}
