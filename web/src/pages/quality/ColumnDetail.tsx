/** One column: what its values are, and those that are not as the others. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import { may, me } from '../../api/session';
import { Status } from '../../components/Status';
import { count, number, plain, share, words } from '../../lib/format';
import type { Row } from './columns';
import { TONES } from './verdict';

export function ColumnDetail({ row: { measure, checks, moved }, close }: { row: Row; close: () => void }) {
  const { data: who } = useQuery(me);
  const values = may(who, 'analyst');
  const { spread } = measure;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    // What led here may stand far above.
    box.current?.scrollIntoView({ block: 'nearest' });
  }, [measure.name]);
  return (
    <Box component="section" ref={box} aria-label={`Column ${measure.name}`} sx={{ p: 2, borderLeft: { lg: 1 }, borderTop: { xs: 1, lg: 0 }, borderColor: { xs: 'divider', lg: 'divider' }, minWidth: 0, overflowWrap: 'anywhere' }}>
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'baseline' }}>
        <Typography variant="h3" sx={{ flex: 1, minWidth: 0 }}>{measure.name}</Typography>
        <Button onClick={close}>Close</Button>
      </Box>
      <Box component="dl" sx={{ display: 'grid', gridTemplateColumns: '120px minmax(0, 1fr)', rowGap: 0.5, columnGap: 1.5, m: 0, mt: 0.5, '& dt': { color: 'text.secondary' }, '& dd': { m: 0 } }}>
        <Fact name="Type">{measure.type}</Fact>
        {measure.missing > 0 && <Fact name="Missing">{missing(measure)}</Fact>}
        {Object.keys(measure.forms).length > 0 && (
          <Fact name="Written as">{Object.entries(measure.forms).map(([form, found]) => <div key={form}>{form} · {count(found)}</div>)}</Fact>
        )}
        {measure.odd_samples && measure.odd_samples.length > 0 && <Fact name="Other values"><Samples of={measure.odd_samples} /></Fact>}
        {spread && <Fact name="Middle half">{number(spread.lower)} to {number(spread.upper)}</Fact>}
        {spread?.low_fence != null && <Fact name="Within fences">{number(spread.low_fence)} to {number(spread.high_fence)}</Fact>}
        {measure.outliers > 0 && <Fact name="Outliers">{count(measure.outliers)} of {count(measure.numbers)} numbers, {share(measure.outliers / measure.numbers)}</Fact>}
        {measure.outlier_samples && measure.outlier_samples.length > 0 && <Fact name="Among them"><Samples of={measure.outlier_samples.map(plain)} /></Fact>}
        {measure.distinct !== null && <Fact name="Distinct">about {number(measure.distinct)} of {count(measure.rows - measure.missing)}</Fact>}
        {measure.low != null && <Fact name="From … to">{plain(measure.low)} … {plain(measure.high)}</Fact>}
        {measure.mean !== null && <Fact name="Mean">{number(measure.mean)}</Fact>}
      </Box>
      {!values && <Typography sx={{ color: 'text.secondary', mt: 1 }}>Values of the data are shown to analysts.</Typography>}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, mt: 1.5, p: 0 }}>
        {checks.map((check) => (
          <Box component="li" key={check.name} sx={{ py: 0.5, borderTop: 1, borderColor: 'divider' }}>
            <Status tone={TONES[check.status] ?? 'unknown'}>{words(check.kind)}: {check.status}</Status>
            <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>{[check.expected, check.failed ? `${count(check.failed)} of ${count(check.evaluated)} are not so` : undefined].filter(Boolean).join('; ')}</Box>
          </Box>
        ))}
        {moved.map((each) => (
          <Box component="li" key={each.metric} sx={{ py: 0.5, borderTop: 1, borderColor: 'divider' }}>{each.message || `${each.metric} since the last upload`}</Box>
        ))}
      </Box>
    </Box>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Samples({ of }: { of: readonly string[] }) {
  return of.map((each, at) => (
    <Box key={`${each}${at}`} sx={{ fontFamily: 'monospace', whiteSpace: 'pre-wrap' }}>{each}</Box>
  ));
}

function missing({ missing: all, blanks, placeholders, rows }: Row['measure']): string {
  const parts = [
    [all - blanks - placeholders, 'null'],
    [blanks, 'blank'],
    [placeholders, 'placeholder'],
  ] as const;
  const told = parts.filter(([found]) => found > 0).map(([found, name]) => `${count(found)} ${name}`);
  return `${count(all)} of ${count(rows)}: ${told.join(', ')}`;
}
