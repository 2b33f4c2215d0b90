/** Facts about one thing: what each is, and what it comes to. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

export function Facts({ children, narrow }: { children: ReactNode; narrow?: boolean }) {
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: `repeat(auto-fill, minmax(${narrow ? 110 : 150}px, 1fr))`, columnGap: 2, rowGap: 1.25 }}>
      {children}
    </Box>
  );
}

export function Fact({ name, children, wide }: { name: string; children: ReactNode; wide?: boolean }) {
  return (
    <Box sx={{ minWidth: 0, ...(wide ? { gridColumn: '1 / -1' } : {}) }}>
      <Box component="dt" sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>
        {name}
      </Box>
      <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
        {children}
      </Box>
    </Box>
  );
}
