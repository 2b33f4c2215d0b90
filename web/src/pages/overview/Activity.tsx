/** What happened lately: runs, findings, and what became of alerts. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { activity, type Activity as Entry } from '../../api/dashboard';
import { interval } from '../../api/live';
import { TONE as RUNS } from '../../api/runs';
import { BoxLink } from '../../components/BoxLink';
import { placeOf } from '../../components/DatasetLink';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Mark, severity } from '../../components/Status';
import { Ago } from '../../components/Time';
import type { Tone } from '../../lib/color';
import { words } from '../../lib/format';

const MOST = 10;

/** An entry: how it is marked, what it says, and where it leads. */
function told({ kind, what, title, severity: level, id, dataset }: Entry): { tone: Tone; text: string; to: LinkProps } {
  if (kind === 'run') return { ...ran(title, what), to: { to: '/pipelines/runs/$run', params: { run: id } } };
  const tone = severity(level ?? '')[0];
  if (kind === 'finding') return { tone, text: `Found (${words(what)}): ${title}`, to: dataset ? placeOf(dataset) : { to: '/datasets' } };
  return { tone: what === 'resolved' ? 'ok' : what === 'opened' ? tone : 'unknown', text: `Alert ${words(what)}: ${title}`, to: { to: '/alerts', search: { alert: id } } };
}

function ran(pipeline: string, status: string): { tone: Tone; text: string } {
  const verb = status === 'running' ? 'is under way' : status === 'stopped' ? 'was stopped' : status;
  return { tone: status in RUNS ? RUNS[status as keyof typeof RUNS] : 'unknown', text: `A run of ${pipeline} ${verb}` };
}

export function Activity() {
  const { data, error, refetch } = useQuery({ ...activity(MOST), refetchInterval: interval });
  return (
    <Card title="Lately">
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={5} />)}
      {data?.items.length === 0 && (
        <EmptyState title="Nothing has happened yet" level="h3">
          Runs, findings and what becomes of alerts will be here.
        </EmptyState>
      )}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5 }}>
        {data?.items.map((each) => {
          const { tone, text, to } = told(each);
          return (
            <Box component="li" key={`${each.at}${each.kind}${each.id}${each.what}`} sx={{ borderTop: 1, borderColor: 'divider' }}>
              <BoxLink {...to} sx={{ display: 'flex', gap: 1.25, px: 2, py: 0.75, alignItems: 'baseline' }}>
                <Mark tone={tone} size={10} />
                <Box component="span" sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
                  {text}
                </Box>
                <Box component="span" sx={{ color: 'text.secondary', whiteSpace: 'nowrap', fontSize: '0.8125rem' }}>
                  <Ago at={each.at} />
                </Box>
              </BoxLink>
            </Box>
          );
        })}
      </Box>
    </Card>
  );
}
