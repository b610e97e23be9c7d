import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import { initRepository, LocalBackend } from '../repository/index.ts';
import { testOptions } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../system/testing/loop-filesystem.ts';
import { leftJournals } from './journal/journal.ts';
import { Child } from './testing/child.ts';
import { observeTree } from './testing/observe-tree.ts';
import { RestoreScene } from './testing/restore-scene.ts';

const noDirectoryTimes = { directoryTimes: false };

describe('somebody swaps a folder for a link while it is restored', () => {
  it('leads nowhere outside, however the race goes', async () => {
    using scene = await RestoreScene.open();
    const source = scene.make('docs');
    for (const name of ['one', 'two']) {
      mkdirSync(`${source}/${name}/deep`, { recursive: true });
      for (let index = 0; index < 150; index += 1)
        writeFileSync(`${source}/${name}/deep/f${index}`, `content ${index}`);
    }
    const snapshot = await scene.backup(source);
    const outside = scene.make('outside');
    mkdirSync(`${outside}/deep`);
    let written = 0;
    for (let round = 0; round < 6; round += 1) {
      const target = scene.path(`target-${round}`);
      mkdirSync(`${target}/two/deep`, { recursive: true });
      const victim = round % 2 === 0 ? `${target}/two` : `${target}/two/deep`;
      await using swapper = new Child('swap-links.ts', victim, outside);
      await swapper.says('swapping');
      const { outcome } = await scene
        .restore(snapshot, { target: { kind: 'folder', path: target } })
        .catch((error: unknown) => {
          // Planning may meet the folder in the middle of a swap; then nothing was begun.
          expect(error).toMatchObject({ kind: 'target-changed' });
          return { outcome: null };
        });
      await swapper.kill();
      written += outcome?.added ?? 0;
      expect(observeTree(outside, noDirectoryTimes)).toEqual({ deep: expect.any(String) });
      expect(readdirSync(`${outside}/deep`)).toEqual([]);
    }
    // The race was with a restore that did write.
    expect(written).toBeGreaterThan(150);
  });
});

describe('a restore that is killed', () => {
  const seed = Number(process.env.STILLPOINT_SEED ?? 20260102);

  it(`is finished or rolled back at the next start, whenever it dies (seed ${seed})`, async () => {
    using scene = await RestoreScene.open();
    const random = new SeededRandom(seed);
    const repository = await initRepository(new LocalBackend(scene.path('repository')), testOptions);
    const first = RestoreScene.at(scene.folder, { repository });
    const { source, snapshot, then, now } = await prepareKill(first, random);
    // How long it takes here and now, so that the kills fall all over it.
    await using whole = new Child('restore-until-killed.ts', scene.folder, snapshot, 'exact', 'e'.repeat(32));
    await whole.says('writing');
    const writingMs = performance.now();
    await whole.says('done');
    const durationMs = performance.now() - writingMs;
    expect(observeTree(source, noDirectoryTimes)).toEqual(then);
    await repository.loadIndex();
    await first.undo('e'.repeat(32) as RunId);
    expect(observeTree(source, noDirectoryTimes)).toEqual(now);
    let interrupted = 0;
    let begun = 0;
    let leftovers = 0;
    for (let round = 0; round < 12; round += 1) {
      const runId = String(round).padStart(32, 'a') as RunId;
      await using child = new Child('restore-until-killed.ts', scene.folder, snapshot, 'exact', runId);
      await child.says('writing');
      await sleep(random.int(Math.ceil(durationMs)));
      await child.kill();
      if (leftJournals(first.stateDirectory)[0]?.records.some(({ record }) => record === 'ready')) begun += 1;
      leftovers += ownNames(source).length;

      const next = RestoreScene.at(scene.folder, { repository });
      const told = await next.driver.recover();
      expect(ownNames(source), told.join()).toEqual([]);
      expect(leftJournals(next.stateDirectory)).toEqual([]);
      if (told.length > 0) {
        interrupted += 1;
        expect(told[0]).toMatch(/was interrupted/);
      }
      expectEveryEntryWhole(observeTree(source, noDirectoryTimes), then, now);
      // What was done can be taken back: everything is again as before the restore.
      await repository.loadIndex();
      if (next.driver.undoable().some((each) => each.runId === runId)) await next.undo(runId);
      const after = observeTree(source, noDirectoryTimes);
      expect(withoutKept(after)).toEqual(now);
      for (const name of Object.keys(after).filter((path) => !(path in now)))
        rmSync(`${source}/${name}`, { recursive: true, force: true });
    }
    expect(interrupted).toBeGreaterThan(5);
    expect(begun).toBeGreaterThan(1);
    expect(leftovers).toBeGreaterThan(0);
  }, 300_000);
});

async function prepareKill(scene: RestoreScene, random: SeededRandom) {
  const source = scene.make('docs');
  for (let folder = 0; folder < 6; folder += 1) {
    mkdirSync(`${source}/d${folder}`);
    for (let index = 0; index < 60; index += 1)
      writeFileSync(`${source}/d${folder}/f${index}`, random.bytes(random.int(6000)));
  }
  writeFileSync(`${source}/large`, random.bytes(6_000_000));
  mkdirSync(`${source}/was-folder/in`, { recursive: true });
  writeFileSync(`${source}/was-folder/in/it`, 'in it');
  writeFileSync(`${source}/was-file`, 'file');
  const snapshot: SnapshotId = await scene.backup(source);
  const then = observeTree(source, noDirectoryTimes);
  for (let folder = 0; folder < 6; folder += 1) {
    for (let index = 0; index < 60; index += 1) {
      const path = `${source}/d${folder}/f${index}`;
      if (index % 3 === 0) unlinkSync(path);
      else if (index % 3 === 1) writeFileSync(path, `changed ${index}`);
    }
    writeFileSync(`${source}/d${folder}/extra`, 'extra');
  }
  unlinkSync(`${source}/large`);
  rmSync(`${source}/was-folder`, { recursive: true });
  writeFileSync(`${source}/was-folder`, 'a file now');
  unlinkSync(`${source}/was-file`);
  mkdirSync(`${source}/was-file/inner`, { recursive: true });
  writeFileSync(`${source}/was-file/inner/x`, 'x');
  return { source, snapshot, then, now: observeTree(source, noDirectoryTimes) };
}

