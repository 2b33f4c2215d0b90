/** When rows come: how many in each hour of the week. The darker, the more; the busiest hour is said in words. */
import Box from '@mui/material/Box';
import { count } from '../../lib/format';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const CELL = 10;
const LEFT = 32;

/** The busiest hour of a week of counts, in words. */
export function busiest(counts: readonly number[]): string {
  const most = Math.max(...counts, 0);
  if (most === 0) return 'No rows with a time.';
  const at = counts.indexOf(most);
  return `Most, ${count(most)}, on ${DAYS[Math.floor(at / 24)] ?? ''} from ${at % 24}:00 to ${(at % 24) + 1}:00; ${count(counts.filter((each) => each === 0).length)} of 168 hours have none.`;
}

export function Rhythm({ counts }: { counts: readonly number[] }) {
  const most = Math.max(...counts, 1);
  const text = busiest(counts);
  return (
    <>
      <Box component="svg" role="img" aria-label={text} viewBox={`0 0 ${LEFT + 24 * CELL} ${7 * CELL + 12}`} sx={{ width: '100%', maxWidth: 420, display: 'block' }}>
        {DAYS.map((day, row) => (
          <text key={day} x={0} y={row * CELL + 8} fontSize={7} fill="currentColor">
            {day}
          </text>
        ))}
        {counts.map((each, at) => (
          <rect
            key={at}
            x={LEFT + (at % 24) * CELL}
            y={Math.floor(at / 24) * CELL}
            width={CELL - 1}
            height={CELL - 1}
            fill="var(--sq-palette-primary-main)"
            fillOpacity={each === 0 ? 0.06 : 0.2 + 0.8 * (each / most)}
          />
        ))}
        {[0, 6, 12, 18].map((hour) => (
          <text key={hour} x={LEFT + hour * CELL} y={7 * CELL + 9} fontSize={7} fill="currentColor">
            {hour}:00
          </text>
        ))}
      </Box>
      <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>{text}</Box>
    </>
  );
}
