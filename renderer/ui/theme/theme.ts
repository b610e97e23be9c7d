import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';
import { type ThemeName, type TokenName, tokens, tokenVariable } from './tokens.ts';

const v = (name: TokenName): string => `var(${tokenVariable(name)})`;
const tuple = (name: TokenName): MantineColorsTuple =>
  Array.from({ length: 10 }, () => v(name)) as unknown as MantineColorsTuple;

/** What Mantine draws in its own greys in the dark theme, in ours: from text (0) over borders (4) to surfaces (6, 7). */
const darkTuple: MantineColorsTuple = [
  v('ink'),
  v('ink2'),
  v('ink3'),
  v('field'),
  v('line'),
  v('grid'),
  v('panel'),
  v('bg'),
  v('rail'),
  v('rail'),
];

/** Variants by meaning: `filled` the one main action of a place, `default` the others, `subtle` quiet ones. */
const variantColors: VariantColorsResolver = ({ variant, color }) => {
  const bad = color === 'bad';
  switch (variant) {
    case 'filled':
      return bad
        ? { background: v('bad'), hover: v('bad'), color: v('panel'), border: '1px solid transparent' }
        : { background: v('accent'), hover: v('accentHover'), color: v('accentInk'), border: '1px solid transparent' };
    case 'light':
      return bad
        ? { background: v('badSoft'), hover: v('badSoft'), color: v('bad'), border: '1px solid transparent' }
        : { background: v('accentSoft'), hover: v('accentSoft'), color: v('accent'), border: '1px solid transparent' };
    case 'subtle':
    case 'transparent':
      return {
        background: 'transparent',
        hover: v('grid'),
        color: bad ? v('bad') : color === 'accent' || color === undefined ? v('ink2') : color,
        border: '1px solid transparent',
      };
    default:
      return {
        background: v('panel'),
        hover: v('grid'),
        color: bad ? v('bad') : v('ink'),
        border: `1px solid ${v('line')}`,
      };
  }
};

export const theme = createTheme({
  fontFamily: "'Inter Variable', Inter, system-ui, 'Noto Sans', 'Noto Sans CJK JP', 'Noto Sans CJK SC', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono', 'DejaVu Sans Mono', 'Noto Sans Mono', monospace",
  colors: { accent: tuple('accent'), bad: tuple('bad'), dark: darkTuple },
  primaryColor: 'accent',
  defaultRadius: 8,
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Nothing on the screen is smaller than 13 px.
  fontSizes: { xs: '13px', sm: '14px', md: '15px', lg: '18px', xl: '22px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '1.3' },
      h2: { fontSize: '16px', lineHeight: '1.35' },
      h3: { fontSize: '14px', lineHeight: '1.4' },
    },
  },
  variantColorResolver: variantColors,
  components: {
    Input: { styles: { input: { backgroundColor: v('bg'), color: v('ink') } } },
    Modal: { styles: { content: { backgroundColor: v('panel') }, header: { backgroundColor: v('panel') } } },
    Menu: { styles: { dropdown: { backgroundColor: v('panel'), borderColor: v('line') } } },
    Notification: { styles: { root: { backgroundColor: v('panel') } } },
    Tooltip: { styles: { tooltip: { backgroundColor: v('ink'), color: v('panel') } } },
  },
});

/** Mantine's own variables, spoken in our tokens; plus one `--sp-…` variable per token. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: schemeVariables('light'),
  dark: schemeVariables('dark'),
});

function schemeVariables(name: ThemeName): Record<string, string> {
  const of = tokens[name];
  const own = Object.entries(of).map(([token, value]) => [tokenVariable(token as TokenName), value]);
  return {
    ...Object.fromEntries(own),
    '--mantine-color-body': of.bg,
    '--mantine-color-text': of.ink,
    '--mantine-color-bright': of.ink,
    '--mantine-color-dimmed': of.ink3,
    '--mantine-color-placeholder': of.ink3,
    '--mantine-color-anchor': of.accent,
    '--mantine-color-error': of.bad,
    '--mantine-color-success': of.ok,
    '--mantine-color-default': of.panel,
    '--mantine-color-default-hover': of.grid,
    '--mantine-color-default-color': of.ink,
    '--mantine-color-default-border': of.field,
    '--mantine-color-disabled': of.grid,
    '--mantine-color-disabled-color': of.ink3,
    '--mantine-color-disabled-border': of.line,
    '--mantine-primary-color-filled': of.accent,
    '--mantine-primary-color-filled-hover': of.accentHover,
    '--mantine-primary-color-light': of.accentSoft,
    '--mantine-primary-color-light-hover': of.accentSoft,
    '--mantine-primary-color-light-color': of.accent,
    '--mantine-primary-color-contrast': of.accentInk,
    '--mantine-color-accent-filled': of.accent,
    '--mantine-color-accent-light': of.accentSoft,
  };
}
