import { describe, expect, it } from 'vitest';
import { whyNoGuest } from '../guest/index.ts';
import type { BackupCase, RootCase } from './root/case.ts';
import { AgainOnce } from './root/node-faults.ts';
import { withRootPlace } from './root/place.ts';

const missing = whyNoGuest();

/** So often an undisturbed hold is asked for. */
const mostRefusals = 3;

const nobodyStruck = 'nobody struck';
const tried = 'tried by the product, and backed up';
/** The worst that can happen to a hold, once each; `npm run soak -- root` does it five hundred times. */
const sample: readonly (readonly [string, RootCase | BackupCase])[] = [
  [nobodyStruck, { victims: [], how: 'kill', when: 'frozen', delayMs: 0, holdMs: 20 }],
  ['guard killed in the call', { victims: ['guard'], how: 'kill', when: 'in-freeze-call', delayMs: 5, holdMs: 20 }],
  ['guard and witness stopped', { victims: ['guard', 'witness'], how: 'stop', when: 'frozen', delayMs: 0, holdMs: 60 }],
  ['helper and guard stopped', { victims: ['helper', 'guard'], how: 'stop', when: 'frozen', delayMs: 0, holdMs: 60 }],
  ['helper killed', { victims: ['helper'], how: 'kill', when: 'frozen', delayMs: 0, holdMs: 60 }],
  [
    'no thaw but the emergency thaw',
    { victims: ['helper', 'guard'], how: 'kill', when: 'frozen', delayMs: 0, holdMs: 60, thawFails: true },
  ],
  [tried, { killAfterMs: null }],
];

describe.skipIf(missing !== undefined)(`the filesystem everything is on${missing ? ` (${missing})` : ''}`, () => {
  it('is let go in time inside a guest that runs from it, whoever is killed or stopped', {
    timeout: 1_200_000,
  }, async () => {
    const left = [...sample];
    let refusals = 0;
    const playLeft = (): Promise<void> =>
      withRootPlace(async ({ guest, play }) => {
        for (let next = left[0]; next !== undefined; next = left[0]) {
          const [name, rootCase] = next;
          const { faults, facts } = await play(rootCase);
          expect(faults, `${name}: ${JSON.stringify(facts)}`).toEqual([]);
          // An undisturbed hold that is refused shows nothing: right after the start a guest may be too busy for one.
          if (name === nobodyStruck) {
            refusals += facts.held === true ? 0 : 1;
            if (facts.held !== true && refusals < mostRefusals) continue;
            expect(facts, JSON.stringify(facts)).toMatchObject({ held: true, copied: true });
          }
          // A trial that was cancelled before it held nobody; the next one held, and says for how long.
          if (name === tried) {
            expect(String(facts.trial)).toMatch(/^(passed|failed)$/);
            expect(String(facts.trialStalls)).toMatch(/^\d+( \d+){0,2}$/);
          }
          await guest.writesToRoot(30_000);
          left.shift();
        }
      });
    await new AgainOnce().run(playLeft);
    expect(left).toEqual([]);
  });
});
