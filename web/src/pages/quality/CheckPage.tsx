/** One check: how far it is, or what came of it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { cancelJob } from '../../api/jobs';
import { check as oneCheck, ended, type FullCheck } from '../../api/quality';
import { may, me } from '../../api/session';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { bytes, many } from '../../lib/format';
import { Doing } from './Following';
import { Outcome } from './Outcome';
import { Unreadable } from './Unreadable';

const route = getRouteApi('/frame/quality/checks/$check');

export function CheckPage() {
  const { check: id } = route.useParams();
  const { data, error, refetch } = useQuery(oneCheck(id));
  return (
    <Page title={data?.file_name ?? 'Check'} about={data && <About check={data} />}>
      {!data && (error ? <Paper><ErrorState error={error} retry={() => void refetch()} what="This check could not be shown" /></Paper> : <Paper><Loading rows={8} /></Paper>)}
      {data && !ended(data) && <Running check={data} />}
      {data?.status === 'failed' && <Unreadable check={data} />}
      {data?.status === 'done' && <Outcome check={data} />}
    </Page>
  );
}

function About({ check }: { check: FullCheck }) {
  return (
    <>
      <TextLink to="/quality/sources/$source" params={{ source: check.source_id }} sx={{ overflowWrap: 'anywhere' }}>
        {check.source_name}
      </TextLink>
      {' · '}
      {[
        check.rows === null ? undefined : many(check.rows, 'row'),
        check.columns === null ? undefined : many(check.columns, 'column'),
        check.format ?? undefined,
        bytes(check.size),
        ...written(check.report?.details ?? {}),
        check.uploaded_by ? `by ${check.uploaded_by}` : undefined,
      ]
        .filter((part) => part !== undefined)
        .join(' · ')}
      {' · '}
      <Ago at={check.created_at} />
    </>
  );
}

const DELIMITERS: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar', ' ': 'space' };

/** How the file is written, as far as there was something to guess. */
function written({ delimiter, encoding, sheet, sheets }: Record<string, unknown>): string[] {
  const many = Array.isArray(sheets) && sheets.length > 1 ? ` of ${sheets.length} sheets` : '';
  return [
    ...(typeof delimiter === 'string' ? [`cells parted by ${DELIMITERS[delimiter] ?? delimiter}`] : []),
    ...(typeof encoding === 'string' ? [encoding.toUpperCase()] : []),
    ...(typeof sheet === 'string' ? [`sheet "${sheet}"${many}`] : []),
  ];
}

function Running({ check }: { check: FullCheck }) {
  const { data: who } = useQuery(me);
  const queries = useQueryClient();
  const cancelling = useMutation({
    mutationFn: cancelJob,
    onSettled: () => queries.invalidateQueries({ queryKey: ['checks'] }),
  });
  const { job_id: jobId } = check;
  return (
    <Paper sx={{ p: 2 }}>
      <Box role="status">
        <Doing jobId={jobId} />
      </Box>
      <Box sx={{ color: 'text.secondary', mt: 1 }}>It goes on whatever becomes of this page; its address stays.</Box>
      {jobId !== null && may(who, 'analyst') && (
        <Button variant="outlined" sx={{ mt: 1.5 }} disabled={cancelling.isPending} onClick={() => { cancelling.mutate(jobId); }}>
          Cancel the check
        </Button>
      )}
      {cancelling.error && <ErrorState error={cancelling.error} what="Not cancelled" />}
    </Paper>
  );
}
