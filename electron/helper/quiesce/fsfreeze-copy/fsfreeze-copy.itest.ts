import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFilesystemSource, type FilesystemFacts } from '../../sources/index.ts';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import { identityFileOps } from '../../system/file-ops.ts';
import { freezeUnguarded, thaw } from '../../system/ioctl.ts';
import { makeSpecialFile } from '../../system/special-files.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { setXattr } from '../../system/xattr.ts';
import type { StillView } from '../contract.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { sleepSync, withMeddling } from '../testing/meddling-tree.ts';
import { readView } from '../testing/read-view.ts';
import { recordingReporter } from '../testing/recording-reporter.ts';
import { createFsfreezeCopy, type FreezeSteps, freezeSteps } from './fsfreeze-copy.ts';

const lease = { longestStallMs: 3000 };
const { signal } = new AbortController();
const mib = 1024 * 1024;

function run<T>(
  facts: FilesystemFacts,
  use: (view: StillView) => Promise<T>,
  environment: Partial<QuiesceEnvironment> = {},
  steps: FreezeSteps = freezeSteps,
  longestStallMs = lease.longestStallMs,
) {
  const report = recordingReporter();
  const method = createFsfreezeCopy(freezeEnvironment(environment), steps);
  const outcome = method.withStillView(facts, { longestStallMs }, { signal, report }, use);
  return { report, outcome };
}

