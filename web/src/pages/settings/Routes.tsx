/** The ways from alerts to channels, in words, and when nothing is told. */
import Box from '@mui/material/Box';
import type { Maintenance, Rules } from '../../api/channels';
import { ErrorState } from '../../components/ErrorState';
import { Line, Lines } from '../../components/Lines';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';
import { Moment } from '../../components/Time';

interface Props {
  rules: Rules | undefined;
  error: unknown;
  retry: () => void;
}

export function Routes({ rules, error, retry }: Props) {
  return (
    <Card title="Routes" note={rules && `edit ${rules.file}`}>
      {!rules && (error ? <ErrorState error={error} retry={retry} /> : <Loading rows={3} />)}
      {rules && (
        <Lines label="Routes">
          {rules.routes.map((route) => (
            <Line
              key={route.position}
              title={`${route.position + 1}. ${capital(route.meant)}`}
              about={`${route.gone}${route.usual ? ' (as is usual: the file gives no routes)' : ''}`}
            />
          ))}
        </Lines>
      )}
      {rules && rules.maintenance.length > 0 && (
        <>
          <Box component="h3" sx={{ px: 2, pt: 1.5, pb: 0.5, m: 0, fontSize: '0.875rem', borderTop: 1, borderColor: 'divider' }}>
            Maintenance
          </Box>
          <Lines label="Maintenance">
            {rules.maintenance.map((each) => (
              <Window key={`${each.since} ${each.dataset.join(' ')}`} window={each} />
            ))}
          </Lines>
        </>
      )}
    </Card>
  );
}

const STATES = {
  coming: ['info', 'to come'],
  now: ['warn', 'now: nothing is told'],
  over: ['unknown', 'over'],
} as const satisfies Record<Maintenance['state'], [string, string]>;

function Window({ window }: { window: Maintenance }) {
  const [tone, word] = STATES[window.state];
  return (
    <Line
      title={`${window.dataset.length > 0 ? window.dataset.join(', ') : 'All datasets'}${window.note ? `: ${window.note}` : ''}`}
      about={
        <>
          from <Moment at={window.since} /> until <Moment at={window.until} />
        </>
      }
      state={<Status tone={tone}>{word}</Status>}
    />
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
