import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { OpenWriters } from '../../system/open-writers.ts';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { FrozenOutcome, withFrozen } from '../guard/index.ts';
import { type PrecopySteps, precopySteps } from '../precopy-freeze/index.ts';
import { leakyJournal } from './leaky-journal.ts';
import { sleepSync } from './meddling-tree.ts';
import { type MethodUnderTest, precopyFreeze } from './methods.ts';
import {
  type BusyFilesystem,
  type CopyOptions,
  isLie,
  type LoadOptions,
  type OracleResult,
  planOf,
  withBusyFilesystem,
} from './oracle-scenarios.ts';

/** Each test takes one check out of precopy-freeze, and wants the oracle to see it. Beside it, the method as it is. */

const missing = whyNoLoopFilesystem('ext4');

/** One copy or two show it; on a machine that does other things the writer may stand still for several. */
const mostTurns = 40;
/** As many copies of the method as it is, beside it. */
const turnsAsItIs = 3;

/** Tries again at once. */
const impatient = { pause: async (): Promise<void> => {} };
/** Others have the machine for a while between the last look and the freeze. */
const slowToFreeze: Pick<PrecopySteps, 'withFrozen'> = {
  withFrozen: (guard, work) => {
    sleepSync(60);
    return precopySteps.withFrozen(guard, work);
  },
};
const nobody = async (): Promise<OpenWriters> => ({ writers: [], gaps: [], trusted: [] });

const moves: LoadOptions = {
  ...{ type: 'ext4', stepsPerSecond: 300, restingFiles: 20 },
  plan: { ...planOf('move'), files: 20 },
};
/** So many files that most are stored into again before the freeze, into a page that is dirty, and not after the last look. */
const rareStores: LoadOptions = {
  ...{ type: 'ext4', stepsPerSecond: 300, restingFiles: 20 },
  plan: { ...planOf('mapped'), files: 40, blocks: 1 },
};
const stores: LoadOptions = { type: 'ext4', plan: planOf('mapped'), stepsPerSecond: 2000, restingFiles: 20 };

function copyOnce(busy: BusyFilesystem, tested: MethodUnderTest, options: CopyOptions = {}): Promise<OracleResult> {
  return busy.copyWith(tested.method, { ahead: tested.newAhead(), ...options });
}

/** Copies until one of them is a lie. False when none was. A mutant that notices by itself, and refuses, is no lie. */
async function isSeen(load: LoadOptions, newMutant: (busy: BusyFilesystem) => MethodUnderTest): Promise<boolean> {
  return withBusyFilesystem(load, async (busy) => {
    await using mutant = newMutant(busy);
    for (let turn = 0; turn < mostTurns; turn += 1) {
      try {
        if (isLie(await copyOnce(busy, mutant))) return true;
      } catch (error) {
        if (!isStillpointError(error, 'freeze-ended-early')) throw error;
      }
    }
    return false;
  });
}

async function copiesAsItIs(load: LoadOptions, newMethod: () => MethodUnderTest): Promise<OracleResult[]> {
  return withBusyFilesystem(load, async (busy) => {
    await using tested = newMethod();
    const results: OracleResult[] = [];
    for (let turn = 0; turn < turnsAsItIs; turn += 1) results.push(await copyOnce(busy, tested));
    return results;
  });
}

