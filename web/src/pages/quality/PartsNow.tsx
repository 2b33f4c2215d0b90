/** Each part of the score: what it last was, against what it must be, and how it went. */
import Box from '@mui/material/Box';
import type { Quality } from '../../api/quality';
import { Card } from '../../components/Page';
import { Sparkline } from '../../components/Sparkline';
import { Mark } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { score, words } from '../../lib/format';

export function PartsNow({ quality: { latest, history } }: { quality: Quality }) {
  if (!latest) return null;
  const done = history.filter(({ status }) => status === 'done');
  return (
    <Card title={`Last score ${score(latest.score)}`} note={<TextLink to="/quality/checks/$check" params={{ check: latest.check_id }}>Its check</TextLink>}>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5 }}>
        {Object.entries(latest.parts).map(([name, part]) => {
          const below = part.score < part.threshold;
          return (
            <Box component="li" key={name} sx={{ display: 'grid', gridTemplateColumns: { xs: '12px minmax(0, 1fr) 44px 94px', sm: '12px minmax(100px, 1fr) 64px 44px 94px' }, gap: 1, alignItems: 'center', px: 2, py: 0.75, borderTop: 1, borderColor: 'divider' }}>
              {below ? <Mark tone="warn" /> : <span />}
              <Box component="span" sx={{ '&::first-letter': { textTransform: 'uppercase' }, overflowWrap: 'anywhere' }}>{words(name)}</Box>
              <Box component="span" sx={{ display: { xs: 'none', sm: 'inline' } }}>{done.length > 1 && <Sparkline values={done.map(({ parts }) => parts[name]?.score ?? null)} label={name} width={64} height={20} />}</Box>
              <Box component="span" sx={{ textAlign: 'right', fontWeight: below ? 600 : 400 }}>{score(part.score)}</Box>
              <Box component="span" sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>{below ? 'below' : 'at least'} {score(part.threshold)}</Box>
            </Box>
          );
        })}
      </Box>
    </Card>
  );
}
