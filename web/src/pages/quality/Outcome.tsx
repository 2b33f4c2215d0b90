/** What came of a check: the score and where its points went, what was found, and each column. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { FullCheck } from '../../api/quality';
import { count } from '../../lib/format';
import { Columns } from './Columns';
import { Downloads } from './Downloads';
import { Findings } from './Findings';
import { Points } from './Points';
import { Rules } from './Rules';
import { found as kept, type FoundChange } from './search';
import { Since } from './Since';

const route = getRouteApi('/frame/quality/checks/$check');

export function Outcome({ check }: { check: FullCheck }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { report } = check;
  const lost = useMemo(() => new Map(Object.values(check.parts).flatMap(({ causes }) => causes.map((each) => [each.check, each.lost] as const))), [check.parts]);
  const change = (next: FoundChange) => {
    void navigate({ search: (before) => kept({ ...before, ...next }), replace: true, resetScroll: false });
  };
  if (!report) return null;
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      <Downloads check={check} />
      <Box sx={{ display: 'grid', gridTemplateColumns: { lg: 'minmax(0, 3fr) minmax(0, 2fr)' }, gap: 1.5, alignItems: 'start' }}>
        <Points check={check} open={(column) => { change({ tab: undefined, column, q: undefined }); }} />
        <Box sx={{ display: 'grid', gap: 1.5, minWidth: 0 }}>
          <Findings check={check} report={report} />
          <Since report={report} />
        </Box>
      </Box>
      <Paper sx={{ overflow: 'hidden' }}>
        <Box sx={{ borderBottom: 1, borderColor: 'divider', px: 1 }}>
          <Tabs value={search.tab ?? 'columns'} aria-label="What to list" onChange={(_, value: string) => { change({ tab: value === 'rules' ? 'rules' : undefined, q: undefined, column: undefined, all: undefined }); }}>
            <Tab value="columns" label={`Columns ${count(report.measures.length)}`} />
            <Tab value="rules" label={`Checks of the file ${count(report.checks.length)}`} />
          </Tabs>
        </Box>
        {search.tab === 'rules' ? <Rules report={report} lost={lost} search={search} change={change} /> : <Columns report={report} lost={lost} search={search} change={change} />}
      </Paper>
    </Box>
  );
}