describe.skipIf(missing !== undefined)(missing ?? 'precopy-freeze, with a check taken out', () => {
  it('no drain inside: a folder that was moved before the freeze is where it was', async () => {
    expect(await isSeen(moves, () => precopyFreeze({ ...impatient, ...slowToFreeze, drain: () => 0 }))).toBe(true);
    for (const result of await copiesAsItIs(moves, () => precopyFreeze(slowToFreeze)))
      expect(result).toMatchObject({ level: 'filesystem', isPrefix: true, problems: [] });
  });

  it('no look at who can write, before and after: a store into memory is missing', async () => {
    expect(await isSeen(stores, () => precopyFreeze({ ...impatient, scanBefore: nobody, scanAfter: nobody }))).toBe(
      true,
    );
    for (const result of await copiesAsItIs(stores, () => precopyFreeze()))
      expect(result).toMatchObject({ level: 'filesystem', isPrefix: true, problems: [] });
  });

  it('no look before: the look after the thaw finds who was missed, and less is claimed', async () => {
    for (const result of await copiesAsItIs(stores, () => precopyFreeze({ ...impatient, scanBefore: nobody }))) {
      expect(result.level).not.toBe('filesystem');
      expect(isLie(result)).toBe(false);
      expect(result.evidence.tracking?.doubts.join()).toContain('may have been written to unseen');
    }
  });

  it('no second look at what is open for writing: a store into memory is missing', async () => {
    // Without the look after the thaw, which makes up for it by claiming less.
    expect(await isSeen(rareStores, () => precopyFreeze({ ...impatient, restats: false, scanAfter: nobody }))).toBe(
      true,
    );
    for (const result of await copiesAsItIs(rareStores, () => precopyFreeze({ scanAfter: nobody })))
      expect(result).toMatchObject({ level: 'filesystem', isPrefix: true, problems: [] });
  });

  it('the thaw’s answer not heard: writers ran while the last was read', async () => {
    expect(await isSeen(stores, (busy) => thawedEarly(busy, believingWithFrozen))).toBe(true);
    await withBusyFilesystem(stores, async (busy) => {
      await using tested = thawedEarly(busy, precopySteps.withFrozen);
      await expect(copyOnce(busy, tested)).rejects.toMatchObject({ kind: 'freeze-ended-early' });
    });
  });

  it('a gap in the record of changes ignored: what was written in it is missing', async () => {
    expect(await copyAfterGap(false)).toMatchObject({ level: 'filesystem', isLie: true, continued: true });
    expect(await copyAfterGap(true)).toMatchObject({ level: 'filesystem', isLie: false });
  });
});

/** What withFrozen would be if it took the freeze for granted once it was made. */
const believingWithFrozen: typeof withFrozen = (guard, work) => {
  const frozen = guard.freeze();
  const value = work(frozen);
  guard.thaw();
  const now = { monotonicNs: process.hrtime.bigint(), wallNs: BigInt(Date.now()) * 1_000_000n };
  const times = { stall: { from: frozen.before, to: now }, frozen: { from: frozen.after, to: now } };
  return { held: true, value, times, cause: 'command' } satisfies FrozenOutcome<typeof value>;
};

/** With a stranger who thaws as soon as it is frozen, and a machine so slow that writers can do much meanwhile. */
function thawedEarly(busy: BusyFilesystem, frozen: typeof withFrozen): MethodUnderTest {
  const state = { isFrozen: false, isThawed: false };
  return precopyFreeze({
    withFrozen: (guard, work) =>
      frozen(guard, (moment) => {
        Object.assign(state, { isFrozen: true, isThawed: false });
        try {
          return work(moment);
        } finally {
          state.isFrozen = false;
        }
      }),
    drain: (tracker) => {
      if (!state.isFrozen) return precopySteps.drain(tracker);
      if (!state.isThawed) spawnSync('fsfreeze', ['--unfreeze', busy.mountPoint], { stdio: 'ignore' });
      state.isThawed = true;
      const told = precopySteps.drain(tracker);
      sleepSync(2);
      return told;
    },
    ...impatient,
  });
}

/** Two copies; what is written between them is told of to nobody. `isTold`: that there is such a gap is known. */
async function copyAfterGap(isTold: boolean) {
  // So many files that most are written in the gap and not right after the first copy, which is told still.
  const plan = { ...planOf('in-place'), files: 300, blocks: 2 };
  const load: LoadOptions = { type: 'ext4', plan, stepsPerSecond: 800, restingFiles: 20 };
  return withBusyFilesystem(load, async (busy) => {
    const journal = leakyJournal();
    await using tested = precopyFreeze({}, journal);
    await copyOnce(busy, tested);
    await busy.writer.reached(busy.writer.stepsSoFar() + 1200);
    // Nothing is open for writing any more: nothing but the record of changes tells of these steps.
    await busy.writer.stop();
    journal.lose(isTold);
    const result = await copyOnce(busy, tested, { continues: true });
    const continued = result.evidence.tracking?.continuedFrom != null;
    return { level: result.level, isLie: isLie(result), continued };
  });
}
