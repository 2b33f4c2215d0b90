/** What was below its threshold, each with its alert, and what is wrong with the file itself. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { interval } from '../../api/live';
import { alertsOf, type FullCheck, type Report } from '../../api/quality';
import type { components } from '../../api/schema';
import { Card } from '../../components/Page';
import { Mark, severity } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { count, many } from '../../lib/format';

type AlertOfCheck = components['schemas']['AlertOfCheck'];

export function Findings({ check, report }: { check: FullCheck; report: Report }) {
  const { data: alerts } = useQuery({ ...alertsOf(check.check_id), enabled: report.breaches.length > 0, refetchInterval: interval });
  const by = new Map(alerts?.map((each) => [each.what, each]));
  return (
    <Card title="Findings" note={report.breaches.length > 0 ? many(report.breaches.length, 'finding') : undefined}>
      {report.breaches.length === 0 && <Box sx={{ px: 2, pb: 1.5 }}>Nothing is below its threshold.</Box>}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5 }}>
        {report.breaches.map((breach) => (
          <Box component="li" key={breach.what} sx={{ display: 'flex', gap: 1.25, px: 2, py: 1, borderTop: 1, borderColor: 'divider' }}>
            <Box sx={{ pt: 0.25 }}>
              <Mark tone={severity(breach.severity)[0]} />
            </Box>
            <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              <div>{breach.message}</div>
              <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>
                {severity(breach.severity)[1]} · <Alert of={by.get(breach.what)} known={alerts !== undefined} />
              </Box>
            </Box>
          </Box>
        ))}
      </Box>
      {report.faults_count > 0 && <Faults report={report} />}
    </Card>
  );
}

function Alert({ of, known }: { of: AlertOfCheck | undefined; known: boolean }) {
  if (!of) return known ? 'its alert is on its way, or was overtaken' : 'looking for its alert';
  return (
    <>
      <TextLink to="/alerts" search={{ alert: of.alert_id, ...(of.status === 'resolved' ? { tab: 'resolved' as const } : {}) }}>
        its alert
      </TextLink>
      , {of.status}
    </>
  );
}

const FEW = 6;

/** What the reader had to put up with: rows that do not fit, labels that come twice, a name that misleads. */
function Faults({ report: { faults, faults_count: all } }: { report: Report }) {
  return (
    <Box component="details" sx={{ borderTop: 1, borderColor: 'divider', px: 2, py: 1, '& summary': { cursor: 'pointer' } }}>
      <summary>{many(all, 'fault')} of the file itself</summary>
      <Box component="ul" sx={{ m: 0, mt: 0.5, pl: 2.5, overflowWrap: 'anywhere' }}>
        {faults.slice(0, FEW).map((fault, at) => (
          <li key={`${fault.type}${at}`}>
            {fault.row != null && `row ${count(fault.row)}: `}
            {fault.message}
          </li>
        ))}
      </Box>
      {all > FEW && <Box sx={{ color: 'text.secondary' }}>and {many(all - FEW, 'other')}; the report has them.</Box>}
    </Box>
  );
}
