/** The numbers behind a column's drift: plain statistics, quantiles, and every test that was made. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { ColumnDrift, Test } from '../../api/drift';
import { Status } from '../../components/Status';
import type { Tone } from '../../lib/color';
import { count, moment, number, words, type Zone } from '../../lib/format';

function Table({ label, head, children }: { label: string; head: readonly string[]; children: ReactNode }) {
  return (
    // What scrolls has to be reached by the keyboard.
    <Box role="region" aria-label={label} tabIndex={0} sx={{ overflowX: 'auto', px: 2, pb: 1.5 }}>
      <Box component="table" sx={{ width: '100%', borderCollapse: 'collapse', '& th, & td': { py: 0.5, px: 1, textAlign: 'right', borderBottom: 1, borderColor: 'divider', whiteSpace: 'nowrap' }, '& th': { fontWeight: 400, color: 'text.secondary' }, '& th:first-of-type, & .text': { textAlign: 'left' }, '& tr > :first-of-type': { pl: 0 }, '& .text': { whiteSpace: 'normal' } }}>
        <thead>
          <tr>
            {head.map((each) => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </Box>
    </Box>
  );
}

/** Plain statistics and quantiles, from the baseline to now. */
export function Numbers({ of, zone }: { of: ColumnDrift; zone: Zone }) {
  const time = of.distributions.some((each) => each.scale === 'time');
  const write = (value: number | null) => (value !== null && time ? moment(new Date(value * 1000).toISOString(), zone) : number(value));
  return (
    <Table label="Statistics" head={['', 'Baseline', 'Current', 'Change']}>
      {of.statistics.map(({ name, baseline, current }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>{baseline}</td>
          <td>{current}</td>
          <td />
        </tr>
      ))}
      {of.quantiles.map(({ rank, baseline, current }) => (
        <tr key={rank}>
          <th scope="row">{rank === 0.5 ? 'median' : `${rank * 100} % below`}</th>
          <td>{write(baseline)}</td>
          <td>{write(current)}</td>
          <td>{time ? '' : change(baseline, current)}</td>
        </tr>
      ))}
    </Table>
  );
}

/** By how much a number changed, from what it was: nothing where that was zero. */
export function change(before: number | null, after: number | null): string {
  if (before === null || after === null || before === 0) return '';
  const part = (100 * (after - before)) / Math.abs(before);
  return Math.abs(part) < 0.05 ? '0 %' : `${part > 0 ? '+' : '−'}${number(Math.abs(part))} %`;
}

const STATUS: Record<Test['status'], Tone> = { drift: 'warn', same: 'ok', 'not enough data': 'unknown' };

/** Every test: what it measured, how likely that is by chance, and what it was held against. */
export function Tests({ tests }: { tests: readonly Test[] }) {
  const ordered = tests.toSorted((one, other) => other.score - one.score);
  return (
    <Table label="Tests" head={['Test', 'Verdict', 'Statistic', 'Effect', 'Threshold', 'p', 'p, adjusted', 'Score', 'n before', 'n now', 'Note']}>
      {ordered.map((test) => (
        <tr key={`${test.metric_name} ${test.entity ?? ''}`}>
          <th scope="row">
            {words(test.metric_name)}
            {test.entity ? ` of ${test.entity}` : ''}
          </th>
          <td>
            <Status tone={STATUS[test.status]}>{test.status}</Status>
          </td>
          <td>{number(test.statistic)}</td>
          <td>{number(test.effect)}</td>
          <td>{number(test.threshold)}</td>
          <td>{chance(test.p_value)}</td>
          <td>{chance(test.adjusted)}</td>
          <td>{number(test.score)}</td>
          <td>{test.baseline_rows ? count(test.baseline_rows) : '–'}</td>
          <td>{test.current_rows ? count(test.current_rows) : '–'}</td>
          <td className="text">{test.note}</td>
        </tr>
      ))}
    </Table>
  );
}

/** A probability; the smallest ones are not told apart. */
export function chance(value: number | null): string {
  return value !== null && value < 0.0001 ? '< 0.0001' : number(value);
}
