import { runSoak } from '../harness/soak.ts';
import { victims } from './kill/kill-case.ts';
import { openKillPlace } from './kill/kill-place.ts';

// Ends and stops helper, guard, main, and helper with guard together, fifty times each, every other time between the
// freeze call and the thaw.

await using place = await openKillPlace();
const scenarios = victims.flatMap((victim) =>
  (['SIGKILL', 'SIGSTOP'] as const).map((signal) => ({
    name: `${victim} ${signal}`,
    count: 50,
    run: (repetition: number) =>
      place.run({ victim, signal, afterMs: repetition % 2 === 0 ? null : Math.random() * 600 }),
  })),
);
await runSoak('kill', scenarios, process.argv.slice(2));
