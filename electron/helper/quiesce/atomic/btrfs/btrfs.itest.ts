import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { filesystemSpec } from '../../../../../shared/domain/source.ts';
import { snapshotFolderName } from '../../../sources/filesystem/own-snapshots.ts';
import { createFilesystemSource, type FilesystemFacts } from '../../../sources/index.ts';
import { runProgramOk } from '../../../system/exec.ts';
import { identityFileOps } from '../../../system/file-ops.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../../../system/testing/loop-filesystem.ts';
import type { EntryMeta, StillView } from '../../contract.ts';
import { createLive } from '../../live/index.ts';
import { examineFolder } from '../../testing/examine-folder.ts';
import { readView } from '../../testing/read-view.ts';
import { recordingReporter } from '../../testing/recording-reporter.ts';
import { scratchFolder } from '../../testing/scratch-folder.ts';
import { atomicSteps, createAtomicMethod } from '../atomic-method.ts';
import { createBtrfsSnapshot, removeLeftovers } from '../index.ts';
import { newMark, SnapshotRecords } from '../records.ts';
import { type BtrfsFixture, namesIn, openBtrfs } from '../testing/btrfs-fixture.ts';
import { makeSmallTree } from '../testing/small-tree.ts';
import { btrfsDriver } from './index.ts';

const missing = whyNoLoopFilesystem('btrfs');
const never = new AbortController().signal;
const lease = { longestStallMs: 250 };
const btrfs = (...args: readonly string[]) => runProgramOk('/usr/bin/btrfs', args);

function take<T>(
  facts: FilesystemFacts,
  recordsFolder: string,
  use: (view: StillView) => Promise<T>,
  report = recordingReporter(),
) {
  return createBtrfsSnapshot({ recordsFolder }).withStillView(facts, lease, { signal: never, report }, use);
}

const read = (view: StillView) => readView(view, never);

