import { keptSigns, quietSigns } from './path-signs.ts';

/** What a path that changed is likely to be worth to somebody. */
export type PathClass = 'document' | 'log-or-cache';

/** By its name and the folders it is in; in doubt a document. Pure: for grouping what is shown, never for leaving out. */
export function pathClass(path: string): PathClass {
  if (keptSigns.some((sign) => sign.path.test(path))) return 'document';
  return quietSigns.some((sign) => sign.path.test(path)) ? 'log-or-cache' : 'document';
}
