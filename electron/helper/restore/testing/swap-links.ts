import { mkdirSync, renameSync, symlinkSync } from 'node:fs';

/**
 * A process that swaps a folder of the target for a link to somewhere else and back, as fast as it can, until it is
 * killed: `swap-links.ts FOLDER OUTSIDE`. Prints a line once it has begun.
 */
const [folder = '', outside = ''] = process.argv.slice(2);
const attempt = (work: () => void): void => {
  try {
    work();
  } catch {
    // The restore may have been faster; the next round finds out how things are.
  }
};
process.stdout.write('swapping\n');
for (let round = 0; ; round += 1) {
  attempt(() => renameSync(folder, `${folder}-aside-${round % 2}`));
  attempt(() => symlinkSync(outside, folder));
  attempt(() => renameSync(folder, `${folder}-link`));
  attempt(() => renameSync(`${folder}-aside-${round % 2}`, folder));
  if (round % 50 === 0) attempt(() => mkdirSync(folder));
}