describe.skipIf(missing !== undefined)(missing ?? 'a snapshot of a btrfs', () => {
  it('holds what was there when it was made, whatever is written while it is read', async () => {
    await using fixture = await openBtrfs();
    const { value, evidence } = await take(fixture.facts, fixture.records.path, async (view) => {
      writeFileSync(join(fixture.root, 'folder', 'file'), 'changed');
      rmSync(join(fixture.root, 'folder', 'deeper'), { recursive: true });
      writeFileSync(join(fixture.root, 'new'), '');
      return read(view);
    });
    expect(value.get('folder/file')?.bytes.toString()).toBe('content');
    expect(value.get('folder/deeper/large')?.bytes).toEqual(Buffer.alloc(300_000, 7));
    expect(value.has('new')).toBe(false);
    expect(evidence.atomic).toEqual({ kind: 'btrfs', flushed: true, oraclesPassed: false });
    expect(fixture.leftovers()).toEqual([]);
  });

  it('tells every entry as a live look does: device, inode, links, attributes', async () => {
    await using fixture = await openBtrfs();
    const live = await createLive().withStillView(
      fixture.facts,
      lease,
      { signal: never, report: recordingReporter() },
      metasOf,
    );
    const snapshot = await take(fixture.facts, fixture.records.path, metasOf);
    expect(snapshot.value).toEqual(live.value);
    expect(live.value.get('/folder/file')?.xattrs).toHaveLength(1);
  });

  it('of a folder deep in a subvolume that is mounted by itself is found by its inode', async () => {
    await withLoopFilesystem({ type: 'btrfs', sizeMiB: 128 }, async (mountPoint, { device }) => {
      using records = scratchFolder('records');
      using place = scratchFolder('home');
      await btrfs('subvolume', 'create', join(mountPoint, '@home'));
      await runProgramOk('/usr/bin/mount', ['-o', 'subvol=@home', device, place.path]);
      try {
        makeSmallTree(join(place.path, 'someone', 'data'));
        const facts = await examineFolder(join(place.path, 'someone', 'data'));
        const { value } = await take(facts, records.path, async (view) => {
          // Moved away meanwhile: neither name nor path is asked for any more.
          await runProgramOk('/usr/bin/mv', [join(place.path, 'someone'), join(place.path, 'nobody')]);
          return read(view);
        });
        expect(value.get('folder/file')?.bytes.toString()).toBe('content');
        expect(namesIn(place.path)).not.toContain(snapshotFolderName);
        expect(namesIn(join(mountPoint, snapshotFolderName))).toEqual([]);
      } finally {
        await runProgramOk('/usr/bin/umount', [place.path]);
      }
    });
  });

  it('of a whole filesystem leaves our own folder out, live and in the snapshot', async () => {
    await using fixture = await openBtrfs();
    const facts = await examineFolder(fixture.filesystem.mountPoint);
    const { value, evidence } = await take(facts, fixture.records.path, async (view) => ({
      inside: await metasOf(view),
      beside: await (await examineFolder(fixture.filesystem.mountPoint)).leftOut.map(({ path }) => path),
      snapshots: fixture.left().snapshots.length,
    }));
    expect(value.snapshots).toBe(1);
    expect([...value.inside.keys()].filter((path) => path.includes(snapshotFolderName))).toEqual([]);
    expect(value.beside).toEqual([join(fixture.filesystem.mountPoint, snapshotFolderName)]);
    expect(evidence.leftOut.map(({ path }) => path)).toEqual(value.beside);
  });

  it('names the subvolumes inside, which are not in it, and lets an empty folder stand for each', async () => {
    await using fixture = await openBtrfs();
    const inner = join(fixture.root, 'folder', 'inner');
    await btrfs('subvolume', 'create', inner);
    writeFileSync(join(inner, 'file'), 'of another moment');
    const facts = await examineFolder(fixture.root);
    const promise = await createBtrfsSnapshot({ recordsFolder: fixture.records.path }).preflight(facts, lease);
    expect(promise).toMatchObject({ available: true, level: 'crash' });
    expect(promise.reasons[1]).toBe(
      `One subvolume inside (${inner}) would be from another moment and is left out; add it as a source of its own.`,
    );
    const { value, evidence } = await take(facts, fixture.records.path, metasOf);
    expect(value.get('/folder/inner')).toMatchObject({ type: 'dir' });
    expect(value.has('/folder/inner/file')).toBe(false);
    expect(evidence.leftOut).toEqual([
      { path: inner, reason: 'A subvolume of its own: it would be from another moment.' },
    ]);
    // And they do not keep the snapshot from being removed.
    expect(fixture.leftovers()).toEqual([]);
  });

  it('applies excludes to the copy as it does to the source', async () => {
    await using fixture = await openBtrfs();
    const excludes = [join(fixture.root, 'folder', 'deeper')];
    const facts = await examineFolder(fixture.root, { excludes, ignoreLines: ['empty'] });
    const { value, evidence } = await take(facts, fixture.records.path, read);
    expect([...value.keys()].sort()).toEqual(['folder/file', 'folder/second name']);
    expect(evidence.leftOut.map(({ path }) => path)).toContain(excludes[0]);
  });

  it('shows a caller no more than he may see of the source', async () => {
    await using fixture = await openBtrfs();
    writeFileSync(join(fixture.root, 'secret'), 'of root', { mode: 0o600 });
    const files = identityFileOps({ uid: 65534, gid: 65534, groups: [65534] });
    const facts = await createFilesystemSource({ files }).examine(
      filesystemSpec(fixture.root, { excludePresets: [] }),
      { own: { paths: [] }, signal: never },
    );
    const { value } = await take(facts, fixture.records.path, read);
    expect(value.get('secret')?.verdict).toEqual({ state: 'unreadable', reason: 'No permission to read it.' });
    expect(value.get('folder/file')?.verdict.state).toBe('whole');
  });

  it('is no snapshot any more when somebody removes it: an error, not a claim', async () => {
    await using fixture = await openBtrfs();
    const taking = take(fixture.facts, fixture.records.path, async (view) => {
      const [name = ''] = fixture.left().snapshots;
      await btrfs('subvolume', 'delete', join(fixture.filesystem.mountPoint, snapshotFolderName, name));
      return read(view);
    });
    await expect(taking).rejects.toMatchObject({ kind: 'freeze-ended-early', retryable: true });
    expect(fixture.leftovers()).toEqual([]);
  });

  it('is no snapshot any more when somebody makes it writable and writes', async () => {
    await using fixture = await openBtrfs();
    const taking = take(fixture.facts, fixture.records.path, async () => {
      const [name = ''] = fixture.left().snapshots;
      const path = join(fixture.filesystem.mountPoint, snapshotFolderName, name);
      await btrfs('property', 'set', '-f', path, 'ro', 'false');
      writeFileSync(join(path, 'source', 'empty'), 'not any more');
    });
    await expect(taking).rejects.toMatchObject({ kind: 'freeze-ended-early' });
    expect(fixture.leftovers()).toEqual([]);
  });

  it('is not made into a folder of somebody else', async () => {
    await using fixture = await openBtrfs();
    const folder = join(fixture.filesystem.mountPoint, snapshotFolderName);
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, 1000, 1000);
    await expect(take(fixture.facts, fixture.records.path, read)).rejects.toMatchObject({
      kind: 'freeze-refused',
      message:
        '.stillpoint-snapshots, where snapshots are kept while they are read, is there already and belongs to somebody else.',
    });
    expect(namesIn(folder)).toEqual([]);
    expect(namesIn(fixture.records.path)).toEqual([]);
  });

  it('is not made where it cannot be written down', async () => {
    await using fixture = await openBtrfs();
    const file = join(fixture.records.path, 'file');
    writeFileSync(file, '');
    await expect(take(fixture.facts, file, read)).rejects.toMatchObject({
      kind: 'freeze-refused',
      message: `A snapshot cannot be written down in ${file}, so none is made: it might never be found again.`,
    });
    expect(fixture.left().snapshots).toEqual([]);
  });

  it('is one of several at once, each gone when its own run is over', async () => {
    await using fixture = await openBtrfs();
    const counts = await Promise.all(
      [1, 2, 3].map(async () => {
        const { value } = await take(fixture.facts, fixture.records.path, async (view) => (await read(view)).size);
        return value;
      }),
    );
    expect(counts).toEqual([4, 4, 4]);
    expect(fixture.leftovers()).toEqual([]);
  });

  it('does not claim a flush that failed', async () => {
    await using fixture = await openBtrfs();
    const method = createAtomicMethod(
      { ...btrfsDriver(), oraclesPassed: true },
      { recordsFolder: fixture.records.path },
      { ...atomicSteps, flush: () => Promise.reject(new Error('EIO')) },
    );
    const report = recordingReporter();
    const { evidence } = await method.withStillView(fixture.facts, lease, { signal: never, report }, read);
    expect(evidence).toMatchObject({ flushedAt: null, atomic: { flushed: false } });
    expect(report.notes).toEqual(['What programs have written could not be flushed to the disk (EIO).']);
  });
});

