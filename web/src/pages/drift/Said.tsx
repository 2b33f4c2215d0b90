/** What people say of a stretch of a series: a steward says what it was, and may take it back. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { say, takeBack, VERDICTS, type Feedback, type Said as Saying } from '../../api/monitors';
import { may, me } from '../../api/session';
import { ErrorState } from '../../components/ErrorState';
import { Card } from '../../components/Page';
import { Ago } from '../../components/Time';
import { hour } from '../../lib/format';
import { zone } from '../../lib/stored';
import { Give } from './Give';
import type { Stretch } from './series';

interface Props {
  name: string;
  stretches: readonly Stretch[];
  feedback: readonly Feedback[];
}

export function Said({ name, stretches, feedback }: Props) {
  const { data: who } = useQuery(me);
  const queries = useQueryClient();
  const renew = () => queries.invalidateQueries({ queryKey: ['measurements'] });
  const giving = useMutation({ mutationFn: (said: Saying) => say(name, said), onSuccess: renew });
  const taking = useMutation({ mutationFn: (said: Feedback) => takeBack(name, said), onSuccess: renew });
  const can = may(who, 'steward');
  const fault = giving.error ?? taking.error;
  return (
    <Card title="What was it?">
      <Give key={stretches[0]?.since} stretches={stretches} can={can} busy={giving.isPending} give={giving.mutate} />
      {fault && <ErrorState error={fault} what="It was not kept" />}
      <Box role="status" sx={{ px: 2, minHeight: 20, color: 'text.secondary' }}>
        {giving.isSuccess && `Kept: ${VERDICTS[giving.data.verdict].toLowerCase()}. The next run of the monitors goes by it.`}
      </Box>
      <Box component="ul" aria-label="Said before" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {feedback.toReversed().map((each) => (
          <One key={`${each.since}${each.until}`} said={each} take={can ? () => { taking.mutate(each); } : undefined} />
        ))}
      </Box>
    </Card>
  );
}

function One({ said, take }: { said: Feedback; take: (() => void) | undefined }) {
  const where = zone.use();
  return (
    <Box component="li" sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider', display: 'flex', gap: 1, alignItems: 'baseline', flexWrap: 'wrap' }}>
      <Box sx={{ flex: 1, minWidth: 180, overflowWrap: 'anywhere' }}>
        <strong>{VERDICTS[said.verdict]}</strong>, {hour(said.since, where)} to {hour(said.until, where)}
        {said.note && <Box sx={{ whiteSpace: 'pre-wrap' }}>{said.note}</Box>}
        <Box sx={{ color: 'text.secondary' }}>
          {said.made_by ?? 'somebody'}, <Ago at={said.made_at} />
        </Box>
      </Box>
      {take && <Button onClick={take}>Take back</Button>}
    </Box>
  );
}
