import { runSoak } from '../harness/soak.ts';
import { remainders } from './power/cut-image.ts';
import { phases } from './power/history.ts';
import { PowerPlace } from './power/power-place.ts';

// 300 power cuts in backups, in forgetting and in pruning, on ext4 and xfs: the disk as it was at one instant, and
// with what was not flushed lost, reordered and torn. What was published before restores byte for byte.

await using place = new PowerPlace();
const scenarios = phases.flatMap((phase) =>
  remainders.map((remainder) => ({
    name: `${phase} ${remainder}`,
    count: 34,
    run: (repetition: number) =>
      place.run({ type: repetition % 4 === 3 ? 'xfs' : 'ext4', phase, remainder, goOn: repetition % 3 === 0 }),
  })),
);
await runSoak('power', scenarios, process.argv.slice(2));