describe.skipIf(missing !== undefined)(missing ?? 'what a crash leaves of btrfs snapshots', () => {
  it('is found and removed at the next start, and nothing that is not ours', async () => {
    await using fixture = await openBtrfs();
    await using child = await startChild(fixture.root, fixture.records.path);
    const [left = ''] = fixture.left().snapshots;
    expect(left).toMatch(/^stillpoint-\d{14}-[0-9a-f]{16}$/);
    // Used by a process that lives: not touched.
    expect(await removeLeftovers({ recordsFolder: fixture.records.path })).toEqual({ removed: [], kept: [] });
    expect(fixture.left().snapshots).toEqual([left]);
    await child.kill();
    expect(fixture.left()).toMatchObject({ snapshots: [left] });
    // Somebody's own, similar in name and place, and one that is written down under a name that it does not have.
    const folder = join(fixture.filesystem.mountPoint, snapshotFolderName);
    const foreign = join(folder, newMark());
    const other = join(folder, 'before-upgrade');
    for (const path of [foreign, other])
      await btrfs('subvolume', 'snapshot', '-r', fixture.filesystem.mountPoint, path);
    const { removed, kept } = await removeLeftovers({ recordsFolder: fixture.records.path });
    expect({ removed, kept }).toEqual({ removed: [left], kept: [] });
    expect(namesIn(folder)).toEqual(['before-upgrade', foreign.slice(folder.length + 1)].sort());
    expect(namesIn(fixture.records.path)).toEqual([]);
    for (const path of [foreign, other]) await btrfs('subvolume', 'delete', path);
  });

  it('is known from another that bears its very name', async () => {
    await using fixture = await openBtrfs();
    await using child = await startChild(fixture.root, fixture.records.path);
    await child.kill();
    const [left = ''] = fixture.left().snapshots;
    const path = join(fixture.filesystem.mountPoint, snapshotFolderName, left);
    await btrfs('subvolume', 'delete', path);
    await btrfs('subvolume', 'snapshot', '-r', fixture.filesystem.mountPoint, path);
    expect(await removeLeftovers({ recordsFolder: fixture.records.path })).toEqual({ removed: [], kept: [] });
    expect(fixture.left()).toEqual({ snapshots: [left], records: [] });
    await btrfs('subvolume', 'delete', path);
  });

  it('waits until its filesystem is there again', async () => {
    await using fixture = await openBtrfs();
    await using child = await startChild(fixture.root, fixture.records.path);
    await child.kill();
    const { mountPoint, image } = fixture.filesystem;
    await runProgramOk('/usr/bin/umount', [mountPoint]);
    const { removed, kept } = await removeLeftovers({ recordsFolder: fixture.records.path });
    expect(removed).toEqual([]);
    expect(kept).toEqual([{ mark: expect.any(String), reason: 'What it was made on is not there now.' }]);
    await runProgramOk('/usr/bin/mount', ['-o', 'loop', image, mountPoint]);
    expect((await removeLeftovers({ recordsFolder: fixture.records.path })).removed).toHaveLength(1);
    expect(fixture.leftovers()).toEqual([]);
  });

  it('is found where the crash came before its identity was written down', async () => {
    await using fixture = await openBtrfs();
    // The folder is there from then on.
    await take(fixture.facts, fixture.records.path, read);
    const mark = await writtenDown(fixture);
    const path = join(fixture.filesystem.mountPoint, snapshotFolderName, mark);
    await btrfs('subvolume', 'snapshot', '-r', fixture.filesystem.mountPoint, path);
    expect(await removeLeftovers({ recordsFolder: fixture.records.path })).toEqual({ removed: [mark], kept: [] });
    expect(fixture.leftovers()).toEqual([]);
  });

  it('is nothing where the crash came before the snapshot, and is looked for again', async () => {
    await using fixture = await openBtrfs();
    const mark = await writtenDown(fixture);
    const kept = [{ mark, reason: 'It is not there, and may still be being made.' }];
    expect(await removeLeftovers({ recordsFolder: fixture.records.path })).toEqual({ removed: [], kept });
    expect(fixture.left()).toEqual({ snapshots: [], records: [`${mark}.json`] });
  });
});