function preflight(facts: FilesystemFacts, environment: Partial<QuiesceEnvironment> = {}, longestStallMs = 3000) {
  return createFsfreezeCopy(freezeEnvironment(environment)).preflight(facts, { longestStallMs });
}

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'a frozen copy', () => {
    let filesystem: LoopFilesystem;
    let root: string;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 160 });
      root = join(filesystem.mountPoint, 'source');
      makeTree(root);
    });
    afterAll(() => filesystem.close());

    it.each([
      ['in memory', {}],
      ['in memory and a scratch file', { spoolMemoryBytes: mib }],
    ])('holds content, holes, links, attributes and special files, kept %s', async (_where, environment) => {
      const { outcome } = run(
        await examineFolder(root),
        async (view) => ({ files: await readView(view, signal), all: await walk(view) }),
        environment,
      );
      const { value, evidence } = await outcome;
      for (const [name, { verdict, bytes }] of value.files) {
        expect(verdict.state, name).toBe('whole');
        expect(bytes.equals(readFileSync(Buffer.from(`${root}/${name}`, 'latin1'))), name).toBe(true);
      }
      expect(value.files.size).toBe(7);
      expect([...value.all.keys()].sort()).toEqual([...value.files.keys(), 'folder', 'link', 'pipe'].sort());
      expect(Buffer.from(value.all.get('link')?.linkTarget ?? []).toString()).toBe('folder/file');
      expect(value.all.get('pipe')?.type).toBe('fifo');
      expect(value.all.get('folder/file')?.xattrs).toEqual([
        { name: Buffer.from('user.note'), value: Buffer.from('kept') },
      ]);
      const stat = lstatSync(join(root, 'folder', 'file'), { bigint: true });
      expect(value.all.get('folder/file')).toMatchObject({
        inode: stat.ino,
        mtimeNs: stat.mtimeNs,
        ctimeNs: stat.ctimeNs,
      });
      expect(evidence.hold).toMatchObject({
        thawCause: 'command',
        thawConfirmed: true,
        readInside: true,
        filesInside: 7,
      });
      expect(evidence.hold?.stallMs).toBeLessThan(lease.longestStallMs + 2000);
    });

    it('reads a file with two names once', async () => {
      const { outcome } = run(await examineFolder(root), (view) => readView(view, signal));
      const { value, evidence } = await outcome;
      const sizes = [...value].filter(([name]) => name !== 'second-name').map(([, { verdict }]) => verdict);
      const total = sizes.reduce(
        (sum, verdict) => sum + (verdict.state === 'whole' ? Number(verdict.meta.size) : 0),
        0,
      );
      // Holes are not read either.
      expect(evidence.hold?.bytesInside).toBeLessThanOrEqual(total - 4 * mib);
    });

    it('reads in the name of whoever asked: what he may read, whoever owns it, and no more', async () => {
      const shared = join(filesystem.mountPoint, 'shared');
      mkdirSync(shared);
      for (const path of [filesystem.mountPoint, shared]) chmodSync(path, 0o755);
      writeFileSync(join(shared, 'for-all'), 'public', { mode: 0o644 });
      writeFileSync(join(shared, 'for-root'), 'secret', { mode: 0o600 });
      const source = createFilesystemSource({ files: identityFileOps({ uid: 65534, gid: 65534, groups: [] }) });
      const spec = { kind: 'filesystem' as const, path: shared, excludes: [], excludePresets: [], ignoreLines: [] };
      const facts = await source.examine(spec, { own: { paths: [] }, signal });
      const { value } = await run(facts, (view) => readView(view, signal)).outcome;
      expect(value.get('for-all')?.bytes.toString()).toBe('public');
      expect(value.get('for-root')?.verdict).toEqual({ state: 'unreadable', reason: 'No permission to read it.' });
    });

    it('is over in every sense when it is done: the next write goes through', async () => {
      const { outcome } = run(await examineFolder(root), async () => {
        writeFileSync(join(filesystem.mountPoint, 'written-in-use'), 'x');
      });
      await outcome;
    });

    it('leaves a freeze of somebody else alone, and says what it is', async () => {
      const fd = openSync(filesystem.mountPoint, 'r');
      let isUsed = false;
      freezeUnguarded(fd);
      const { outcome } = run(await examineFolder(root), async () => {
        isUsed = true;
      });
      const error = await outcome.catch((caught: unknown) => caught);
      // Still frozen, by who froze it: thawing succeeds.
      thaw(fd);
      closeSync(fd);
      expect(error).toMatchObject({ kind: 'freeze-busy', retryable: true });
      expect(isUsed).toBe(false);
    });

    it('gives up when it is too slow, lets go, and nobody uses what it had', async () => {
      const state = { isFrozen: false };
      const steps: FreezeSteps = {
        ...freezeSteps,
        withFrozen: (guard, work) =>
          freezeSteps.withFrozen(guard, (moment) => {
            state.isFrozen = true;
            try {
              return work(moment);
            } finally {
              state.isFrozen = false;
            }
          }),
      };
      const facts = withMeddling(await examineFolder(root), () => state.isFrozen && sleepSync(150));
      let isUsed = false;
      const use = async (): Promise<void> => {
        isUsed = true;
      };
      const { outcome, report } = run(facts, use, {}, steps, 400);
      await expect(outcome).rejects.toMatchObject({ kind: 'freeze-ended-early' });
      expect(isUsed).toBe(false);
      expect(report.notes.join()).toContain('given up');
      writeFileSync(join(filesystem.mountPoint, 'after'), 'x');
    });

    it('does not even begin when a rehearsal is too slow', async () => {
      const facts = withMeddling(await examineFolder(root), () => sleepSync(60));
      const { outcome, report } = run(facts, async () => {}, {}, freezeSteps, 200);
      await expect(outcome).rejects.toMatchObject({ kind: 'freeze-refused' });
      expect(report.phases).toEqual(['scan']);
    });

    it('ends with the lease when it does not look at the clock, and claims nothing', async () => {
      const steps: FreezeSteps = {
        ...freezeSteps,
        withFrozen: (guard, work) =>
          freezeSteps.withFrozen(guard, (moment) => {
            const value = work(moment);
            sleepSync(600);
            return value;
          }),
      };
      const { outcome, report } = run(await examineFolder(root), async () => {}, {}, steps, 200);
      await expect(outcome).rejects.toMatchObject({ kind: 'freeze-ended-early' });
      expect(report.holds).toHaveLength(1);
      expect(report.holds[0]?.stallMs).toBeLessThan(200 + 2000);
    });

    it('promises a frozen copy, and says who else waits', async () => {
      const promise = await preflight(await examineFolder(root));
      expect(promise).toMatchObject({ available: true, level: 'filesystem', remedies: [] });
      expect(promise.reasons.join(' ')).toContain(`anywhere on ${filesystem.mountPoint}`);
    });

    it.each([
      [
        'our own data lies on it',
        (mountPoint: string) => ({ own: () => ({ paths: [mountPoint] }) }),
        'move-repository',
      ],
      ['the scratch folder lies on it', (mountPoint: string) => ({ scratchDirectory: mountPoint }), 'move-repository'],
      ['Stillpoint runs from it', (mountPoint: string) => ({ programPlaces: [mountPoint] }), undefined],
    ])('refuses when %s', async (_why, environment, remedy) => {
      const promise = await preflight(await examineFolder(root), environment(filesystem.mountPoint));
      expect(promise.available).toBe(false);
      expect(promise.remedies).toEqual(remedy === undefined ? [] : [remedy]);
      expect(promise.reasons).toHaveLength(1);
    });

    it('asks for the count that was put off, unless it may not be held anyway', async () => {
      const counted = await examineFolder(root);
      let asked = 0;
      const count = async () => {
        asked += 1;
        return counted;
      };
      const putOff = {
        ...counted,
        counted: false,
        files: 0,
        directories: 0,
        others: 0,
        bytes: 0,
        storedBytes: 0,
        count,
      };
      const refused = await preflight(putOff, { own: () => ({ paths: [filesystem.mountPoint] }) });
      expect(refused).toMatchObject({ available: false, remedies: ['move-repository'] });
      expect(refused.reasons).toHaveLength(1);
      expect(asked).toBe(0);
      expect(await preflight(putOff)).toEqual(await preflight(counted));
      expect(asked).toBe(1);
    });

    it('refuses what the system needs to go on, though it is not the root', async () => {
      const system = { concerns: () => true, obstacles: () => [], leaseMs: 250, emergencyThaw: true } as const;
      expect(await preflight(await examineFolder(root), { root: system })).toMatchObject({
        available: false,
        reasons: ['The system needs this filesystem to go on, so it is never held for a whole copy.'],
      });
    });

    it('does not freeze what a link leads to, where the one who made the link could not freeze it', async () => {
      const link = join(filesystem.mountPoint, 'mine');
      symlinkSync(root, link);
      const facts = await examineFolder(link);
      expect(await preflight(facts)).toMatchObject({ available: true });
      const promise = await preflight(facts, { onlyDirectPlaces: true });
      expect(promise).toMatchObject({ available: false, reasons: [expect.stringContaining(`add ${root} itself`)] });
      expect(await preflight(await examineFolder(root), { onlyDirectPlaces: true })).toMatchObject({ available: true });
    });

    it('does not freeze what must not be frozen, whatever was promised before', async () => {
      const own = () => ({ paths: [filesystem.mountPoint] });
      const { outcome, report } = run(await examineFolder(root), async () => {}, { own });
      await expect(outcome).rejects.toMatchObject({ kind: 'freeze-refused' });
      expect(report.phases).toEqual([]);
    });

    it('refuses when our own data lies on a disk that is a file on it', async () => {
      const inner = join(filesystem.mountPoint, 'inner.image');
      const mountPoint = join(filesystem.mountPoint, 'inner');
      const fd = openSync(inner, 'w');
      ftruncateSync(fd, 16 * mib);
      closeSync(fd);
      mkdirSync(mountPoint);
      await runProgramOk(findProgram('mkfs.ext4') ?? '', ['-q', '-F', inner]);
      await runProgramOk(findProgram('mount') ?? '', ['-o', 'loop', inner, mountPoint]);
      try {
        const promise = await preflight(await examineFolder(root), { own: () => ({ paths: [mountPoint] }) });
        expect(promise).toMatchObject({ available: false, remedies: ['move-repository'] });
        const other = await preflight(await examineFolder(root));
        expect(other.reasons.join(' ')).toContain(mountPoint);
      } finally {
        await runProgramOk(findProgram('umount') ?? '', [mountPoint]);
      }
    });

    it('refuses what would take longer than allowed, and what does not fit', async () => {
      const facts = await examineFolder(root);
      expect(await preflight(facts, {}, 5)).toMatchObject({ available: false, remedies: ['raise-longest-stall'] });
      const uncounted = { ...facts, counted: false };
      expect(await preflight(uncounted)).toMatchObject({ available: false, remedies: ['raise-longest-stall'] });
      const huge = { ...facts, storedBytes: 1e15 };
      expect((await preflight(huge)).remedies).toEqual(['raise-longest-stall', 'free-space']);
    });
  });
});

