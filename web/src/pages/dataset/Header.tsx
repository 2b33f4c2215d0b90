/** What is known of a dataset at a glance: how it is, with all reasons, whose it is, and how old. */
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Paper from '@mui/material/Paper';
import type { Detail } from '../../api/dataset';
import { TONE } from '../../api/datasets';
import { Fact, Facts } from '../../components/Facts';
import { Mark, Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { many, share, span } from '../../lib/format';

export function Header({ dataset }: { dataset: Detail }) {
  const open = Object.values(dataset.alerts).reduce((sum, each) => sum + each, 0);
  return (
    <Paper sx={{ px: 2, py: 1.5, mb: 1 }} component="section" aria-label="At a glance">
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'baseline', mb: 1.25 }}>
        <Box sx={{ fontWeight: 600 }}>
          <Status tone={TONE[dataset.health]}>{dataset.health}</Status>
        </Box>
        {dataset.reasons.length > 0 && (
          <Box component="ul" aria-label="Reasons" sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', flexDirection: 'column', gap: 0.25, flex: 1, minWidth: 240 }}>
            {dataset.reasons.map((reason) => (
              <Box component="li" key={reason.message} sx={{ overflowWrap: 'anywhere', display: 'flex', gap: 1, alignItems: 'baseline' }}>
                <Mark tone={TONE[reason.level]} size={10} />
                <span>
                  {reason.message}
                  <Box component="span" sx={{ color: 'text.secondary' }}>
                    {' '}
                    · {reason.part}
                  </Box>
                </span>
              </Box>
            ))}
          </Box>
        )}
      </Box>
      <Facts narrow>
        <Fact name="Owner">
          <span title={dataset.owners.join(', ')}>
            {dataset.owners[0] ?? 'nobody'}
            {dataset.owners.length > 1 && ` and ${many(dataset.owners.length - 1, 'other')}`}
          </span>
        </Fact>
        <Fact name="Domain">{dataset.domain ?? 'none'}</Fact>
        <Fact name="Layer">{dataset.layer}</Fact>
        <Fact name="Accepted, 24 h">{dataset.layer === 'gold' ? 'made of others' : dataset.score === null ? 'no records' : `${share(dataset.score)} of ${many(dataset.rows, 'row')}`}</Fact>
        <Fact name="Freshness">
          <Age dataset={dataset} />
        </Fact>
        <Fact name="Last run">
          {dataset.run ? (
            <>
              {dataset.run.status}, <Ago at={dataset.run.started_at} />
            </>
          ) : (
            'none'
          )}
        </Fact>
        <Fact name="Open alerts">
          {open > 0 ? (
            <TextLink to="/datasets/$name" params={{ name: dataset.name }} hash="alerts">
              {many(open, 'alert')}
            </TextLink>
          ) : (
            'none'
          )}
        </Fact>
        {dataset.tags.length > 0 && (
          <Fact name="Tags">
            <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, flexWrap: 'wrap' }}>
              {dataset.tags.map((tag) => (
                <Chip key={tag} label={tag} size="small" variant="outlined" />
              ))}
            </Box>
          </Fact>
        )}
      </Facts>
    </Paper>
  );
}

/** How old the newest event is, beside how old it may be. */
function Age({ dataset: { freshness, simulated } }: { dataset: Detail }) {
  if (simulated) return <span>simulated records have no age</span>;
  if (!freshness) return <span>never measured</span>;
  const allowed = freshness.allowed_seconds == null ? 'no target' : `${span(freshness.allowed_seconds)} allowed`;
  return (
    <span>
      {freshness.age_seconds == null ? 'not known' : `${span(freshness.age_seconds)} old`}, {allowed}
    </span>
  );
}
