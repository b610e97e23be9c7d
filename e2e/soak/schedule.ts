import { simulate } from '../../electron/schedule/testing/simulation/simulate.ts';
import { simulatedSources } from '../../electron/schedule/testing/simulation/sources.ts';
import { runSoak } from '../harness/soak.ts';

// Two simulated years of the real scheduler, over and over: sleep, absent disks, failures, pauses, power cuts at any effect,
// the command line beside the app. Every slot is served or told once, none is made twice, and history is true.

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Havana',
  'America/St_Johns',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Pacific/Apia',
  'UTC',
];

const scenarios = zones.map((zone, index) => ({
  name: zone,
  count: 10,
  run: async (repetition: number) => {
    const seed = 1_000 * (index + 1) + repetition;
    // Any season, any minute.
    const start = Date.parse('2024-01-01T00:00:00Z') + ((seed * 7_919_993) % 525_600) * 60_000;
    const { problems, ...facts } = await simulate({ seed, zone, start, days: 730, sources: simulatedSources });
    return { ok: problems.length === 0, facts: { seed, ...facts, problems: problems.join('; ') } };
  },
}));
await runSoak('schedule', scenarios, process.argv.slice(2));
