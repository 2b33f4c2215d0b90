/** Bytes that are no JSON: each as two digits of sixteen, and beside them the letters they would be. */
import Box from '@mui/material/Box';
import { many } from '../../lib/format';

const WIDE = 16;
const LINES = 64;

/** Lines of a dump: the place, the bytes, the letters; what is no letter of ASCII is a dot. */
export function dump(content: string): string[] {
  const text = atob(content);
  const bytes = Uint8Array.from(text, (each) => each.charCodeAt(0));
  return Array.from({ length: Math.min(Math.ceil(bytes.length / WIDE), LINES) }, (_, line) => {
    const [from, to] = [line * WIDE, (line + 1) * WIDE];
    const hex = Array.from(bytes.slice(from, to), (each) => each.toString(16).padStart(2, '0')).join(' ');
    return `${from.toString(16).padStart(4, '0')}  ${hex.padEnd(WIDE * 3 - 1)}  ${text.slice(from, to).replaceAll(/[^\x20-\x7e]/g, '.')}`;
  });
}

export function Bytes({ content, size }: { content: string; size: number }) {
  const lines = dump(content);
  const shown = Math.min(lines.length * WIDE, size);
  return (
    <Box sx={{ px: 2 }}>
      <Box sx={{ color: 'text.secondary', mb: 0.5 }}>
        It is no JSON, so these are its bytes{shown < size ? `: the first ${shown} of ${many(size, 'byte')}` : `, ${many(size, 'byte')}`}.
      </Box>
      <Box component="pre" tabIndex={0} role="region" aria-label="Bytes of the record" sx={{ m: 0, overflow: 'auto', maxHeight: 420, fontSize: '0.8125rem', lineHeight: 1.5 }}>
        {lines.join('\n')}
      </Box>
    </Box>
  );
}
