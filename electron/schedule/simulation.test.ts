import { describe, expect, it } from 'vitest';
import { simulate } from './testing/simulation/simulate.ts';
import { simulatedSources } from './testing/simulation/sources.ts';

// Zones with a change of an hour, of half an hour, at midnight, none, and in the other half of the year.
const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kolkata', 'America/New_York'];

describe('two simulated years: every slot is served or told once, none is made twice, and history is true', () => {
  it.each(zones.map((zone, index) => ({ zone, seed: index + 1 })))(
    '$zone, seed $seed',
    async ({ zone, seed }) => {
      const years = seed === 1 ? 2 : 0.25;
      const start = Date.parse('2025-02-20T10:17:00Z');
      const found = await simulate({ seed, zone, start, days: years * 365, sources: simulatedSources });
      expect(found.problems).toEqual([]);
      // What is to be shown did occur.
      expect(Math.min(found.served, found.missed, found.recovered, found.interrupted, found.cuts)).toBeGreaterThan(5);
    },
    60_000,
  );
});
