/** The score as a waterfall: from 1 down, part by part and cause by cause, each lost point traced to what cost it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import type { FullCheck } from '../../api/quality';
import { Card } from '../../components/Page';
import { Mark } from '../../components/Status';
import { many, score, words } from '../../lib/format';
import { Cause } from './Cause';
import { floor, place, steps, whole, type Step } from './points';

const FEW = 4;
const MANY = 40;

interface Props {
  check: FullCheck;
  open: (column: string) => void;
}

export function Points({ check, open }: Props) {
  const threshold = check.report?.thresholds.score ?? 0;
  if (check.score === null) return <Card title="Score"><Box sx={{ px: 2, pb: 2 }}>The file has nothing that could be scored: no rows.</Box></Card>;
  const found = steps(check);
  const least = floor(check.score);
  const below = check.score < threshold;
  const intact = whole(check.parts);
  return (
    <Card title={`Score ${score(check.score)}`} note={`${below ? 'below' : 'at or above'} ${score(threshold)}, its threshold`}>
      <Box sx={{ px: 2, pb: 1.5, overflowX: 'auto' }}>
        <Box component="table" aria-label="Where the points went" sx={{ width: '100%', borderCollapse: 'collapse', '& th, & td': { py: 0.5, verticalAlign: 'top', textAlign: 'left', fontWeight: 400 }, '& thead th': { color: 'text.secondary', fontSize: '0.8125rem' } }}>
          <thead>
            <tr>
              <Box component="th" scope="col" sx={{ width: { xs: '46%', md: '38%' } }}>Part</Box>
              <Box component="th" scope="col" sx={{ '&&': { textAlign: 'right' }, width: 60 }}>Is</Box>
              <Box component="th" scope="col" sx={{ '&&': { textAlign: 'right' }, width: 76, display: { xs: 'none', sm: 'table-cell' } }}>At least</Box>
              <Box component="th" scope="col" sx={{ '&&': { textAlign: 'right' }, width: 84, pr: 2 }}>Costs</Box>
              <Box component="th" scope="col" sx={{ display: { xs: 'none', sm: 'table-cell' } }}>
                <Box sx={{ display: 'flex', justifyContent: 'space-between' }}><span>{least}</span><span>1</span></Box>
              </Box>
            </tr>
          </thead>
          {found.map((step) => (
            <PartRows key={step.name} step={step} least={least} threshold={threshold} open={open} />
          ))}
          <tbody>
            <Box component="tr" sx={{ borderTop: 1, borderColor: 'divider', '&& th, && td': { fontWeight: 600 } }}>
              <th scope="row"><Named tone={below ? 'warn' : 'ok'}>Score</Named></th>
              <Figure>{score(check.score)}</Figure>
              <Figure wide>{score(threshold)}</Figure>
              <Figure last>{found.length > 0 ? minus(1 - check.score) : ''}</Figure>
              <Bar from={check.score} to={least} least={least} threshold={threshold} paint={below ? 'warn' : 'unknown'} />
            </Box>
          </tbody>
        </Box>
        {intact.length > 0 && <Box sx={{ color: 'text.secondary', mt: 1 }}>Whole, at no cost: {intact.map(words).join(', ')}.</Box>}
        {check.report?.compared === false && <Box sx={{ color: 'text.secondary' }}>Consistency was not asked: nothing was uploaded before.</Box>}
      </Box>
    </Card>
  );
}

interface PartProps {
  step: Step;
  least: number;
  threshold: number;
  open: (column: string) => void;
}

function PartRows({ step: { name, part, from, to, below, causes }, least, threshold, open }: PartProps) {
  const [all, setAll] = useState(false);
  const shown = all ? causes : causes.slice(0, FEW);
  return (
    <tbody>
      <Box component="tr" sx={{ borderTop: 1, borderColor: 'divider' }}>
        <th scope="row"><Named tone={below ? 'warn' : 'unknown'}>{words(name)}</Named></th>
        <Figure>{score(part.score)}</Figure>
        <Figure wide>{score(part.threshold)}</Figure>
        <Figure last>{minus(part.lost)}</Figure>
        <Bar from={from} to={to} least={least} threshold={threshold} paint={below ? 'warn' : 'unknown'} />
      </Box>
      {shown.map((cause) => (
        <Box component="tr" key={cause.check} sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>
          <td colSpan={2}><Cause loss={cause} open={open} /></td>
          <Figure wide />
          <Figure last>{minus(cause.lost)}</Figure>
          <Bar from={cause.from} to={cause.to} least={least} threshold={threshold} paint={below ? 'warn' : 'unknown'} thin />
        </Box>
      ))}
      {causes.length > FEW && (
        <tr>
          <td colSpan={5}>
            {causes.length <= MANY ? (
              <Button onClick={() => { setAll(!all); }} aria-expanded={all} sx={{ ml: 1.5 }}>
                {all ? 'Show the dearest alone' : `Show ${causes.length - FEW} more`}
              </Button>
            ) : (
              <Box sx={{ pl: 2.5, color: 'text.secondary', fontSize: '0.8125rem' }}>and {many(causes.length - FEW, 'other')}: the list below has the cost of each</Box>
            )}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Named({ tone, children }: { tone: 'ok' | 'warn' | 'unknown'; children: string }) {
  return (
    <Box component="span" sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
      {tone === 'unknown' ? <Box component="span" sx={{ width: 12, flex: 'none' }} /> : <Mark tone={tone} />}
      <Box component="span" sx={{ '&::first-letter': { textTransform: 'uppercase' } }}>{children}</Box>
    </Box>
  );
}

function Figure({ children, wide = false, last = false }: { children?: string; wide?: boolean; last?: boolean }) {
  return <Box component="td" sx={{ '&&': { textAlign: 'right' }, pl: 1.5, pr: last ? 2 : 0, whiteSpace: 'nowrap', display: wide ? { xs: 'none', sm: 'table-cell' } : undefined }}>{children}</Box>;
}

interface BarProps {
  from: number;
  to: number;
  least: number;
  threshold: number;
  paint: 'warn' | 'unknown';
  thin?: boolean;
}

/** A piece of the way down; the threshold stands through all of them. */
function Bar({ from, to, least, threshold, paint, thin = false }: BarProps) {
  const [left, right] = [place(to, least), place(from, least)];
  return (
    <Box component="td" aria-hidden sx={{ display: { xs: 'none', sm: 'table-cell' }, minWidth: 120, '&&': { p: 0 } }}>
      <Box sx={{ position: 'relative', height: 28 }}>
        <Box sx={{ position: 'absolute', top: thin ? 11 : 7, height: thin ? 6 : 14, borderRadius: '2px', minWidth: '2px' }} style={{ left: `${left}%`, width: `${right - left}%`, background: `var(--sq-palette-tone-${paint})`, opacity: thin ? 0.55 : 1 }} />
        {threshold > least && <Box sx={{ position: 'absolute', top: 0, bottom: 0, borderLeft: '1px dashed', borderColor: 'text.secondary' }} style={{ left: `${place(threshold, least)}%` }} />}
      </Box>
    </Box>
  );
}

/** Points that were lost; what is less than a thousandth still is something. */
function minus(lost: number): string {
  return lost > 0 && lost < 0.0005 ? '< 0.001' : `−${lost.toFixed(3)}`;
}
