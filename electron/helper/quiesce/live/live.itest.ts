import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instantToNs } from '../../../../shared/domain/time.ts';
import { createFilesystemSource } from '../../sources/index.ts';
import { processAbilities } from '../../system/capabilities.ts';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import { identityFileOps } from '../../system/file-ops.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { readView } from '../testing/read-view.ts';
import { liveSteps } from './live.ts';
import { levelWhen, listAll, NewTrees, run, signal } from './testing/run-live.ts';

const mib = 1024 * 1024;

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'live', () => {
    let filesystem: LoopFilesystem;
    let trees: NewTrees;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 128 });
      trees = new NewTrees(filesystem.mountPoint);
    });
    afterAll(() => filesystem.close());

    const newTree = (): string => trees.make();

    it('earns observed-static where nothing happens, also just after a change', async () => {
      const root = newTree();
      const { level, observation, evidence } = await levelWhen(root);
      expect(level).toBe('observed-static');
      expect(observation).toMatchObject({ differences: 0, suspectsTotal: 0, suspectScanComplete: true });
      expect(instantToNs(evidence.flushedAt ?? '')).toBeLessThan(instantToNs(observation.firstScanStartedAt));
      expect(instantToNs(evidence.stillPoint)).toBeGreaterThanOrEqual(instantToNs(observation.firstScanStartedAt));
    });

    it.each([
      ['a write', (root: string) => appendFileSync(join(root, 'file'), '!')],
      ['a new file', (root: string) => writeFileSync(join(root, 'new'), '')],
      ['a removed file', (root: string) => rmSync(join(root, 'folder', 'other'))],
      ['a new mode', (root: string) => chmodSync(join(root, 'file'), 0o600)],
      ['a new mode of the root', (root: string) => chmodSync(root, 0o700)],
      ['a rename and back', renameAndBack],
      ['the same content written again', (root: string) => writeFileSync(join(root, 'file'), 'content')],
    ])('does not earn it with %s after everything was read', async (_what, change) => {
      const root = newTree();
      const { level, observation } = await levelWhen(root, undefined, () => change(root));
      expect(observation.differences).toBeGreaterThan(0);
      expect(level).toBe('per-file');
    });

    it('does not earn it for a file that changed within the clock’s step before the scan', async () => {
      const root = newTree();
      const facts = await examineFolder(root);
      const firstLook: typeof liveSteps.firstLook = (parts) => {
        appendFileSync(join(root, 'file'), '!');
        return liveSteps.firstLook(parts);
      };
      const { level, observation } = await run(facts, (view) => readView(view, signal), {
        steps: { ...liveSteps, firstLook },
      });
      expect(observation.differences).toBe(0);
      expect(level).toBe('per-file');
    });

    it('looks at what nobody walked, and asks who writes to what nobody read', async () => {
      const root = newTree();
      await using writer = await startMappedWriter();
      await writer.map(join(root, 'folder', 'other'), 5);
      const { level, observation } = await run(await examineFolder(root), async () => 0);
      expect(observation).toMatchObject({ differences: 0, suspectsTotal: 1 });
      expect(level).toBe('per-file');
      const listed = await run(await examineFolder(root), (view) => listAll(view.root));
      expect(listed.observation).toMatchObject({ differences: 0, suspectsTotal: 1 });
    });

    it.each([
      ['before its folder is listed', 0],
      ['after its folder is listed', 1],
    ])('does not earn it where a file changes while others are read, %s', async (_when, differences) => {
      const root = newTree();
      const change = (): void => appendFileSync(join(root, 'folder', 'other'), '!');
      const { level, observation } = await run(await examineFolder(root), async (view) => {
        for await (const entry of view.root.children?.() ?? []) {
          if (entry.children === null) continue;
          if (differences === 0) change();
          await listAll(entry);
          if (differences === 1) change();
        }
      });
      expect(observation.differences).toBe(differences);
      expect(level).toBe('per-file');
    });

    it('does not suspect who merely has a file open for writing', async () => {
      const root = newTree();
      const fd = openSync(join(root, 'file'), 'r+');
      const { observation } = await levelWhen(root);
      closeSync(fd);
      expect(observation.suspects).toEqual([]);
    });

    it('does not earn it where a file was open for writing when it was read, and who had it cannot be asked any more', async () => {
      const root = newTree();
      const fd = openSync(join(root, 'file'), 'r+');
      const { level, observation } = await levelWhen(root, undefined, () => closeSync(fd));
      expect(observation).toMatchObject({ differences: 0, suspectsTotal: 0, suspectScanComplete: false });
      expect(observation.suspectScanGap).toContain('has ended since');
      expect(level).toBe('per-file');
    });

    it('suspects who has a file mapped, and never calls the tree quiet', async () => {
      const root = newTree();
      await using writer = await startMappedWriter();
      await writer.map(join(root, 'file'), 7);
      const { level, observation, report } = await levelWhen(root);
      expect(observation.suspects).toEqual([{ kind: 'writable-mapping', path: join(root, 'file'), pid: writer.pid }]);
      expect(level).toBe('per-file');
      expect(report.notes.join()).toContain('can change unseen');
    });

    it('suspects a disk that is a file of the tree', async () => {
      const root = newTree();
      const image = join(root, 'image');
      const fd = openSync(image, 'w');
      ftruncateSync(fd, 4 * mib);
      closeSync(fd);
      const attached = await runProgramOk(findProgram('losetup') ?? '', ['--find', '--show', image]);
      try {
        const { level, observation } = await levelWhen(root);
        expect(observation.suspects).toEqual([{ kind: 'loop-device', path: image }]);
        expect(level).toBe('per-file');
      } finally {
        await runProgramOk(findProgram('losetup') ?? '', ['--detach', attached.stdout.toString().trim()]);
      }
    });

    it('claims nothing when the flush fails, and says why', async () => {
      const flush = async (): Promise<void> => {
        throw new Error('EIO');
      };
      const facts = await examineFolder(newTree());
      const { level, evidence, report } = await run(facts, (view) => readView(view, signal), {
        steps: { ...liveSteps, flush },
      });
      expect(level).toBe('per-file');
      expect(evidence.flushedAt).toBeNull();
      expect(report.notes.join()).toContain('EIO');
    });

    it.skipIf(processAbilities().uid !== 0)(
      'earns observed-static without rights, for files of one’s own',
      async () => {
        const root = newTree();
        for (const path of [filesystem.mountPoint, root, join(root, 'folder')]) chmodSync(path, 0o755);
        const nobody = { uid: 65534, gid: 65534, groups: [] };
        for (const path of ['.', 'file', 'folder', 'folder/other']) chownSync(join(root, path), nobody.uid, nobody.gid);
        const source = createFilesystemSource({ files: identityFileOps(nobody) });
        const facts = await source.examine(
          { kind: 'filesystem', path: root, excludes: [], excludePresets: [], ignoreLines: [] },
          { own: { paths: [] }, signal },
        );
        expect((await run(facts, (view) => readView(view, signal))).level).toBe('observed-static');
        // A file of somebody else that may be read but not asked about: then it depends on seeing every process.
        writeFileSync(join(root, 'foreign'), 'x', { mode: 0o644 });
        const fd = openSync(join(root, 'foreign'), 'r+');
        const { observation } = await run(facts, (view) => readView(view, signal));
        closeSync(fd);
        expect(observation.suspectScanComplete || observation.suspectScanGap.includes('without more rights')).toBe(
          true,
        );
      },
    );
  });
});

function renameAndBack(root: string): void {
  renameSync(join(root, 'file'), join(root, 'elsewhere'));
  renameSync(join(root, 'elsewhere'), join(root, 'file'));
}
