import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { FakeLogind } from '../../system/testing/fake-logind.ts';
import { startFakeLogind, whyNoFakeLogind } from '../../system/testing/fake-logind.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { createFsfreezeCopy, type FreezeSteps, freezeSteps } from '../fsfreeze-copy/fsfreeze-copy.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { recordingReporter } from '../testing/recording-reporter.ts';
import { FreezePace } from './pace.ts';
import { sharedMemory } from './pace-memory.ts';
import { SleepGate, systemSleep } from './sleep-gate.ts';

const missing = whyNoFakeLogind() ?? whyNoLoopFilesystem('ext4');
const { signal } = new AbortController();

describe.skipIf(missing !== undefined)(missing ?? 'a freeze and the system’s sleep', () => {
  let filesystem: LoopFilesystem;
  let logind: FakeLogind;
  let source = '';
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
    source = join(filesystem.mountPoint, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'file'), 'content');
    logind = await startFakeLogind();
  });
  afterAll(async () => {
    await logind?.[Symbol.asyncDispose]();
    await filesystem?.close();
  });
  beforeEach(async () => {
    await logind.wake();
    await logind.set({ delay_us: 5_000_000, denies: false });
    await logind.forgetEvents();
  });

  /** One freeze; counts how often a guard was started and told to freeze. */
  async function freeze(
    environment: Partial<QuiesceEnvironment>,
    more: Partial<FreezeSteps> = {},
    longestStallMs = 3000,
  ) {
    const asked = { guards: 0, freezes: 0 };
    const steps: FreezeSteps = {
      ...freezeSteps,
      startGuard: (options) => {
        asked.guards += 1;
        return freezeSteps.startGuard(options);
      },
      ...more,
    };
    const counting: FreezeSteps = {
      ...steps,
      withFrozen: (guard, work) => {
        asked.freezes += 1;
        return steps.withFrozen(guard, work);
      },
    };
    const report = recordingReporter();
    const method = createFsfreezeCopy(freezeEnvironment(environment), counting);
    const facts = await examineFolder(source);
    const outcome = method.withStillView(facts, { longestStallMs }, { signal, report }, async () => 'seen');
    const result = await outcome.then(
      ({ value, evidence }) => ({ value, hold: evidence.hold, error: null }),
      (error: Error) => ({ value: null, hold: null, error }),
    );
    return { ...result, asked, report };
  }
  const gate = () => ({ sleep: new SleepGate(systemSleep(logind.bus)) });
  const kinds = async (): Promise<string[]> => (await logind.events()).map(({ what }) => what);
  /** From inside a freeze: the event loop does not turn, another process tells. */
  const announceNow = (): void => {
    const object = ['org.freedesktop.login1', '/org/freedesktop/login1', 'dev.stillpoint.Test', 'Do', 's'];
    const args = [`--address=${logind.bus.address}`, 'call', ...object, '{"do":"announce"}'];
    expect(spawnSync('busctl', args, { encoding: 'utf8' })).toMatchObject({ status: 0 });
  };

  it('delays sleep from before the freeze until after the thaw', async () => {
    const { value, hold } = await freeze(gate());
    expect(value).toBe('seen');
    expect(await kinds()).toEqual(['held', 'released']);
    const [held, released] = await logind.events();
    const at = (instant: string | undefined): number => Date.parse(instant ?? '');
    expect(Number(held?.wallNs) / 1e6).toBeLessThan(at(hold?.requestedAt));
    expect(Number(released?.wallNs) / 1e6).toBeGreaterThan(at(hold?.thawedAt));
  });

  it('begins none once sleep is announced: no guard is started', async () => {
    await logind.announceSleep();
    const { error, asked, report } = await freeze(gate());
    expect(error).toMatchObject({ kind: 'freeze-refused', message: expect.stringMatching(/about to sleep/) });
    expect(asked).toEqual({ guards: 0, freezes: 0 });
    expect(report.holds).toEqual([]);
  });

  it('begins none when sleep is announced after the lock was taken, and lets it go at once', async () => {
    const flush = async (fd: number): Promise<void> => {
      await freezeSteps.flush(fd);
      if (!(await kinds()).includes('announced')) await logind.announceSleep();
    };
    const { error, asked } = await freeze(gate(), { flush });
    expect(error).toMatchObject({ kind: 'freeze-refused', message: expect.stringMatching(/about to sleep/) });
    expect(asked.freezes).toBe(0);
    await expect.poll(kinds).toEqual(['held', 'announced', 'released', 'slept']);
    expect((await logind.events()).at(-1)).toMatchObject({ how: 'in-order' });
  });

  it('ends before a sleep that was announced while it lasted', async () => {
    const { value, hold } = await freeze(gate(), {
      withFrozen: (guard, work) =>
        freezeSteps.withFrozen(guard, (frozen) => {
          announceNow();
          return work(frozen);
        }),
    });
    expect(value).toBe('seen');
    await expect.poll(kinds).toEqual(['held', 'announced', 'released', 'slept']);
    const slept = (await logind.events()).at(-1);
    expect(slept?.how).toBe('in-order');
    expect(Number(slept?.wallNs) / 1e6).toBeGreaterThan(Date.parse(hold?.thawedAt ?? ''));
  });

  it('may not last longer than sleep waits', async () => {
    await logind.set({ delay_us: 1_000_000 });
    const { error, asked } = await freeze(gate());
    expect(error).toMatchObject({ kind: 'freeze-refused', message: expect.stringContaining('waits only 1.0 s') });
    expect(asked).toEqual({ guards: 0, freezes: 0 });
    await expect.poll(() => logind.locks()).toEqual([]);
  });

  it('is not begun where sleep does not wait for us', async () => {
    await logind.set({ denies: true });
    const { error, asked } = await freeze(gate());
    expect(error).toMatchObject({
      kind: 'freeze-refused',
      message: expect.stringMatching(/could not be asked to wait/),
    });
    expect(asked).toEqual({ guards: 0, freezes: 0 });
  });

  it('is made where nothing announces sleep, which is said once', async () => {
    await using bus = await startFakeLogind([]);
    const sleep = new SleepGate(systemSleep(bus.bus));
    const first = await freeze({ sleep });
    const second = await freeze({ sleep });
    expect([first.value, second.value]).toEqual(['seen', 'seen']);
    expect(first.report.notes.filter((note) => note.includes('announces'))).toHaveLength(1);
    expect(second.report.notes).toEqual([]);
  });

  it('lets the lock go when it fails', async () => {
    const { error } = await freeze(gate(), {
      withFrozen: () => {
        throw new Error('a test');
      },
    });
    expect(error?.message).toBe('a test');
    await expect.poll(() => logind.locks()).toEqual([]);
  });

  it('keeps its distance from the one before, and stays away after one that overran', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stillpoint-pace-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    // Each run is one of another helper.
    const paced = () => ({ pace: new FreezePace(undefined, undefined, sharedMemory(folder)) });
    const first = await freeze(paced());
    const second = await freeze(paced());
    const between = Date.parse(second.hold?.requestedAt ?? '') - Date.parse(first.hold?.thawedAt ?? '');
    expect(between).toBeGreaterThanOrEqual(Math.max(1000, 20 * (first.hold?.stallMs ?? Number.NaN)) - 1);
    expect(second.report.notes.join()).toContain('was held still just now');
    // Nobody thaws: the lease does.
    const third = await freeze(
      paced(),
      {
        withFrozen: (guard, work) =>
          freezeSteps.withFrozen(guard, (frozen) => {
            spawnSync('sleep', ['0.6']);
            return work(frozen);
          }),
      },
      150,
    );
    expect(third.error).toMatchObject({ kind: 'freeze-ended-early' });
    const fourth = await freeze(paced());
    expect(fourth.error).toMatchObject({ kind: 'freeze-refused', message: expect.stringMatching(/10 minutes/) });
    expect(fourth.asked).toEqual({ guards: 0, freezes: 0 });
  });
});
