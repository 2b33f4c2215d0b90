/** Of a replay or a drop: what was chosen, by what it was judged, and what was changed. */
import Box from '@mui/material/Box';
import type { RunDetail } from '../../api/runs';
import { Card } from '../../components/Page';
import { TextLink } from '../../components/TextLink';
import { plain, words } from '../../lib/format';

export function Replayed({ run }: { run: RunDetail }) {
  const { counts, dataset } = run;
  const choice = Object.entries(object(counts['choice']));
  const settings = list(object(counts['patch'])['set']);
  const sql = object(counts['patch'])['sql'];
  return (
    <Card title={run.verb === 'drop' ? 'What was dropped' : 'What was tried'}>
      <Box component="dl" sx={{ display: 'grid', gridTemplateColumns: '110px 1fr', gap: 0.75, m: 0, px: 2, pb: 1.5, '& dt': { color: 'text.secondary' }, '& dd': { m: 0, minWidth: 0, overflowWrap: 'anywhere' } }}>
        <dt>Records</dt>
        <dd>{choice.length === 0 ? 'all' : choice.map(([name, value]) => `${words(name)} ${plain(value)}`).join('; ')}</dd>
        {typeof counts['contract'] === 'string' && (
          <>
            <dt>Contract</dt>
            <dd>{counts['contract']}</dd>
          </>
        )}
        <dt>Patch</dt>
        <dd>{settings.length === 0 && sql == null ? 'none' : [...settings, ...(typeof sql === 'string' ? [sql] : [])].map((each) => <div key={each}><code>{each}</code></div>)}</dd>
      </Box>
      {dataset !== null && (
        <Box sx={{ px: 2, pb: 1.5 }}>
          <TextLink to="/pipelines/quarantine/$dataset" params={{ dataset }} search={{ view: 'left' }}>
            The records that left quarantine
          </TextLink>
        </Box>
      )}
    </Card>
  );
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
