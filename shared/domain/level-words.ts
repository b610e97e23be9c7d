import type { ConsistencyLevel } from './level.ts';

/** What people read for a level. The technical name stands in the proof. Windows translate; other programs use these. */
export const levelWords: { readonly [L in ConsistencyLevel]: { readonly label: string; readonly line: string } } = {
  application: { label: 'Agreed by the app', line: 'the application itself made this moment consistent' },
  filesystem: {
    label: 'Held still',
    line: 'everything is from one instant; programs inside recover as after a power cut',
  },
  crash: {
    label: 'Single instant',
    line: 'one instant, as if the power had gone; the newest unsaved writes may be missing',
  },
  'observed-static': {
    label: 'Nothing changed',
    line: 'it was not held, but nothing was written while it was copied',
  },
  'per-file': {
    label: 'Files whole, moments mixed',
    line: 'every file is intact, but they are from different moments',
  },
  torn: { label: 'Changed while copied', line: 'these files changed while being read' },
};
