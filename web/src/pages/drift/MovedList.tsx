/** What moved, in words, the worst first, each with the alert that tells of it. */
import Box from '@mui/material/Box';
import { useInfiniteQuery } from '@tanstack/react-query';
import { alerts, type Alert } from '../../api/alerts';
import { keyOf, type Moved } from '../../api/drift';
import { Severity } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { number, words } from '../../lib/format';

interface Props {
  dataset: string;
  moved: readonly Moved[];
  /** The column that all of it is about, whose name need not be said again. */
  column?: string;
}

export function MovedList({ dataset, moved, column }: Props) {
  const told = useAlerts(dataset, moved.length > 0);
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {moved.map((each) => {
        const alert = told.get(keyOf(dataset, each));
        return (
          <Box component="li" key={`${each.drift_type} ${each.entity} ${each.field_name ?? ''} ${each.metric_name}`} sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: '76px minmax(0, 1fr) auto' }, columnGap: 2, px: 2, py: 0.75, borderTop: 1, borderColor: 'divider', alignItems: 'baseline' }}>
            <Severity of={each.severity} />
            <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              {column ? each.message.replace(`${column}: `, '') : each.message}
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {' '}
                {words(each.metric_name)}, score {number(each.drift_score)}
              </Box>
            </Box>
            {alert && (
              <TextLink to="/alerts" search={{ alert: alert.alert_id }}>
                {alert.status} alert
              </TextLink>
            )}
          </Box>
        );
      })}
    </Box>
  );
}

/** The alerts of a dataset that are not over, by the condition they tell of. */
function useAlerts(dataset: string, wanted: boolean): Map<string, Alert> {
  const { data } = useInfiniteQuery({ ...alerts({ status: ['open', 'acknowledged', 'snoozed'], dataset }), enabled: wanted });
  return new Map(data?.pages.flatMap((page) => page.items).map((alert) => [alert.key, alert]));
}
