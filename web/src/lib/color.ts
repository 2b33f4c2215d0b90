/** The colours that mean something, and how far apart two colours are. Each pair differs by dE00 >= 20, also for
 * people who do not see red, green or blue apart; marks stand out from their ground by 3:1 and more. */

export type Tone = 'ok' | 'info' | 'warn' | 'critical' | 'unknown';
export type Scheme = 'light' | 'dark';

export const TONES: Record<Scheme, Record<Tone, string>> = {
  light: { ok: '#053A4D', info: '#1783F9', warn: '#D17706', critical: '#A40C2F', unknown: '#898B90' },
  dark: { ok: '#1AF3C0', info: '#7F91F0', warn: '#E6B411', critical: '#C53C22', unknown: '#6B717C' },
};

/** What lies under and around what is shown; `under`: a row that is pointed at, `chosen`: one that is open. */
export const GROUND: Record<Scheme, Record<'paper' | 'page' | 'text' | 'quiet' | 'line' | 'under' | 'chosen', string>> = {
  light: { paper: '#FFFFFF', page: '#FAFAF9', text: '#1B1D21', quiet: '#5A5F69', line: '#E3E4E7', under: '#F4F5F6', chosen: '#ECEEF1' },
  dark: { paper: '#17191D', page: '#101114', text: '#E8E9EB', quiet: '#A3A8B2', line: '#2B2E35', under: '#1D2025', chosen: '#262A31' },
};

type Triple = [number, number, number];

/** Red, green and blue of `#RRGGBB`, 0..1, as light (not as the screen's numbers). */
export function linear(hex: string): Triple {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

/** WCAG's contrast of two colours, 1..21. */
export function contrast(one: string, other: string): number {
  const light = (hex: string) => {
    const [red, green, blue] = linear(hex);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}
