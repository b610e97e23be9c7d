import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Observation } from '../../../../shared/domain/evidence.ts';
import { instantToNs } from '../../../../shared/domain/time.ts';
import { createFilesystemSource, type FilesystemFacts } from '../../sources/index.ts';
import { processAbilities } from '../../system/capabilities.ts';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import { identityFileOps } from '../../system/file-ops.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { StillEntry, StillView } from '../contract.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { judge } from '../testing/judge.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { readView } from '../testing/read-view.ts';
import { recordingReporter } from '../testing/recording-reporter.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { writeView } from '../testing/write-view.ts';
import { createLive, type LiveOptions, liveSteps } from './live.ts';

const { signal } = new AbortController();
const mib = 1024 * 1024;
const nothing = { files: 0, directories: 0, others: 0, bytes: 0, torn: [], unreadable: [], vanished: [] };

async function run<T>(facts: FilesystemFacts, use: (view: StillView) => Promise<T>, options: LiveOptions = {}) {
  const report = recordingReporter();
  const { value, evidence } = await createLive(options).withStillView(
    facts,
    { longestStallMs: 250 },
    { signal, report },
    use,
  );
  const observation = evidence.observation as Observation;
  return { value, evidence, observation, report, level: judge(evidence, nothing).level };
}