/** A record of a snapshot that is about to be made, by a process that is gone. */
async function writtenDown({ facts, records }: BtrfsFixture): Promise<string> {
  const mark = newMark();
  const tree = facts.openTree();
  const planned = await btrfsDriver().plan(facts, tree.rootFd, mark);
  tree.close();
  new SnapshotRecords(records.path).begin('btrfs-snapshot', mark, planned)[Symbol.dispose]();
  return mark;
}

async function metasOf(view: StillView): Promise<ReadonlyMap<string, Omit<EntryMeta, 'atimeNs'>>> {
  const found = new Map<string, Omit<EntryMeta, 'atimeNs'>>();
  const visit = async (entry: StillView['root'], path: string): Promise<void> => {
    // Looking moves it: it says nothing of the entry.
    const { atimeNs: _, ...meta } = entry.meta;
    found.set(path, meta);
    for await (const child of entry.children?.() ?? []) await visit(child, `${path}/${Buffer.from(child.name)}`);
  };
  await visit(view.root, '');
  return found;
}

async function startChild(source: string, records: string) {
  const program = fileURLToPath(new URL('../testing/crash-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', program, source, records], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited.then(() => Promise.reject(new Error('the child ended')))]);
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  };
  return { kill, [Symbol.asyncDispose]: kill };
}

it.skipIf(missing !== undefined)('the folder for snapshots is closed to everybody but root', async () => {
  await using fixture = await openBtrfs();
  await take(fixture.facts, fixture.records.path, read);
  expect(statSync(join(fixture.filesystem.mountPoint, snapshotFolderName))).toMatchObject({ uid: 0, mode: 0o40700 });
});
