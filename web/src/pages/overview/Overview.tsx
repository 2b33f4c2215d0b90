/** Can the data be trusted right now, and what is to be done next? */
import Box from '@mui/material/Box';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { summary } from '../../api/alerts';
import { datasets } from '../../api/datasets';
import { interval } from '../../api/live';
import { BoxLink } from '../../components/BoxLink';
import { Page } from '../../components/Page';
import { count } from '../../lib/format';
import { Attention } from './Attention';
import { Flow } from './Flow';
import { Runs } from './Runs';
import { Standing } from './Standing';

export function Overview() {
  const alerts = useQuery({ ...summary, refetchInterval: interval });
  const known = useInfiniteQuery({ ...datasets({}), refetchInterval: interval });
  const first = known.data?.pages[0];
  const all = known.data?.pages.flatMap((page) => page.items);
  const health = first?.facets['health'] ?? {};
  const unhealthy = first && (health['warning'] ?? 0) + (health['critical'] ?? 0);
  const late = all?.filter((each) => each.reasons.some(({ part }) => part === 'freshness')).length;
  const kept = all?.reduce((sum, each) => sum + each.quarantined, 0);
  return (
    <Page title="Overview" about="Can the data be trusted right now, and what is to be done next?">
      <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr 1fr', md: 'repeat(4, 1fr)' }, gap: 1.5, mb: 1.5 }}>
        <Count to="/alerts" search={{ severity: 'CRITICAL' }} value={alerts.data?.critical} label="critical alerts" bad />
        <Count to="/datasets" value={unhealthy} label={first?.total == null ? 'datasets not healthy' : `of ${count(first.total)} datasets not healthy`} bad />
        <Count to="/datasets" value={late} label="datasets late" bad />
        <Count to="/pipelines" value={kept} label="rows quarantined in 24 h" />
      </Box>
      <Box sx={{ display: 'grid', gridTemplateColumns: { lg: 'minmax(0, 3fr) minmax(0, 2fr)' }, gap: 1.5, alignItems: 'start' }}>
        <Box sx={{ display: 'grid', gap: 1.5, minWidth: 0 }}>
          <Attention />
          <Flow dataset={all?.find((each) => each.layer === 'silver' && each.rows > 0)?.name} />
        </Box>
        <Box sx={{ display: 'grid', gap: 1.5, minWidth: 0 }}>
          <Standing datasets={all} error={known.error} retry={() => void known.refetch()} />
          <Runs />
        </Box>
      </Box>
    </Page>
  );
}

interface CountProps {
  to: '/alerts' | '/datasets' | '/pipelines';
  search?: { severity: 'CRITICAL' };
  value: number | undefined;
  label: string;
  bad?: boolean;
}

/** A number that leads to what it counts. Grey is the rule: only a count of what is wrong stands out. */
function Count({ to, search, value, label, bad }: CountProps) {
  const loud = bad === true && (value ?? 0) > 0;
  return (
    <BoxLink
      to={to}
      {...(search ? { search } : {})}
      sx={{
        p: 2,
        border: 1,
        borderColor: 'divider',
        borderRadius: 2,
        bgcolor: 'background.paper',
      }}
    >
      <Box component="span" sx={{ display: 'block', fontSize: '1.5rem', lineHeight: 1.2, fontWeight: loud ? 700 : 400, color: loud ? 'text.primary' : 'text.secondary' }}>
        {count(value)}
      </Box>
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {label}
      </Box>
    </BoxLink>
  );
}