/** The level when everything is read, and something happens before or after that. */
async function levelWhen(root: string, before: () => unknown = () => {}, after: () => unknown = () => {}) {
  return run(await examineFolder(root), async (view) => {
    await before();
    const files = await readView(view, signal);
    await after();
    return files;
  });
}

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'live', () => {
    let filesystem: LoopFilesystem;
    let count = 0;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 128 });
    });
    afterAll(() => filesystem.close());

    /** A tree of its own for each test. */
    function newTree(): string {
      count += 1;
      const root = join(filesystem.mountPoint, `tree-${count}`);
      mkdirSync(join(root, 'folder'), { recursive: true });
      writeFileSync(join(root, 'file'), 'content');
      writeFileSync(join(root, 'folder', 'other'), 'other');
      return root;
    }

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

    it('names files for others to open only where the look at their folder said enough', async () => {
      const root = newTree();
      writeFileSync(join(root, 'large'), Buffer.alloc(5 * mib, 1));
      const holes = openSync(join(root, 'holes'), 'w');
      ftruncateSync(holes, mib);
      closeSync(holes);
      await delay(2300);
      writeFileSync(join(root, 'young'), 'x');
      const names = async (view: StillView): Promise<string[]> => {
        const found: string[] = [];
        for await (const { name, content } of view.root.children?.() ?? [])
          if (content?.named !== undefined) found.push(Buffer.from(name).toString());
        return found.sort();
      };
      expect((await run(await examineFolder(root), names)).value).toEqual(['file']);
      const flush = async (): Promise<void> => {
        throw new Error('EIO');
      };
      const steps = { ...liveSteps, flush };
      expect((await run(await examineFolder(root), names, { steps })).value).toEqual([]);
    });

    it('leaves no folder open, whatever its view was used for', async () => {
      const facts = await examineFolder(newTree());
      const before = readdirSync('/proc/self/fd').length;
      await run(facts, (view) => listAll(view.root));
      await expect(
        run(facts, async (view) => {
          for await (const entry of view.root.children?.() ?? []) throw new Error(`stopped at ${entry.name}`);
        }),
      ).rejects.toThrow('stopped at');
      expect(readdirSync('/proc/self/fd').length).toBe(before);
    });

    it('does not suspect who merely has a file open for writing', async () => {
      const root = newTree();
      const fd = openSync(join(root, 'file'), 'r+');
      const { observation } = await levelWhen(root);
      closeSync(fd);
      expect(observation.suspects).toEqual([]);
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

    it('reads one version of a file that is mapped and stored into, or calls it torn', async () => {
      const root = newTree();
      const path = join(root, 'mapped');
      const pages = 512;
      writeFileSync(path, Buffer.alloc(pages * 4096));
      await using writer = await startMappedWriter();
      await writer.map(path, pages * 4096);
      let isOver = false;
      const storing = (async () => {
        // Whole sweeps of one value each: a version has one step in it at most.
        for (let value = 1; !isOver; value = (value % 250) + 1)
          for (let page = 0; page < pages && !isOver; page += 64) {
            await writer.store(page * 4096, value, 64 * 4096);
            await delay(1);
          }
      })();
      const { value } = await run(await examineFolder(root), (view) => readView(view, signal));
      isOver = true;
      await storing;
      const mapped = value.get('mapped');
      const steps = new Set<number>();
      for (let page = 1; page < pages; page += 1) {
        const [before, here] = [mapped?.bytes[(page - 1) * 4096], mapped?.bytes[page * 4096]];
        if (before !== here) steps.add(page);
      }
      if (mapped?.verdict.state === 'whole') expect(steps.size).toBeLessThanOrEqual(1);
      else expect(mapped?.verdict.state).toBe('torn');
    });

    it('reads a log that never rests as torn, names it, and keeps what it sent consistent with its size', async () => {
      const root = newTree();
      const log = openSync(join(root, 'log'), 'a');
      const timer = setInterval(() => appendFileSync(log, 'line\n'), 1);
      using target = scratchFolder('live');
      const { value } = await run(await examineFolder(root), (view) => writeView(view, target.path, signal));
      clearInterval(timer);
      closeSync(log);
      expect(value.torn).toEqual([
        { path: join(target.path, 'log'), reason: expect.stringMatching(/changed while being read|kept changing/) },
      ]);
      expect(readFileSync(join(target.path, 'file'), 'utf8')).toBe('content');
    });

    it('reads again what changes once, and counts it', async () => {
      const root = newTree();
      writeFileSync(join(root, 'large'), Buffer.alloc(3 * mib, 1));
      let sent = 0;
      const { value, evidence } = await run(await examineFolder(root), async (view) => {
        for await (const entry of view.root.children?.() ?? []) {
          if (entry.name.toString() !== 'large') continue;
          const parts: Buffer[] = [];
          const verdict = await entry.content?.readInto(
            {
              data: async (bytes) => {
                sent += 1;
                if (sent === 1) writeFileSync(join(root, 'large'), Buffer.alloc(2 * mib, 2));
                parts.push(Buffer.from(bytes));
              },
              hole: async () => {},
              same: async () => {},
              restart: () => void parts.splice(0),
            },
            signal,
          );
          return { verdict, bytes: Buffer.concat(parts) };
        }
        throw new Error('the file is missing');
      });
      expect(value.verdict?.state).toBe('whole');
      expect(value.bytes.equals(Buffer.alloc(2 * mib, 2))).toBe(true);
      expect(evidence.rereadTotal).toBe(1);
    });

    it('passes over what vanished before it was read', async () => {
      const root = newTree();
      const { value } = await run(await examineFolder(root), async (view) => {
        const entries = [];
        for await (const entry of view.root.children?.() ?? []) entries.push(entry);
        rmSync(join(root, 'file'));
        const file = entries.find(({ name }) => name.toString() === 'file');
        return file?.content?.readInto(
          { data: async () => {}, hole: async () => {}, same: async () => {}, restart: () => {} },
          signal,
        );
      });
      expect(value).toEqual({ state: 'vanished' });
    });

    it('says when a link was followed', async () => {
      const root = newTree();
      symlinkSync(root, `${root}-link`);
      const { report } = await levelWhen(`${root}-link`);
      expect(report.notes).toEqual([`${root}-link is a link; what it leads to is kept: ${root}.`]);
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

const isRoot = processAbilities().canFreeze;

describe.skipIf(!isRoot)(isRoot ? 'where changes may leave no trace' : 'needs root (CAP_SYS_ADMIN) to mount', () => {
  it('promises and claims no more than whole files', () =>
    withTmpfs(async (path) => {
      writeFileSync(join(path, 'file'), 'x');
      const facts = await examineFolder(path);
      expect(await createLive().preflight(facts, { longestStallMs: 250 })).toMatchObject({
        available: true,
        level: 'per-file',
      });
      const { level, observation } = await run(facts, (view) => readView(view, signal));
      expect(level).toBe('per-file');
      expect(observation.suspectScanGap).toContain('tmpfs');
    }));

  it('calls a file torn that somebody has open for writing there', () =>
    withTmpfs(async (path) => {
      writeFileSync(join(path, 'file'), 'x');
      const fd = openSync(join(path, 'file'), 'r+');
      const { value } = await run(await examineFolder(path), (view) => readView(view, signal));
      closeSync(fd);
      expect(value.get('file')?.verdict.state).toBe('torn');
    }));

  it('counts the files that it calls whole without having been able to ask who writes to them', () =>
    withTmpfs(async (path) => {
      const names = ['a', 'b', 'folder/c'];
      mkdirSync(join(path, 'folder'));
      for (const name of names) writeFileSync(join(path, name), name);
      await using writer = await startMappedWriter();
      await writer.map(join(path, 'a'), 7);
      const facts = await examineFolder(path);
      const states = (value: Awaited<ReturnType<typeof readView>>) =>
        names.map((name) => value.get(name)?.verdict.state);
      // As the kernel answers where one has no rights to ask, or where there are no leases.
      const readWhole: typeof liveSteps.readWhole = (entry, sink, options) =>
        liveSteps.readWhole(entry, sink, { ...options, probe: () => 'unknown' });
      const blind = await run(facts, (view) => readView(view, signal), { steps: { ...liveSteps, readWhole } });
      expect(states(blind.value)).toEqual(['whole', 'whole', 'whole']);
      expect(blind.level).toBe('per-file');
      expect(blind.observation.suspectScanGap).toContain('For 3 files it could not be told');
      expect(blind.report.notes.join()).toContain('For 3 files it could not be told');
      // Whoever may ask knows better.
      const seeing = await run(facts, (view) => readView(view, signal));
      expect(states(seeing.value)).toEqual(['torn', 'whole', 'whole']);
      expect(seeing.observation.suspectScanGap).not.toContain('could not be told');
    }));

  it('counts every file of a stacked filesystem, whose leases do not see who has the file below mapped', () =>
    withTmpfs(async (path) => {
      for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(path, name));
      for (const name of ['a', 'b']) writeFileSync(join(path, 'lower', name), name);
      const layers = `lowerdir=${path}/lower,upperdir=${path}/upper,workdir=${path}/work`;
      await withMount(['-t', 'overlay', '-o', layers, 'overlay'], join(path, 'merged'), async (merged) => {
        const { observation } = await run(await examineFolder(merged), (view) => readView(view, signal));
        expect(observation.suspectScanGap).toContain('For 2 files it could not be told');
      });
    }));

  it('does not believe whole seconds for two seconds', async () => {
    using folder = scratchFolder('live');
    const image = join(folder.path, 'image');
    const mountPoint = join(folder.path, 'mnt');
    mkdirSync(mountPoint);
    const fd = openSync(image, 'w');
    ftruncateSync(fd, 16 * mib);
    closeSync(fd);
    await runProgramOk(findProgram('mkfs.ext4') ?? '', ['-q', '-F', '-I', '128', image]);
    await withMount(['-o', 'loop', image], mountPoint, async () => {
      const root = join(mountPoint, 'tree');
      mkdirSync(root);
      // However slow this machine is: written just before the scan.
      const flush = async (): Promise<void> => writeFileSync(join(root, 'file'), 'x');
      const facts = await examineFolder(root);
      const young = await run(facts, reusableOf, { steps: { ...liveSteps, flush } });
      expect(young).toMatchObject({ level: 'per-file', value: [false], observation: { ctimeGranularityMs: 2000 } });
      await delay(2200);
      expect((await run(await examineFolder(root), reusableOf)).level).toBe('observed-static');
    });
  });
});

async function withMount(what: readonly string[], path: string, work: (path: string) => Promise<void>): Promise<void> {
  await runProgramOk(findProgram('mount') ?? '', [...what, path]);
  try {
    await work(path);
  } finally {
    await runProgramOk(findProgram('umount') ?? '', [path]);
  }
}

async function withTmpfs(work: (path: string) => Promise<void>): Promise<void> {
  using folder = scratchFolder('live');
  await withMount(['-t', 'tmpfs', '-o', 'size=8m', 'stillpoint'], folder.path, work);
}

async function listAll(entry: StillEntry): Promise<void> {
  for await (const child of entry.children?.() ?? []) await listAll(child);
}

function renameAndBack(root: string): void {
  renameSync(join(root, 'file'), join(root, 'elsewhere'));
  renameSync(join(root, 'elsewhere'), join(root, 'file'));
}

async function reusableOf(view: StillView): Promise<readonly boolean[]> {
  const found: boolean[] = [];
  for await (const entry of view.root.children?.() ?? []) found.push(entry.reusable);
  return found;
}
