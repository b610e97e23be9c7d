import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KilledRuns, openKilledRuns } from '../soak/night/killed-run.ts';

// Instants spread over a whole run; the full count is a soak (e2e/soak/night.ts).
const instants = [0.15, 0.35, 0.5, 0.6, 0.7, 0.8, 0.88, 0.95];

describe('a scheduled run that is killed, and the next one', () => {
  let runs: KilledRuns;
  beforeAll(async () => {
    runs = await openKilledRuns();
  });
  afterAll(() => runs[Symbol.asyncDispose]());

  it.each(instants)('at %f of its time: journal, run logs and repository agree', async (instant) => {
    expect(await runs.run(instant)).toMatchObject({ ok: true, facts: { problems: '' } });
  });
});
