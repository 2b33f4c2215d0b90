/** Can the data be trusted right now, and what is to be done next? */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useQuery } from '@tanstack/react-query';
import { overview } from '../../api/dashboard';
import { interval } from '../../api/live';
import { ErrorState } from '../../components/ErrorState';
import { Page } from '../../components/Page';
import { Activity } from './Activity';
import { Attention } from './Attention';
import { Changes } from './Changes';
import { First } from './First';
import { Flow } from './Flow';
import { System } from './System';
import { Tiles } from './Tiles';
import { Verdict } from './Verdict';
import { Worst } from './Worst';

const COLUMN = { display: 'grid', gap: 1.5, minWidth: 0 } as const;

export function Overview() {
  const { data, error, refetch } = useQuery({ ...overview, refetchInterval: interval });
  const never = data && data.since_yesterday.rows === 0 && Object.keys(data.pipelines).every((each) => each === 'never');
  return (
    <Page title="Overview">
      {error && !data && (
        <Paper sx={{ mb: 1.5 }}>
          <ErrorState error={error} retry={() => void refetch()} what="How the project is could not be read" />
        </Paper>
      )}
      {never ? <First datasets={Object.values(data.datasets).reduce((sum, each) => sum + each, 0)} /> : <Verdict data={data} />}
      <Tiles data={data} />
      <Box sx={{ display: 'grid', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' }, gap: 1.5, alignItems: 'start' }}>
        <Box sx={COLUMN}>
          <Attention />
          <Changes />
          <Activity />
        </Box>
        <Box sx={COLUMN}>
          <Flow />
          <Worst data={data} />
          <System />
        </Box>
      </Box>
    </Page>
  );
}
