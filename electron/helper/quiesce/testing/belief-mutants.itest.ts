import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coarseClockNs } from '../../system/coarse-clock.ts';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { SleepGate } from '../lease/index.ts';
import { type PrecopySteps, precopySteps } from '../precopy-freeze/index.ts';
import { justBefore, levelOf, openPrecopyScene, type PrecopyScene } from '../precopy-freeze/testing/precopy-scene.ts';
import { mapShared, store, unmap } from './ordered-writer/ways/memory.ts';

/**
 * Each test makes one thing untrue that precopy-freeze takes for granted of content read before the pause, at the one moment
 * at which it matters, and wants the copy to be wrong. Beside it, the method as it is, with the same writer at the same moment.
 */

/** What a store in time leaves, what the copy has when the last store is missed, and what it has to have. */
const [old, missed, last] = [0, 1, 7];
/** More than is read in the pause rather than flushed once more. */
const muchBytes = 512 * 1024;
const littleBytes = 4096;

const missing = whyNoLoopFilesystem('ext4');
describe.skipIf(missing !== undefined)(missing ?? 'precopy-freeze, with a belief that does not hold', () => {
  let scene: PrecopyScene;
  let path: string;
  let release: () => void;
  beforeEach(async () => {
    scene = await openPrecopyScene('ext4');
    path = join(scene.root, 'data');
    release = () => {};
  });
  afterEach(async () => {
    release();
    await scene[Symbol.asyncDispose]();
  });

  /** A file that is mapped. Its first page is made dirty by `dirty`; `storeLast` then leaves no trace. */
  function mapped(bytes: number) {
    writeFileSync(path, Buffer.alloc(bytes, old));
    const fd = openSync(path, 'r+');
    const at = mapShared(fd, bytes);
    let isOver = false;
    release = () => {
      if (isOver) return;
      isOver = true;
      closeSync(fd);
      unmap(at, bytes);
    };
    return {
      // The write is told, so that it is read; the store makes the page one that can be stored into unnoticed.
      dirty: (): void => {
        writeSync(fd, 'x', littleBytes / 2);
        store(at, Buffer.of(missed));
      },
      storeLast: (): void => store(at, Buffer.of(last)),
    };
  }

  async function copied(steps: Partial<PrecopySteps>, requireAwake?: () => Promise<void>) {
    const gate: Pick<SleepGate, 'hold'> = {
      hold: async () => ({ requireAwake: requireAwake ?? (async () => {}), [Symbol.asyncDispose]: async () => {} }),
    };
    const result = await scene.copy({ steps, environment: { sleep: gate as SleepGate } });
    return { held: result.files.get('data')?.bytes[0], level: levelOf(result) };
  }

  /** Stored into right after each flush, and for the last time right before the freeze. */
  function aroundFlushes(): Partial<PrecopySteps> {
    const { dirty, storeLast } = mapped(littleBytes);
    return {
      flush: async (fd) => {
        await precopySteps.flush(fd);
        dirty();
      },
      ...justBefore(storeLast),
    };
  }

  const wrong = { held: missed, level: 'filesystem' };
  const right = { held: last, level: 'filesystem' };

  it('the lease says that nobody can write, and somebody can', async () => {
    expect(await copied({ ...aroundFlushes(), probe: () => 'none' })).toEqual(wrong);
    release();
    expect(await copied(aroundFlushes())).toEqual(right);
  });

  it('what was told is taken in before the lease is asked, and not after it', async () => {
    /** Whoever wrote last is gone between the two. */
    const closing = (isDrainedAfter: boolean): Partial<PrecopySteps> => {
      const load = aroundFlushes();
      let isInside = false;
      return {
        ...load,
        withFrozen: (guard, work) =>
          (load.withFrozen ?? precopySteps.withFrozen)(guard, (moment) => {
            isInside = true;
            return work(moment);
          }),
        drain: (tracker) => {
          if (!isInside) return precopySteps.drain(tracker);
          const told = isDrainedAfter ? precopySteps.drain(tracker) : 0;
          release();
          return told;
        },
      };
    };
    expect(await copied(closing(false))).toEqual(wrong);
    expect(await copied(closing(true))).toEqual(right);
  });

  it('what was written last is read once more, and not flushed before', async () => {
    /** Everything is flushed until it is stored into. */
    const late = async (isFlushed: boolean) => {
      const { dirty, storeLast } = mapped(muchBytes);
      let isDirty = false;
      return copied(
        {
          flush: async (fd) => {
            if (isFlushed || !isDirty) await precopySteps.flush(fd);
          },
          ...justBefore(storeLast),
        },
        async () => {
          if (!isDirty) dirty();
          isDirty = true;
          // So that the next flush begins later than a store can last.
          await new Promise((resolve) => setTimeout(resolve, 1200));
        },
      );
    };
    expect(await late(false)).toEqual(wrong);
    release();
    expect(await late(true)).toEqual(right);
  });

  it('the start of a flush is taken for later than it was', async () => {
    const tooLate = (): bigint => coarseClockNs() + 5_000_000_000n;
    expect(await copied({ ...aroundFlushes(), flushClock: tooLate })).toEqual(wrong);
    release();
    expect(await copied(aroundFlushes())).toEqual(right);
  });
});
