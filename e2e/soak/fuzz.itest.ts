import { describe, expect, it } from 'vitest';
import type { FuzzTarget } from '../../electron/helper/repository/testing/fuzz-target.ts';
import { fuzzTargets } from './fuzz/fuzz-targets.ts';
import { Finding, guidedRun } from './fuzz/guided-run.ts';
import { watchedRun } from './fuzz/watched-run.ts';

/** A sample; `npm run soak -- fuzz` has a million. */
describe('hostile bytes', () => {
  it.each(fuzzTargets.map(({ name }) => name))(
    '%s: is read or refused, and nothing else',
    async (name) => {
      const { ok, facts } = await watchedRun(name, 1, 1500);
      expect(ok, JSON.stringify(facts)).toBe(true);
    },
    60_000,
  );

  it('finds what only a rare input shows', () => {
    const fragile: FuzzTarget = {
      name: 'fragile',
      seeds: [Buffer.from('{"length":10}')],
      run(input) {
        if (/"length":42949672\d\d/.test(input.toString())) throw new RangeError('too long');
      },
    };
    expect(() => guidedRun({ target: fragile, seed: 7, count: 50_000, onInput: () => {} })).toThrow(Finding);
  });
});
