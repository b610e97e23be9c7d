/** Desktops whose panels take the colours of the theme. The others' are dark whatever the theme is. */
const followers = new Set(['KDE', 'MATE', 'BUDGIE', 'LXQT']);

/** What the panel looks like, as far as that can be guessed: no protocol tells. The icon has an edge for when it is wrong. */
export function panelTheme(currentDesktop: string | undefined, isThemeDark: boolean): 'light' | 'dark' {
  const names = (currentDesktop ?? '').split(':').map((name) => name.toUpperCase());
  return isThemeDark || !names.some((name) => followers.has(name)) ? 'dark' : 'light';
}
