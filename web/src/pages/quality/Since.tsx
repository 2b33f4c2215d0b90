/** What moved since the source's last upload: its columns first, which cost points, then what is in them. */
import Box from '@mui/material/Box';
import type { Moved, Report } from '../../api/quality';
import { Card } from '../../components/Page';
import { Mark } from '../../components/Status';
import { many } from '../../lib/format';
import { SCHEMA } from './columns';

const FEW = 8;

export function Since({ report: { drifts, compared } }: { report: Report }) {
  const schema = drifts.filter(({ metric }) => SCHEMA.has(metric));
  const data = drifts.filter(({ metric, severity }) => !SCHEMA.has(metric) && severity !== 'INFO');
  return (
    <Card title="Since the last upload">
      <Box sx={{ px: 2, pb: 1.5 }}>
        {!compared && 'This is the first upload of its source: there is nothing to hold it against.'}
        {compared && schema.length + data.length === 0 && 'The columns are the same, and what is in them has not moved.'}
        {schema.length > 0 && <List title={`${many(schema.length, 'column')} changed, which costs points`} moved={schema} tone="warn" />}
        {data.length > 0 && <List title="What is in the columns moved, at no cost" moved={data} tone="info" />}
      </Box>
    </Card>
  );
}

function List({ title, moved, tone }: { title: string; moved: readonly Moved[]; tone: 'warn' | 'info' }) {
  return (
    <>
      <Box component="h3" sx={{ typography: 'body2', color: 'text.secondary', m: 0, mt: 0.5 }}>{title}</Box>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {moved.slice(0, FEW).map((each) => (
          <Box component="li" key={`${each.column}${each.metric}`} sx={{ display: 'flex', gap: 1, py: 0.25, overflowWrap: 'anywhere' }}>
            <Box sx={{ pt: 0.25 }}>
              <Mark tone={tone} />
            </Box>
            {each.message === '' ? `${each.column}: ${each.metric}` : each.message}
          </Box>
        ))}
      </Box>
      {moved.length > FEW && <Box sx={{ color: 'text.secondary' }}>and {many(moved.length - FEW, 'other')}</Box>}
    </>
  );
}
