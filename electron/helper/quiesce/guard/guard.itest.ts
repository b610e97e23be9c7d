import { chmodSync, chownSync, closeSync, copyFileSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freezeUnguarded, thaw } from '../../system/ioctl.ts';
import { processInfo } from '../../system/process-info.ts';
import {
  type LoopFilesystem,
  type LoopFilesystemType,
  openLoopFilesystem,
  whyNoLoopFilesystem,
} from '../../system/testing/loop-filesystem.ts';
import { type FreezeGuard, type StartGuardOptions, startGuard, withFrozen } from './index.ts';
import { startChild } from './testing/child-process.ts';
import { guardBinary } from './testing/guard-binary.ts';
import { readRcu, settledRcu } from './testing/rcu.ts';
import { sleepSync } from './testing/sleep-sync.ts';

const scratch = mkdtempSync(join(tmpdir(), 'stillpoint-guard-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const types: readonly LoopFilesystemType[] = ['ext4', 'xfs'];
const isGone = ({ pids }: FreezeGuard): boolean =>
  processInfo(pids.guard) === undefined && processInfo(pids.witness) === undefined;

for (const type of types) {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(`guard on ${type}${missing === undefined ? '' : ` (${missing})`}`, () => {
    let filesystem: LoopFilesystem;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 64, dir: '/dev/shm' });
    });
    afterAll(() => filesystem.close());

    const start = (options: Partial<StartGuardOptions> = {}): Promise<FreezeGuard> =>
      startGuard({ mountPath: filesystem.mountPoint, guardBinary: guardBinary(), leaseMs: 1000, ...options });
    const freezeByHand = (): void => {
      const fd = openSync(filesystem.mountPoint, 'r');
      try {
        freezeUnguarded(fd);
      } finally {
        closeSync(fd);
      }
    };
    /** Whether it was frozen; it is not afterwards. */
    const wasFrozen = (): boolean => {
      const fd = openSync(filesystem.mountPoint, 'r');
      try {
        thaw(fd);
        return true;
      } catch {
        return false;
      } finally {
        closeSync(fd);
      }
    };

    test('freezes, thaws, tells when by both clocks, and leaves nothing', async () => {
      const guard = await start();
      expect(guard.state).toBe('ready');
      const from = process.hrtime.bigint();
      const outcome = withFrozen(guard, (frozen) => {
        expect(frozen.leaseEndsNs - frozen.after.monotonicNs).toBe(1_000_000_000n);
        expect(freezeByHand).toThrow(/EBUSY/);
        return 'value';
      });
      const to = process.hrtime.bigint();
      if (!outcome.held) throw outcome.error;
      expect(outcome.value).toBe('value');
      expect(outcome.cause).toBe('command');
      const { stall, frozen } = outcome.times;
      const instants = [from, stall.from, frozen.from, frozen.to, stall.to, to].map((at) =>
        typeof at === 'bigint' ? at : at.monotonicNs,
      );
      expect(instants).toEqual(instants.toSorted((a, b) => (a < b ? -1 : 1)));
      expect(Math.abs(Number(frozen.to.wallNs / 1_000_000n) - Date.now())).toBeLessThan(5000);
      expect(guard.state).toBe('ended');
      await guard.close();
      expect(isGone(guard)).toBe(true);
      expect(wasFrozen()).toBe(false);
    });

    test('closed before any freeze, it ends both processes', async () => {
      const guard = await start();
      await guard.close();
      expect(isGone(guard)).toBe(true);
      expect(() => guard.freeze()).toThrow(/ended/);
    });

    test('closed while frozen, it thaws', async () => {
      const guard = await start();
      guard.freeze();
      await guard.close();
      expect(isGone(guard)).toBe(true);
      expect(wasFrozen()).toBe(false);
    });

    test('a freeze of somebody else is refused as busy, and is not ended by us', async () => {
      freezeByHand();
      const guard = await start();
      let worked = false;
      expect(() =>
        withFrozen(guard, () => {
          worked = true;
        }),
      ).toThrow(expect.objectContaining({ kind: 'freeze-busy', retryable: true }));
      await guard.close();
      expect(worked).toBe(false);
      expect(isGone(guard)).toBe(true);
      expect(wasFrozen()).toBe(true);
    });

    test('a freeze that somebody else ends is known to have ended', async () => {
      const guard = await start();
      const outcome = withFrozen(guard, () => expect(wasFrozen()).toBe(true));
      await guard.close();
      expect(outcome).toMatchObject({ held: false, cause: 'unknown', times: null });
      expect(outcome.held ? undefined : outcome.error.kind).toBe('freeze-ended-early');
    });

    test('the lease ends it, and what was read meanwhile is not handed out', async () => {
      const guard = await start({ leaseMs: 100 });
      const outcome = withFrozen(guard, () => sleepSync(400));
      await guard.close();
      if (outcome.held || outcome.times === null) throw new Error('the lease did not end it');
      expect(outcome.cause).toBe('deadline');
      expect(outcome).not.toHaveProperty('value');
      const { from, to } = outcome.times.frozen;
      const heldMs = Number(to.monotonicNs - from.monotonicNs) / 1e6;
      expect(heldMs).toBeGreaterThanOrEqual(100);
      expect(heldMs).toBeLessThan(100 + 2000);
    });

    test('an error of the work is passed on after the thaw', async () => {
      const guard = await start();
      expect(() =>
        withFrozen(guard, () => {
          throw new Error('the work failed');
        }),
      ).toThrow('the work failed');
      expect(wasFrozen()).toBe(false);
      await guard.close();
    });

    test('work that returns a promise is refused', async () => {
      const guard = await start();
      const work = (() => Promise.resolve(1)) as unknown as () => number;
      expect(() => withFrozen(guard, work)).toThrow(TypeError);
      expect(wasFrozen()).toBe(false);
      await guard.close();
    });

    test('expedited RCU is on while frozen and put back, also by two guards at once', async () => {
      const before = await settledRcu();
      const first = await start({ expediteRcu: true });
      const second = await start({ expediteRcu: true });
      const outcome = withFrozen(first, () => {
        const during = readRcu();
        expect(() => second.freeze()).toThrow(expect.objectContaining({ kind: 'freeze-busy' }));
        return [during, readRcu()];
      });
      expect(outcome.held && outcome.value).toEqual(['1', '1']);
      expect(await settledRcu(before)).toBe(before);
      await Promise.all([first.close(), second.close()]);
      expect(await settledRcu(before)).toBe(before);
    });
  });
}

