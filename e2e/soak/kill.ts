import { runSoak } from '../harness/soak.ts';
import { victims } from './kill/kill-case.ts';
import { openKillPlace } from './kill/kill-place.ts';
import { strikes } from './kill/strike.ts';

// Ends, stops and starves helper, guard, main, and helper with guard together: 210 backups, every other one struck between
// the freeze call and the thaw.

await using place = await openKillPlace();
const scenarios = victims.flatMap((victim) =>
  strikes
    // Main holds nobody: it is only missed.
    .filter((how) => victim !== 'main' || how === 'SIGKILL' || how === 'SIGSTOP')
    .map((how) => ({
      name: `${victim} ${how}`,
      count: 15,
      run: (repetition: number) =>
        place.run({ victim, how, afterMs: repetition % 2 === 0 ? null : Math.random() * 1500 }),
    })),
);
await runSoak('kill', scenarios, process.argv.slice(2));
