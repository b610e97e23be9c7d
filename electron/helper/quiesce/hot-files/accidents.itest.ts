import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processInfo } from '../../system/process-info.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { startHotFileWatch } from './index.ts';
import { type Crowd, type CrowdPlan, judgeCrowd, startCrowd } from './testing/crowd.ts';
import { stopFile } from './testing/deaf-server.ts';
import {
  expectedFile,
  killLater,
  neverAborted,
  openHotFile,
  readContent,
  reasonOf,
  watchOptions,
  whileFrozen,
} from './testing/scene.ts';
import { startScribe } from './testing/scribe.ts';

const mib = 1024 * 1024;
const fileMib = 16;
/** Nobody may be held up longer, whatever happens. */
const safetyMs = 2000;
const gone = 'The process that keeps what is overwritten ended or stopped answering.';
/** Dead and not yet reaped counts. */
const hasEnded = (pid: number): boolean => (processInfo(pid)?.state ?? 'Z') === 'Z';
const missing = whyNoLoopFilesystem('ext4');

describe.skipIf(missing !== undefined)(missing ?? 'when the process that is asked cannot answer', () => {
  let filesystem: LoopFilesystem;
  let root: number;
  let plan: CrowdPlan;
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 100, dir: '/dev/shm' });
    root = openSync(filesystem.mountPoint, 'r');
    const blocks = (fileMib * mib) / 4096;
    const path = join(filesystem.mountPoint, 'hot');
    plan = { path, writers: 3, blocks, writesPerSecond: 100, way: 'plain' };
  });
  afterAll(async () => {
    closeSync(root);
    await filesystem.close();
  });

  const emptyFile = (): void => {
    rmSync(stopFile, { force: true });
    const fd = openSync(plan.path, 'w');
    ftruncateSync(fd, fileMib * mib);
    closeSync(fd);
  };

  /** Writers must go on, and go on writing. */
  const expectWritersWent = async (crowd: Crowd): Promise<void> => {
    await delay(300);
    const { writes, slowestMs } = await crowd.stop();
    expect(slowestMs).toBeLessThan(safetyMs);
    expect(writes).toBeGreaterThan(30);
  };

  const turnInCircles = (): void => writeFileSync(stopFile, '');
  const accidents: readonly (readonly [string, (pids: { server: number; watcher: number }) => void, string])[] = [
    ['it is killed', ({ server }) => process.kill(server, 'SIGKILL'), `torn: ${gone}`],
    ['it is stopped', ({ server }) => process.kill(server, 'SIGSTOP'), `torn: ${gone}`],
    ['it turns in circles', turnInCircles, `torn: ${gone}`],
    ['its watcher is killed', ({ watcher }) => process.kill(watcher, 'SIGKILL'), `torn: ${gone}`],
    ['it is asked to end', ({ server }) => process.kill(server, 'SIGTERM'), 'whole'],
  ];

  it.each(accidents)('%s: writers go on and the copy says so', async (_what, strike, expected) => {
    using _killer = killLater(process.pid, 60);
    emptyFile();
    const program = fileURLToPath(new URL('./testing/deaf-server.ts', import.meta.url));
    const needsHelp = strike === turnInCircles;
    await using watch = startHotFileWatch({ ...watchOptions(root), ...(needsHelp && { program }) });
    watch.expect(expectedFile(plan.path));
    await using crowd = await startCrowd(plan);
    using file = openHotFile(plan.path);
    let pids = { server: 0, watcher: 0 };
    {
      await using hot = watch.newHotFiles();
      expect(await hot.prepare([file], neverAborted)).toEqual([]);
      pids = hot.pids ?? pids;
      expect((await whileFrozen(filesystem.mountPoint, () => hot.hold())).value).toEqual([]);
      strike(pids);
      await delay(100);
      const { verdict, bytes } = await readContent(hot.content(file));
      expect(reasonOf(verdict)).toBe(expected);
      if (verdict.state === 'whole') expect(judgeCrowd(bytes, plan).bad).toEqual([]);
      rmSync(stopFile, { force: true });
      await expectWritersWent(crowd);
    }
    expect([hasEnded(pids.server), hasEnded(pids.watcher)]).toEqual([true, true]);
  });

  it('stopped before the hold: the hold is not waited for, and nothing is claimed', async () => {
    using _killer = killLater(process.pid, 60);
    emptyFile();
    await using watch = startHotFileWatch(watchOptions(root));
    watch.expect(expectedFile(plan.path));
    await using crowd = await startCrowd(plan);
    using file = openHotFile(plan.path);
    await using hot = watch.newHotFiles();
    expect(await hot.prepare([file], neverAborted)).toEqual([]);
    process.kill(hot.pids?.server ?? 0, 'SIGSTOP');
    expect((await whileFrozen(filesystem.mountPoint, () => hot.hold())).value).toEqual([{ file, reason: gone }]);
    expect(reasonOf((await readContent(hot.content(file))).verdict)).toBe(`torn: ${gone}`);
    await expectWritersWent(crowd);
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)('%s of the helper: writers go on', async (signal) => {
    using _killer = killLater(process.pid, 60);
    emptyFile();
    const program = fileURLToPath(new URL('./testing/stand-in.ts', import.meta.url));
    const helper = spawn(process.execPath, ['--no-warnings', program, plan.path, filesystem.mountPoint], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: '/',
    });
    const ended = new Promise((resolve) => helper.once('exit', resolve));
    try {
      const lines = createInterface({ input: helper.stdout })[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe('watching');
      await using crowd = await startCrowd(plan);
      helper.stdin.write('go\n');
      const [, server, watcher, ...problems] = String((await lines.next()).value)
        .trim()
        .split(' ');
      expect(problems).toEqual([]);
      helper.kill(signal);
      await expectWritersWent(crowd);
      if (signal === 'SIGSTOP') return;
      await ended;
      await delay(500);
      expect([hasEnded(Number(server)), hasEnded(Number(watcher))]).toEqual([true, true]);
    } finally {
      helper.kill('SIGKILL');
      await ended;
    }
  });

  it('more is overwritten than fits: nobody waits for it, and the copy says so', async () => {
    using _killer = killLater(process.pid, 60);
    emptyFile();
    await using watch = startHotFileWatch({ ...watchOptions(root), arenaBytes: 64 * 1024 });
    watch.expect(expectedFile(plan.path));
    await using scribe = startScribe();
    await scribe.open(plan.path);
    using file = openHotFile(plan.path);
    await using hot = watch.newHotFiles();
    expect(await hot.prepare([file], neverAborted)).toEqual([]);
    expect((await whileFrozen(filesystem.mountPoint, () => hot.hold())).value).toEqual([]);
    await scribe.change('pwrite', 0, mib);
    expect(reasonOf((await readContent(hot.content(file))).verdict)).toBe(
      'torn: More was overwritten while it was being copied than fits into the memory set aside for that.',
    );
  });
});
