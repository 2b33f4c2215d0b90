/** The report as files, and the check once more. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { checkAgain, reportAddress, summary, type FullCheck } from '../../api/quality';
import { may, me } from '../../api/session';
import { Copy, ErrorState } from '../../components/ErrorState';
import { many } from '../../lib/format';

export function Downloads({ check }: { check: FullCheck }) {
  const { data: who } = useQuery(me);
  const { data: all } = useQuery(summary);
  const navigate = useNavigate();
  const again = useMutation({
    mutationFn: checkAgain,
    onSuccess: (made) => navigate({ to: '/quality/checks/$check', params: { check: made.check_id } }),
  });
  const can = may(who, 'analyst');
  const { check_id: id, report } = check;
  const rows = report?.failing_rows ?? 0;
  return (
    <Box>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <Button variant="contained" disabled={!can} href={reportAddress(id, 'html')} download>
          Download the report
        </Button>
        <Button variant="outlined" disabled={!can || rows === 0} href={reportAddress(id, 'csv')} download>
          {rows === 0 ? 'No failing rows' : `Download ${many(rows, 'failing row')} as CSV`}
        </Button>
        <Button variant="outlined" disabled={!can} href={reportAddress(id, 'json')} download>
          Download as JSON
        </Button>
        {all?.kept && (
          <Button variant="outlined" disabled={!can || again.isPending} onClick={() => { again.mutate(check.source_id); }}>
            Check the last file again
          </Button>
        )}
        <Copy text={globalThis.location.href} label="Copy link" />
        {who && !can && <Box sx={{ color: 'text.secondary' }}>Downloads hold values of the data: they take the role analyst; you are {who.role}.</Box>}
      </Box>
      {again.error && <ErrorState error={again.error} what="Not checked again" />}
    </Box>
  );
}
