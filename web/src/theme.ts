/** The look: calm, dense, one border, no shadows; light and dark are each made, not turned round. */
import { createTheme } from '@mui/material/styles';
import { GROUND, TONES, type Scheme } from './lib/color';

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';

const ACCENT: Record<Scheme, string> = { light: '#1F5FBF', dark: '#8FB4FF' };

function palette(scheme: Scheme) {
  const tones = TONES[scheme];
  const ground = GROUND[scheme];
  return {
    primary: { main: ACCENT[scheme] },
    error: { main: tones.critical },
    warning: { main: tones.warn },
    info: { main: tones.info },
    success: { main: tones.ok },
    background: { default: ground.page, paper: ground.paper },
    text: { primary: ground.text, secondary: ground.quiet },
    divider: ground.line,
    action: { selected: ground.chosen, hover: ground.under },
    tone: tones,
  };
}

export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data', cssVarPrefix: 'sq' },
  colorSchemes: { light: { palette: palette('light') }, dark: { palette: palette('dark') } },
  shape: { borderRadius: 8 },
  typography: {
    fontFamily: FONT,
    fontSize: 13,
    h1: { fontSize: '1.375rem', fontWeight: 600, letterSpacing: '-0.01em', lineHeight: 1.3 },
    h2: { fontSize: '1rem', fontWeight: 600, lineHeight: 1.4 },
    h3: { fontSize: '0.875rem', fontWeight: 600, lineHeight: 1.4 },
    button: { textTransform: 'none', fontWeight: 500 },
  },
  transitions: { duration: { enteringScreen: 120, leavingScreen: 100, short: 100, shorter: 80, shortest: 60 } },
  components: {
    MuiCssBaseline: {
      styleOverrides: {
        body: { fontVariantNumeric: 'tabular-nums', fontSize: '0.875rem' },
        '@media (prefers-reduced-motion: reduce)': { '*': { transition: 'none !important', animation: 'none !important' } },
        'h1:focus': { outline: 'none' },
        kbd: {
          fontFamily: 'inherit',
          fontSize: '0.75rem',
          padding: '0 5px',
          borderRadius: 4,
          border: '1px solid var(--sq-palette-divider)',
          background: 'var(--sq-palette-background-default)',
        },
      },
    },
    MuiButtonBase: { defaultProps: { disableRipple: true }, styleOverrides: { root: { '&:focus-visible': { outline: '2px solid var(--sq-palette-primary-main)', outlineOffset: 1 } } } },
    MuiButton: { defaultProps: { disableElevation: true, size: 'small' } },
    MuiPaper: { defaultProps: { elevation: 0, variant: 'outlined' }, styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiTextField: { defaultProps: { size: 'small' } },
    MuiDialog: { defaultProps: { fullWidth: true, maxWidth: 'xs' } },
    MuiTooltip: { defaultProps: { enterDelay: 400 } },
    MuiTab: { styleOverrides: { root: { minHeight: 40, padding: '8px 12px', minWidth: 0 } } },
    MuiTabs: { styleOverrides: { root: { minHeight: 40 } } },
  },
});

declare module '@mui/material/styles' {
  interface Palette {
    tone: Record<keyof (typeof TONES)['light'], string>;
  }
  interface PaletteOptions {
    tone?: Record<keyof (typeof TONES)['light'], string>;
  }
}
