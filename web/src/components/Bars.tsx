/** A small picture of a distribution, drawn as SVG: how the values lie, without numbers; the sentence says what it is. */
import Box from '@mui/material/Box';

interface Props {
  shares: readonly number[];
  label: string;
  width?: number;
  height?: number;
}

export function Bars({ shares, label, width = 96, height = 24 }: Props) {
  const most = Math.max(...shares, 0);
  const step = width / Math.max(shares.length, 1);
  const gap = step > 4 ? 1 : 0;
  const bars = shares.map((share, place) => {
    const tall = most > 0 ? (share / most) * height : 0;
    return share > 0 ? `M${(place * step).toFixed(1)} ${height}v${(-Math.max(tall, 1)).toFixed(1)}h${(step - gap).toFixed(1)}V${height}z` : '';
  });
  return (
    <Box component="svg" role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} sx={{ width, height, flex: 'none', display: 'block' }}>
      <title>{label}</title>
      <path d={bars.join('')} fill="var(--sq-palette-tone-unknown)" />
    </Box>
  );
}
