import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelled } from '../../../../../shared/errors/index.ts';
import { deviceNumber } from '../../../system/mounts.ts';
import {
  type LoopFilesystem,
  openLoopFilesystem,
  whyNoLoopFilesystem,
} from '../../../system/testing/loop-filesystem.ts';
import { sleepSync } from '../../guard/testing/sleep-sync.ts';
import { type HoldSteps, holdSteps } from '../../holding/hold-still.ts';
import { FreezePace } from '../../lease/index.ts';
import { examineFolder } from '../../testing/examine-folder.ts';
import { freezeEnvironment } from '../../testing/freeze-environment.ts';
import type { MachineConditions } from '../conditions.ts';
import { createRootHold, openTrialBook, type TriedRootHold } from '../index.ts';
import { runTrial } from './run-trial.ts';

const missing = whyNoLoopFilesystem('ext4');
const { signal } = new AbortController();

// A filesystem of its own stands for the root: the helper is told that it runs from there. The real one is held in
// e2e/soak/root, inside a guest.
describe.skipIf(missing !== undefined)(missing ?? 'the trial', () => {
  let filesystem: LoopFilesystem;
  let folder = '';
  let state = '';
  const quiet: MachineConditions = {
    ...{ audit: 'none', isContainer: false, swaps: [], canLockMemory: true, controlGroup: undefined, outputFiles: [] },
    ...{ askedPrograms: () => [], hasEmergencyThaw: true, kernel: 'kernel-1' },
  };
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
    folder = join(filesystem.mountPoint, 'home');
    mkdirSync(folder);
    writeFileSync(join(folder, 'file'), 'content');
    mkdirSync(join(filesystem.mountPoint, 'ours'));
    state = mkdtempSync(join(tmpdir(), 'stillpoint-trial-'));
  });
  afterAll(async () => {
    await filesystem?.close();
    rmSync(state, { recursive: true, force: true });
  });

  function rootHold(name: string, machine: Partial<MachineConditions> = {}, leaseMs = 2000): TriedRootHold {
    return createRootHold({
      programPlaces: [folder],
      trials: openTrialBook(join(state, name), (path, text) => writeFileSync(path, text)),
      probeFolder: join(filesystem.mountPoint, 'ours'),
      leaseMs,
      machine: () => ({ ...quiet, ...machine }),
    });
  }

  it('is asked for, made, kept for the next helper, and asked for again with another kernel', async () => {
    const facts = await examineFolder(folder);
    const first = rootHold('kept');
    expect(first.concerns(facts)).toBe(true);
    expect(first.state(facts)).toMatchObject({ concerns: true, isNeeded: true, mayStallMs: 2000, last: null });
    expect(first.obstacles(facts)).toEqual([
      { reason: expect.stringContaining('has to be tried once'), remedy: 'trial' },
    ]);
    const trial = await first.tryOut(facts, freezeEnvironment(), signal);
    expect(trial).toMatchObject({ outcome: 'passed', reason: '', kernel: 'kernel-1', leaseMs: 2000 });
    expect(trial.stallsMs).toHaveLength(3);
    expect(trial.longestProbeMs).toBeGreaterThan(0);
    const next = rootHold('kept');
    expect(next.obstacles(facts)).toEqual([]);
    expect(next.state(facts)).toMatchObject({ isNeeded: false, last: trial });
    const upgraded = rootHold('kept', { kernel: 'kernel-2' });
    expect(upgraded.obstacles(facts)[0]?.reason).toContain('tried with the kernel kernel-1; with kernel-2');
    expect(upgraded.state(facts)).toMatchObject({ isNeeded: true, last: trial });
  });

  it('can be skipped, which is remembered, and made later all the same', async () => {
    const facts = await examineFolder(folder);
    const hold = rootHold('skipped');
    expect(hold.skip(facts)).toMatchObject({ outcome: 'skipped', stallsMs: [] });
    expect(rootHold('skipped').obstacles(facts)[0]).toMatchObject({ remedy: 'trial' });
    expect((await hold.tryOut(facts, freezeEnvironment(), signal)).outcome).toBe('passed');
    // A no does not undo what was found out.
    expect(hold.skip(facts).outcome).toBe('passed');
    expect(hold.obstacles(facts)).toEqual([]);
  });

  it('fails with words when it overran, and is not repeated at once', async () => {
    const facts = await examineFolder(folder);
    const freezes = { count: 0 };
    const slow: HoldSteps = {
      ...holdSteps,
      withFrozen: (guard, work) => {
        freezes.count += 1;
        return holdSteps.withFrozen(guard, (frozen) => {
          sleepSync(500);
          return work(frozen);
        });
      },
    };
    const parts = { facts, filesystem: 'f', kernel: 'k', environment: freezeEnvironment(), signal, steps: slow };
    const overran = await runTrial({ ...parts, leaseMs: 150, probeFolder: undefined });
    expect(overran).toMatchObject({ outcome: 'failed', longestProbeMs: null });
    expect(overran.reason).toContain('the longest pause allowed, 150 ms, was over');
    expect(freezes.count).toBe(1);
    const felt = await runTrial({ ...parts, leaseMs: 490, probeFolder: undefined });
    expect(felt.outcome).toBe('failed');
  });

  const after =
    <A, R>(strike: () => void, step: (of: A) => R): ((of: A) => R) =>
    (of) => {
      strike();
      return step(of);
    };
  /** What cancels, and how many holds come before it. */
  const moments: readonly (readonly [string, number, (cancel: () => void) => Partial<HoldSteps>])[] = [
    ['while guard and witness start', 0, (cancel) => ({ startGuard: after(cancel, holdSteps.startGuard) })],
    ['while it is flushed', 0, (cancel) => ({ flush: after(cancel, holdSteps.flush) })],
    [
      'after the first of three',
      1,
      (cancel) => ({
        withFrozen: (guard, work) => {
          const outcome = holdSteps.withFrozen(guard, work);
          cancel();
          return outcome;
        },
      }),
    ],
  ];
  it.each(moments)('is cancelled %s: nobody is held after that, and nothing is kept', async (_, holds, strike) => {
    const facts = await examineFolder(folder);
    const cancelling = new AbortController();
    const taken = { ...holdSteps, ...strike(() => cancelling.abort(cancelled())) };
    let freezes = 0;
    const steps: HoldSteps = {
      ...taken,
      withFrozen: (guard, work) => {
        freezes += 1;
        return taken.withFrozen(guard, work);
      },
    };
    const parts = { facts, filesystem: 'f', kernel: 'k', leaseMs: 2000, environment: freezeEnvironment(), steps };
    const trial = runTrial({ ...parts, probeFolder: join(filesystem.mountPoint, 'ours'), signal: cancelling.signal });
    await expect(trial).rejects.toMatchObject({ kind: 'cancelled' });
    expect(freezes).toBe(holds);
    writeFileSync(join(folder, 'written'), 'since');
  });

  it('is cancelled while the filesystem rests from the hold before, at once', async () => {
    const facts = await examineFolder(folder);
    const cancelling = new AbortController();
    const pace = new FreezePace();
    pace.note(deviceNumber(facts.mount), { stallMs: 200, isOverrun: false });
    expect(pace.restMs(deviceNumber(facts.mount))).toBeGreaterThan(1000);
    const hold = rootHold('cancelled');
    const before = performance.now();
    const trial = hold.tryOut(facts, freezeEnvironment({ pace }), cancelling.signal);
    setTimeout(() => cancelling.abort(cancelled()), 100);
    await expect(trial).rejects.toMatchObject({ kind: 'cancelled' });
    // Not after the rest, which is the four seconds that are asked for above.
    expect(performance.now() - before).toBeLessThan(3500);
    expect(hold.state(facts).last).toBeNull();
    expect(rootHold('cancelled').state(facts)).toMatchObject({ isNeeded: true, last: null });
  });

  it.each<[string, Partial<MachineConditions>, string]>([
    ['inside a container', { isContainer: true }, 'inside a container'],
    [
      'where audit may stop the thaw',
      { audit: { enabled: true, daemonPid: 9, waits: true, panics: false } },
      'audit daemon',
    ],
  ])('is not made %s', async (_, machine, words) => {
    const facts = await examineFolder(folder);
    await expect(rootHold('never', machine).tryOut(facts, freezeEnvironment(), signal)).rejects.toMatchObject({
      kind: 'freeze-refused',
      message: expect.stringContaining(words),
    });
    // It is not asked for either: it would not help.
    expect(rootHold('never', machine).state(facts)).toMatchObject({ isNeeded: false, last: null });
  });

  it('is not made where nothing of the system runs from', async () => {
    const facts = await examineFolder(folder);
    const elsewhere = createRootHold({
      programPlaces: ['/'],
      trials: openTrialBook(join(state, 'elsewhere'), (path, text) => writeFileSync(path, text)),
      probeFolder: '/',
      machine: () => quiet,
    });
    expect(elsewhere.concerns(facts)).toBe(false);
    expect(elsewhere.state(facts)).toMatchObject({ concerns: false, isNeeded: false, obstacles: [], last: null });
    await expect(elsewhere.tryOut(facts, freezeEnvironment(), signal)).rejects.toMatchObject({ kind: 'bad-input' });
    expect(() => elsewhere.skip(facts)).toThrow(/Nothing of the system/);
  });
});

it('concerns the filesystem of /, whatever is told, and looks at this machine without changing it', async () => {
  const hold = createRootHold({
    programPlaces: [],
    trials: openTrialBook('/nonexistent/trials', () => {}),
    probeFolder: '/',
  });
  const facts = await examineFolder(import.meta.dirname);
  expect(hold.concerns(facts)).toBe(true);
  expect(hold.obstacles(facts).at(-1)?.remedy).toBe('trial');
});
