import { expect, it } from 'vitest';
import { panelTheme } from './panel-theme.ts';

it.each([
  ['KDE', false, 'light'],
  ['KDE', true, 'dark'],
  ['ubuntu:GNOME', false, 'dark'],
  ['XFCE', false, 'dark'],
  [undefined, false, 'dark'],
] as const)('%s, dark theme: %s', (desktop, isDark, expected) => {
  expect(panelTheme(desktop, isDark)).toBe(expected);
});
