/**
 * The colours of both themes. Everything on the screen, the canvas included, takes its colours from here;
 * `tokens.test.ts` holds them to WCAG AA on every surface they are used on.
 */
export const tokens = {
  light: {
    bg: '#f6f7f9',
    panel: '#ffffff',
    rail: '#eef0f3',
    line: '#dfe3e8',
    grid: '#e9ecf0',
    field: '#7c8795',
    ink: '#17202b',
    ink2: '#4a5667',
    ink3: '#566274',
    accent: '#0b7285',
    accentHover: '#095d6c',
    accentInk: '#ffffff',
    accentSoft: '#d9eef1',
    app: '#6741d9',
    fs: '#2d7930',
    crash: '#8a4b00',
    obs: '#1a68c6',
    mixed: '#7a6200',
    torn: '#c92a2a',
    unknown: '#566274',
    phase: '#4c7bc0',
    quiet: '#e3e9f2',
    quietEdge: '#7b8aa1',
    allowed: '#f0f3f8',
    window: '#e3f1ee',
    windowEdge: '#3f8577',
    log: '#d8cffa',
    logEdge: '#8f76e0',
    ok: '#2b7a39',
    warn: '#8a4b00',
    bad: '#c92a2a',
    warnSoft: '#fdf3e3',
    badSoft: '#fdecec',
    okSoft: '#e6f4ea',
  },
  dark: {
    bg: '#12161c',
    panel: '#1a2029',
    rail: '#151a21',
    line: '#2b3440',
    grid: '#232b36',
    field: '#697686',
    ink: '#eef2f6',
    ink2: '#b6c0cc',
    ink3: '#9aa6b5',
    accent: '#3bc9db',
    accentHover: '#66d9e8',
    accentInk: '#08232a',
    accentSoft: '#12343b',
    app: '#b197fc',
    fs: '#8ce99a',
    crash: '#ffa94d',
    obs: '#74b3ff',
    mixed: '#ffe066',
    torn: '#ff8787',
    unknown: '#9aa6b5',
    phase: '#5b86c9',
    quiet: '#222c3a',
    quietEdge: '#66788f',
    allowed: '#1c232d',
    window: '#1a2c2d',
    windowEdge: '#5a9c8d',
    log: '#37306b',
    logEdge: '#8a78e8',
    ok: '#69db7c',
    warn: '#ffa94d',
    bad: '#ff8787',
    warnSoft: '#2e2415',
    badSoft: '#3a1e22',
    okSoft: '#17301f',
  },
} as const;

export type ThemeName = keyof typeof tokens;
export type TokenName = keyof (typeof tokens)['light'];
export type Tokens = Readonly<Record<TokenName, string>>;

/** The custom property of a token: `accentSoft` -> `--sp-accent-soft`. */
export function tokenVariable(name: TokenName): string {
  return `--sp-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
