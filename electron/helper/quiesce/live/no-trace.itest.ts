import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { processAbilities } from '../../system/capabilities.ts';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import type { StillView } from '../contract.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { readView } from '../testing/read-view.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { createLive, liveSteps } from './live.ts';
import { run, signal } from './testing/run-live.ts';

const mib = 1024 * 1024;

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

async function reusableOf(view: StillView): Promise<readonly boolean[]> {
  const found: boolean[] = [];
  for await (const entry of view.root.children?.() ?? []) found.push(entry.reusable);
  return found;
}
