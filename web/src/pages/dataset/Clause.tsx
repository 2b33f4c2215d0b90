/** One column of a contract: each of its rules with how often it failed, beside what the column holds. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { Clause as One, Rule } from '../../api/contracts';
import { Fact, Facts } from '../../components/Facts';
import { Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { count, many, share } from '../../lib/format';
import { bound } from './shape';

export function Clause({ name, clause, days }: { name: string; clause: One; days: number }) {
  const { observed } = clause;
  return (
    <Box sx={{ px: 2, pb: 2 }}>
      {clause.description && <Typography sx={{ mb: 1.5, overflowWrap: 'anywhere' }}>{clause.description}</Typography>}
      <Typography variant="h3" sx={{ mb: 0.75 }}>
        Promised
      </Typography>
      <Facts narrow>
        <Fact name="Type">{clause.type ?? 'any'}</Fact>
        {clause.physical_type && <Fact name="Stored as">{clause.physical_type}</Fact>}
        <Fact name="Key">{clause.key ? 'yes' : 'no'}</Fact>
        <Fact name="Required">{clause.required ? 'yes' : 'no'}</Fact>
        <Fact name="Unique">{clause.unique ? 'yes' : 'no'}</Fact>
        <Fact name="Classification">{clause.classification ?? 'none'}</Fact>
      </Facts>
      <Typography variant="h3" sx={{ mt: 2, mb: 0.75 }}>
        Observed
      </Typography>
      {observed ? (
        <Facts narrow>
          <Fact name="Types">{Object.keys(observed.types).join(', ') || observed.kind}</Fact>
          <Fact name="Rows">{count(observed.rows)}</Fact>
          <Fact name="Missing">
            {share(observed.null_share)}, {count(observed.nulls)}
          </Fact>
          <Fact name="Distinct, about">{observed.distinct == null ? '–' : count(Math.round(observed.distinct))}</Fact>
          <Fact name="Lowest">{observed.hidden ? 'masked' : bound(observed.low)}</Fact>
          <Fact name="Highest">{observed.hidden ? 'masked' : bound(observed.high)}</Fact>
          <Fact name="In full" wide>
            <TextLink to="/datasets/$name/columns" params={{ name }} search={{ column: clause.path }}>
              Its distribution and values
            </TextLink>
          </Fact>
        </Facts>
      ) : (
        <Typography sx={{ color: 'text.secondary' }}>It has not been profiled yet.</Typography>
      )}
      <Typography variant="h3" sx={{ mt: 2, mb: 0.5 }}>
        Rules, {days} days
      </Typography>
      {clause.rules.length > 0 ? <Rules rules={clause.rules} /> : <Typography sx={{ color: 'text.secondary' }}>None.</Typography>}
    </Box>
  );
}

export function Rules({ rules }: { rules: readonly Rule[] }) {
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {rules.map((rule) => (
        <Box component="li" key={`${rule.name} ${rule.asks}`} sx={{ py: 0.75, borderTop: 1, borderColor: 'divider', '&:first-of-type': { border: 0 } }}>
          <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'baseline' }}>
            <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>{rule.asks}</Box>
            <Outcome rule={rule} />
          </Box>
          <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem', overflowWrap: 'anywhere' }}>
            {[rule.of_schema ? undefined : rule.name, rule.description, rule.severity.toLowerCase(), ACTIONS[rule.on_violation] ?? rule.on_violation].filter(Boolean).join(' · ')}
            {rule.last_failed_at && (
              <>
                {' '}
                · last <Ago at={rule.last_failed_at} />
              </>
            )}
          </Box>
        </Box>
      ))}
    </Box>
  );
}

/** What becomes of a record that breaks a rule. */
const ACTIONS: Record<string, string> = {
  allow: 'let through',
  warn: 'let through with a warning',
  quarantine: 'the record is quarantined',
  drop: 'the record is dropped',
  block: 'the batch is blocked',
};

function Outcome({ rule: { batches, evaluated, failed } }: { rule: Rule }) {
  if (batches === 0) return <Status tone="unknown">not asked</Status>;
  if (failed === 0) return <Status tone="ok">{evaluated > 0 ? `none of ${count(evaluated)}` : `passed in ${many(batches, 'batch', 'batches')}`}</Status>;
  return (
    <Status tone="warn">
      {count(failed)}
      {evaluated > 0 && ` of ${count(evaluated)}, ${share(failed / evaluated)}`}
    </Status>
  );
}
