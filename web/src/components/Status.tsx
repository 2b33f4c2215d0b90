/** A status: its shape, its word and its colour, always all three. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { Tone } from '../lib/color';

const SHAPES: Record<Tone, ReactNode> = {
  ok: <path d="M2.5 6.5 5 9l4.5-6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
  info: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  warn: <path d="M6 1 11.5 11H.5Z" fill="currentColor" />,
  critical: <path d="M3.5.5h5l3 3v5l-3 3h-5l-3-3v-5Z" fill="currentColor" />,
  unknown: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.2 1.6" />,
};

/** The shape alone, for where the word stands beside it already. */
export function Mark({ tone, size = 12 }: { tone: Tone; size?: number }) {
  return (
    <Box
      component="svg"
      viewBox="0 0 12 12"
      aria-hidden
      data-tone={tone}
      sx={{ width: size, height: size, flex: 'none', color: `var(--sq-palette-tone-${tone})` }}
    >
      {SHAPES[tone]}
    </Box>
  );
}

export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75, whiteSpace: 'nowrap', verticalAlign: 'bottom' }}>
      <Mark tone={tone} />
      <span>{children}</span>
    </Box>
  );
}

const SEVERITIES: Record<string, [Tone, string]> = {
  CRITICAL: ['critical', 'Critical'],
  WARNING: ['warn', 'Warning'],
  INFO: ['info', 'Info'],
};

/** How bad something is. */
export function Severity({ of }: { of: string }) {
  const [tone, word] = severity(of);
  return <Status tone={tone}>{word}</Status>;
}

export function severity(name: string): [Tone, string] {
  return SEVERITIES[name.toUpperCase()] ?? ['unknown', name];
}