/** Every entry is as it was before the restore or as the restore makes it: nothing half-written, nothing invented. */
function expectEveryEntryWhole(
  found: Record<string, string>,
  then: Record<string, string>,
  now: Record<string, string>,
): void {
  for (const [path, facts] of Object.entries(found)) {
    if (isKept(path)) continue;
    const isDirectoryUnderWay = facts.startsWith('mode 40700');
    if (!isDirectoryUnderWay) expect([then[path], now[path]], path).toContain(facts);
  }
  for (const path of Object.keys(then)) if (path in now && !(path in found)) expect(path).toMatch(/^was-/);
}

function isKept(path: string): boolean {
  return path.split('/').some((name) => /\.kept(-\d+)?$/.test(name));
}

function withoutKept(found: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).filter(([path]) => !isKept(path)));
}

function ownNames(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.stillpoint-restore-'),
  );
}

const noLoop = whyNoLoopFilesystem('ext4');

describe.skipIf(noLoop !== undefined)(`a target that is full${noLoop ? ` (${noLoop})` : ''}`, () => {
  it('keeps what fits, leaves nothing half-written, and says what is missing', async () => {
    await using small = await openLoopFilesystem({ type: 'ext4', sizeMiB: 16 });
    using scene = await RestoreScene.open();
    const random = new SeededRandom(3);
    const source = scene.make('docs');
    for (let index = 0; index < 40; index += 1)
      writeFileSync(`${source}/f${String(index).padStart(2, '0')}`, random.bytes(1_000_000));
    const snapshot = await scene.backup(source);
    const target = `${small.mountPoint}/target`;
    const prepared = await scene.prepare(snapshot, { target: { kind: 'folder', path: target } });
    expect(prepared.plan.warnings).toContainEqual(expect.objectContaining({ code: 'no-space', asks: true }));
    const { outcome, runId } = await scene.run(prepared);
    expect(outcome.endedBy).toMatchObject({ kind: 'target-full', retryable: true });
    expect(outcome.notDone).toBeGreaterThan(10);
    const names = readdirSync(target);
    expect(names.filter((name) => name.startsWith('.'))).toEqual([]);
    const there = observeTree(target);
    const wanted = observeTree(source);
    for (const [path, facts] of Object.entries(there)) expect(facts, path).toBe(wanted[path]);
    expect(outcome.added).toBe(names.length + 1);
    await scene.undo(runId);
    expect(existsSync(target)).toBe(false);
  });

  it('that is read-only is told before, and nothing is begun', async () => {
    await using small = await openLoopFilesystem({ type: 'ext4', sizeMiB: 16, mountOptions: 'ro' });
    using scene = await RestoreScene.open();
    const source = scene.make('docs');
    writeFileSync(`${source}/a`, 'a');
    const prepared = await scene.prepare(await scene.backup(source), {
      target: { kind: 'folder', path: `${small.mountPoint}/new` },
    });
    expect(prepared.plan.warnings).toContainEqual(expect.objectContaining({ code: 'no-rights', asks: true }));
    const { outcome } = await scene.run(prepared);
    expect(outcome).toMatchObject({
      added: 0,
      notDone: 2,
      endedBy: expect.objectContaining({ kind: 'target-read-only' }),
    });
  });
});

describe('a cancel', () => {
  it('ends the restore soon, keeps what is done, and leaves nothing half-written', async () => {
    using scene = await RestoreScene.open();
    const random = new SeededRandom(4);
    const source = scene.make('docs');
    for (let index = 0; index < 400; index += 1) writeFileSync(`${source}/f${index}`, random.bytes(2000));
    const snapshot = await scene.backup(source);
    const target = scene.path('target');
    const controller = new AbortController();
    const prepared = await scene.prepare(snapshot, { target: { kind: 'folder', path: target } });
    let files = 0;
    const context = scene.context(controller.signal);
    const report = Object.assign(Object.create(context.report) as typeof context.report, {
      advance: (count: number) => {
        files += count;
        if (files === 150) controller.abort();
      },
    });
    const runId = 'c'.repeat(32) as RunId;
    const outcome = await prepared.run(
      { runId, unticked: [], safetySnapshotId: null },
      { signal: controller.signal, report },
    );
    expect(outcome.endedBy).toMatchObject({ kind: 'cancelled' });
    expect(outcome.added).toBeGreaterThanOrEqual(150);
    expect(outcome.notDone).toBeGreaterThan(50);
    const names = readdirSync(target);
    expect(names).toHaveLength(outcome.added - 1);
    for (const name of names) expect(readFileSync(`${target}/${name}`)).toEqual(readFileSync(`${source}/${name}`));
    expect(lstatSync(target).mode & 0o777).toBe(0o755);
  });
});