const missing = whyNoLoopFilesystem('ext4');

describe.skipIf(missing !== undefined)(missing ?? 'where nothing can be held', () => {
  it('refuses the filesystem the system runs from', async () => {
    const promise = await preflight(await examineFolder('/etc'));
    expect(promise.available).toBe(false);
    expect(promise.reasons.join(' ')).toContain('whole system');
  });

  it.each(['/proc/self/net', '/dev/shm'])('refuses %s for its kind', async (path) => {
    const promise = await preflight(await examineFolder(path));
    expect(promise.available).toBe(false);
    expect(promise.reasons.join(' ')).toContain('cannot be held still');
  });
});

/** Four MiB of content, as much of holes, and one of everything else. */
function makeTree(root: string): void {
  mkdirSync(join(root, 'folder'), { recursive: true });
  writeFileSync(join(root, 'empty'), '');
  writeFileSync(join(root, 'folder', 'file'), 'content');
  setXattr(join(root, 'folder', 'file'), 'user.note', Buffer.from('kept'));
  writeFileSync(join(root, 'large'), Buffer.alloc(2 * mib + 77, 'large'));
  linkSync(join(root, 'large'), join(root, 'second-name'));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from('by\xfftes', 'latin1')]), 'name');
  const sparse = openSync(join(root, 'sparse'), 'w');
  ftruncateSync(sparse, 4 * mib);
  writeSync(sparse, Buffer.alloc(5000, 'middle'), 0, 5000, 2 * mib);
  closeSync(sparse);
  const hole = openSync(join(root, 'hole'), 'w');
  ftruncateSync(hole, mib);
  closeSync(hole);
  symlinkSync('folder/file', join(root, 'link'));
  makeSpecialFile(join(root, 'pipe'), 'fifo', 0o600);
}

async function walk(view: StillView) {
  const found = new Map<string, StillView['root']['meta']>();
  const visit = async (entry: StillView['root'], path: string): Promise<void> => {
    for await (const child of entry.children?.() ?? []) {
      const below =
        path === ''
          ? Buffer.from(child.name).toString('latin1')
          : `${path}/${Buffer.from(child.name).toString('latin1')}`;
      found.set(below, child.meta);
      await visit(child, below);
    }
  };
  await visit(view.root, '');
  return found;
}
