/** How good is a file, and what would make it better? Uploads, the sources they are of, and their checks. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { interval } from '../../api/live';
import { summary } from '../../api/quality';
import { Page } from '../../components/Page';
import { Checks } from './Checks';
import { search as kept, type Change } from './search';
import { Sources } from './Sources';
import { Standing } from './Standing';
import { Upload } from './Upload';

const route = getRouteApi('/frame/quality');

export function Quality() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data } = useQuery({ ...summary, refetchInterval: interval });
  const tab = search.tab ?? 'sources';
  const change = (next: Change, replace = true) => {
    void navigate({ search: (before) => kept({ ...before, ...next }), replace, resetScroll: false });
  };
  return (
    <Page title="Data quality" about="How good is a file, and what would make it better?">
      <Standing summary={data} />
      <Upload summary={data} />
      <Paper sx={{ mt: 1.5, overflow: 'hidden' }}>
        <Box sx={{ borderBottom: 1, borderColor: 'divider', px: 1 }}>
          <Tabs
            value={tab}
            aria-label="What to list"
            onChange={(_, value: string) => {
              change({ tab: value === 'checks' ? 'checks' : undefined, q: undefined, status: undefined }, false);
            }}
          >
            <Tab value="sources" label="Sources" />
            <Tab value="checks" label="Checks" />
          </Tabs>
        </Box>
        {tab === 'checks' ? <Checks search={search} change={change} /> : <Sources search={search} change={change} />}
      </Paper>
    </Page>
  );
}
