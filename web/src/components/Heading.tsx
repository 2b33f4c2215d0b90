/** The head of a column, and, where the rows can be sorted by it, the button that does. */
import Box from '@mui/material/Box';

export interface Order {
  key: string;
  direction: 'ascending' | 'descending';
}

interface Props {
  column: { key: string; title: string; numeric?: boolean; sortable?: boolean };
  order: Order | undefined;
  sort: ((key: string) => void) | undefined;
}

export function Heading({ column: { key, title, numeric, sortable }, order, sort }: Props) {
  const now = order?.key === key ? order.direction : undefined;
  const can = sortable === true && sort !== undefined;
  return (
    <Box role="columnheader" aria-sort={can ? (now ?? 'none') : undefined} sx={{ textAlign: numeric ? 'right' : 'left', overflow: 'hidden', whiteSpace: 'nowrap' }}>
      {can ? (
        <Box
          component="button"
          type="button"
          onClick={() => {
            sort(key);
          }}
          sx={{ all: 'unset', cursor: 'pointer', fontWeight: now ? 600 : 400, color: now ? 'text.primary' : 'inherit', '&:hover': { textDecoration: 'underline' }, '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 } }}
        >
          {title}
          {now && <span aria-hidden>{now === 'ascending' ? ' ↑' : ' ↓'}</span>}
        </Box>
      ) : (
        title
      )}
    </Box>
  );
}
