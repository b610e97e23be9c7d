import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inhibit } from './inhibitor.ts';
import { metered } from './network.ts';
import { delaySleep, sleepState } from './sleep.ts';
import { type FakeLogind, startFakeLogind, whyNoFakeLogind } from './testing/fake-logind.ts';

const missing = whyNoFakeLogind();
const nowhere = { address: 'unix:path=/nonexistent/bus' };

describe.skipIf(missing !== undefined)(missing ?? 'a login manager', () => {
  let logind: FakeLogind;
  beforeEach(async () => {
    logind = await startFakeLogind();
  });
  afterEach(async () => logind[Symbol.asyncDispose]());

  it('is asked to wait with sleep, and goes on as soon as it may', async () => {
    const held = await delaySleep('a test', logind.bus);
    if (held.state !== 'held') throw new Error(held.state);
    expect(held.delayMs).toBe(5000);
    expect(await logind.locks()).toEqual([{ what: 'sleep', mode: 'delay', who: 'Stillpoint', why: 'a test' }]);
    await logind.announceSleep();
    expect(await sleepState(logind.bus)).toBe('announced');
    expect((await logind.events()).map(({ what }) => what)).toEqual(['held', 'announced']);
    expect(held.lock.isHeld).toBe(true);
    await held.lock.release();
    expect(held.lock.isHeld).toBe(false);
    await expect.poll(async () => (await logind.events()).at(-1)).toMatchObject({ what: 'slept', how: 'in-order' });
    expect(await logind.locks()).toEqual([]);
  });

  it('gives no lock once sleep is announced, and gives one again afterwards', async () => {
    await logind.announceSleep();
    expect(await delaySleep('a test', logind.bus)).toEqual({ state: 'announced' });
    expect((await logind.events()).map(({ what }) => what)).toContain('refused');
    await logind.wake();
    const held = await delaySleep('a test', logind.bus);
    expect(held.state).toBe('held');
    if (held.state === 'held') await held.lock.release();
  });

  it('that says no, or does not answer, is not taken for one that is not there', async () => {
    await logind.set({ denies: true });
    expect(await delaySleep('a test', logind.bus)).toEqual({ state: 'no-answer' });
    await logind.set({ denies: false, deaf: true });
    expect(await delaySleep('a test', logind.bus)).toEqual({ state: 'no-answer' });
    await expect.poll(() => logind.locks()).toEqual([]);
  });

  it('gets its lock back from a process that was killed', async () => {
    const script = `import('${new URL('./inhibitor.ts', import.meta.url)}').then(async ({ inhibit }) => {
      const lock = await inhibit({ what: 'idle', mode: 'block', why: 'a test' }, ${JSON.stringify(logind.bus)});
      console.log(lock?.isHeld);
      setInterval(() => {}, 1000);
    });`;
    const child = spawn(process.execPath, ['--no-warnings', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = await new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text))));
    expect(said).toBe('true\n');
    expect(await logind.locks()).toMatchObject([{ what: 'idle', mode: 'block' }]);
    child.kill('SIGKILL');
    await expect.poll(() => logind.locks()).toEqual([]);
  });

  it('gets it back once, however often it is given back', async () => {
    const lock = await inhibit({ what: 'sleep', mode: 'delay', why: 'a test' }, logind.bus);
    expect(lock?.isHeld).toBe(true);
    await lock?.release();
    await lock?.release();
    await expect.poll(() => logind.locks()).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)(missing ?? 'a system', () => {
  it('without a login manager, or without a bus, announces nothing', async () => {
    expect(await delaySleep('a test', nowhere)).toEqual({ state: 'nobody' });
    await using bus = await startFakeLogind([]);
    expect(await delaySleep('a test', bus.bus)).toEqual({ state: 'nobody' });
    expect(await sleepState(bus.bus)).toBe('nobody');
    expect(await inhibit({ what: 'idle', mode: 'block', why: 'a test' }, bus.bus)).toBeUndefined();
  });

  it.each([
    [0, null],
    [1, true],
    [2, false],
    [3, true],
    [4, false],
  ])('whose network manager answers %i', async (value, expected) => {
    await using bus = await startFakeLogind([`metered=${value}`]);
    expect(await metered(bus.bus)).toBe(expected);
  });

  it('without a network manager, or without a bus, knows of no price', async () => {
    expect(await metered(nowhere)).toBeNull();
    await using bus = await startFakeLogind([]);
    expect(await metered(bus.bus)).toBeNull();
  });
});