const missing = whyNoLoopFilesystem('ext4');
describe.skipIf(missing !== undefined)(`refusals${missing === undefined ? '' : ` (${missing})`}`, () => {
  test('a filesystem that cannot be frozen', async () => {
    const guard = await startGuard({ mountPath: '/dev/shm', guardBinary: guardBinary(), leaseMs: 1000 });
    expect(() => guard.freeze()).toThrow(expect.objectContaining({ kind: 'freeze-unsupported', retryable: false }));
    await guard.close();
    expect(isGone(guard)).toBe(true);
  });

  test('a process without the right', async () => {
    await using filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 16 });
    const options = { mountPath: filesystem.mountPoint, guardBinary: guardBinary(), leaseMs: 1000, holdMs: 0 };
    const child = startChild('helper-stand-in.ts', [JSON.stringify(options)], { uid: 65534, gid: 65534 });
    expect(await child.hear(['ready', 'not-started'], 10_000)).toMatchObject({ event: 'ready' });
    child.tell('go');
    const end = await child.hear(['over', 'refused'], 10_000);
    child.tell('end');
    expect(end).toEqual({ event: 'refused', kind: 'freeze-not-permitted' });
    expect(await child.ended(10_000)).toBe(true);
  });

  test.each([
    ['writable by others', 0o777, 0],
    ['writable by its group', 0o775, 0],
    ['not executable', 0o644, 0],
    ['of another user', 0o755, 65534],
  ])('a guard program that is %s', async (name, mode, owner) => {
    const path = join(scratch, name.replaceAll(' ', '-'));
    copyFileSync(guardBinary(), path);
    chownSync(path, owner, owner);
    chmodSync(path, mode);
    await expect(startGuard({ mountPath: '/dev/shm', guardBinary: path, leaseMs: 1000 })).rejects.toMatchObject({
      kind: 'freeze-refused',
    });
  });

  test.each([
    ['is no program', 'not a program'],
    ['ends at once', '#!/bin/true\n'],
  ])('a guard that %s', async (_, content) => {
    const path = join(scratch, 'broken');
    writeFileSync(path, content);
    chmodSync(path, 0o755);
    await expect(startGuard({ mountPath: '/dev/shm', guardBinary: path, leaseMs: 1000 })).rejects.toMatchObject({
      kind: 'freeze-refused',
      retryable: true,
    });
  });

  test.each([0, -1, 1.5, 600_001, Number.NaN])('a lease of %s ms', async (leaseMs) => {
    await expect(startGuard({ mountPath: '/dev/shm', guardBinary: guardBinary(), leaseMs })).rejects.toMatchObject({
      kind: 'bad-input',
      field: 'leaseMs',
    });
  });
});
