/** Every shortcut of the window, for the list in settings; the keys themselves are handled where they act. */
export const shortcuts = [
  ['backUp', 'Ctrl+B'],
  ['restore', 'Ctrl+R'],
  ['search', 'Ctrl+F'],
  ['settings', 'Ctrl+,'],
  ['help', 'F1'],
  ['refresh', 'F5'],
  ['quit', 'Ctrl+Q'],
  ['table', 'T'],
  ['step', '← →'],
  ['lane', '↑ ↓'],
  ['ends', 'Home End'],
  ['zoom', '+ −'],
  ['pan', 'Shift+← →'],
] as const;
