import { runSoak } from '../harness/soak.ts';
import { compressNight } from './night/compressed-night.ts';
import { openKilledRuns } from './night/killed-run.ts';

// Real scheduled runs: whole nights that pass faster, and the command line killed at any instant of a scheduled run.

await using runs = await openKilledRuns();
const scenarios = [
  { name: 'killed at any instant', count: 200, run: (repetition: number) => runs.run(((repetition * 61) % 200) / 200) },
  { name: 'a night in eight minutes', count: 3, run: () => compressNight({ hours: 8, factor: 60 }) },
];
await runSoak('night', scenarios, process.argv.slice(2));
