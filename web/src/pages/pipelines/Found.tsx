/** What was found in a run: the checks that refused records, what somebody should know, and where its log is. */
import Box from '@mui/material/Box';
import type { RunDetail } from '../../api/runs';
import { Copy } from '../../components/ErrorState';
import { Card } from '../../components/Page';
import { Severity } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { count } from '../../lib/format';

const LIST = { listStyle: 'none', m: 0, p: 0, pt: 0.5 } as const;
const ITEM = { display: 'flex', gap: 1.5, px: 2, py: 0.75, borderTop: 1, borderColor: 'divider' } as const;
const NOTHING = { px: 2, pb: 1.5, color: 'text.secondary' } as const;

export function Checks({ run }: { run: RunDetail }) {
  const { dataset } = run;
  return (
    <Card title="Checks that found fault" note={run.checks.length > 0 && 'records, when they came'}>
      {run.checks.length === 0 && <Box sx={NOTHING}>No record of this run was found fault with.</Box>}
      <Box component="ul" sx={LIST}>
        {run.checks.map(({ check, failed }) => (
          <Box component="li" key={check} sx={ITEM}>
            <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              {dataset === null ? (
                check
              ) : (
                <TextLink to="/pipelines/quarantine/$dataset" params={{ dataset }} search={{ check }}>
                  {check}
                </TextLink>
              )}
            </Box>
            <span>{count(failed)}</span>
          </Box>
        ))}
      </Box>
    </Card>
  );
}

export function Findings({ run }: { run: RunDetail }) {
  return (
    <Card title="Findings">
      {run.findings.length === 0 && <Box sx={NOTHING}>Nothing was reported of this dataset in the time of the run.</Box>}
      <Box component="ul" sx={LIST}>
        {run.findings.map((each) => (
          <Box component="li" key={each.finding_id} sx={{ ...ITEM, flexDirection: 'column', gap: 0.25 }}>
            <Box sx={{ overflowWrap: 'anywhere' }}>{each.title}</Box>
            <Box sx={{ color: 'text.secondary', display: 'flex', gap: 1.5, flexWrap: 'wrap' }}>
              <Severity of={each.severity} />
              <span>{each.cleared_at ? 'over' : 'stands'}</span>
              <span>
                seen <Ago at={each.last_seen_at} />
              </span>
            </Box>
          </Box>
        ))}
      </Box>
      {run.findings.length > 0 && run.dataset !== null && (
        <Box sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider' }}>
          <TextLink to="/alerts" search={{ dataset: run.dataset }}>
            Alerts of {run.dataset}
          </TextLink>
        </Box>
      )}
    </Card>
  );
}

/** Lines of a run's log are not kept by the store: they go to where the process writes, each with the run's id. */
export function Log({ run }: { run: RunDetail }) {
  return (
    <Card title="Log">
      <Box sx={{ ...NOTHING, display: 'flex', gap: 1, alignItems: 'baseline', flexWrap: 'wrap' }}>
        <Box sx={{ flex: '1 1 220px' }}>
          Lines go to the standard error of the process on {run.host}, and are not kept here. Each carries <code>run={run.run_id}</code>.
        </Box>
        <Copy text={run.run_id} label="Copy the id of the run" />
      </Box>
    </Card>
  );
}
