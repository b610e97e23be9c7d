import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freezeUnguarded, thaw } from '../../system/ioctl.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { findWriterHolders } from '../../system/writer-holders.ts';
import { sleepSync } from '../guard/testing/sleep-sync.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { killLater, neverAborted, openHotScene, readContent, reasonOf, whileFrozen } from './testing/scene.ts';
import type { HotFileWatchOptions } from './watch.ts';

const fileBytes = 1024 * 1024;
const old = Buffer.alloc(fileBytes, 'old content, ');
const missing = whyNoLoopFilesystem('ext4');
const server = (name: string): string => fileURLToPath(new URL(`./testing/${name}.ts`, import.meta.url));
type Mutant = Partial<HotFileWatchOptions>;

/** What is claimed of a copy, and whether it is the old content. A mutant is caught where these contradict each other. */
interface Outcome {
  readonly claim: string;
  readonly isOld: boolean;
}
const honest = (outcome: Outcome): boolean => outcome.claim !== 'whole' || outcome.isOld;

describe.skipIf(missing !== undefined)(missing ?? 'with one step taken away, a copy claims what it is not', () => {
  let filesystem: LoopFilesystem;
  let root: number;
  let path: string;
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 100, dir: '/dev/shm' });
    root = openSync(filesystem.mountPoint, 'r');
    path = join(filesystem.mountPoint, 'hot');
  });
  afterAll(async () => {
    closeSync(root);
    await filesystem.close();
  });

  /** A write that had passed the place of asking before we asked, and happens after the thaw. */
  const writeUnderWay = async (mutant: Mutant): Promise<Outcome> => {
    writeFileSync(path, old);
    await using scene = await openHotScene(root, path, mutant);
    const { scribe, file, hot } = scene;
    let changed: Promise<void> | undefined;
    let problems: readonly { readonly reason: string }[];
    // The watchdog of the filesystem thaws it should this process hang.
    freezeUnguarded(root);
    try {
      changed = scribe.change('pwrite', 0, 4096);
      await delay(200);
      problems = await hot.prepare([file], neverAborted);
      hot.hold();
    } finally {
      thaw(root);
    }
    await changed;
    const [problem] = problems;
    if (problem !== undefined) return { claim: problem.reason, isOld: false };
    return outcomeOf(await readContent(hot.content(file)));
  };

  /** A write that was let go on before the hold, and happens after the thaw. */
  const writeLetGo = async (mutant: Mutant): Promise<Outcome> => {
    writeFileSync(path, old);
    await using scene = await openHotScene(root, path, mutant);
    const { scribe, file, hot } = scene;
    expect(await hot.prepare([file], neverAborted)).toEqual([]);
    let changed: Promise<void> | undefined;
    await whileFrozen(filesystem.mountPoint, () => {
      changed = scribe.change('pwrite', 8192, 300_000);
      sleepSync(400);
      return hot.hold();
    });
    await changed;
    return outcomeOf(await readContent(hot.content(file)));
  };

  /** Stores through memory that was mapped before, or after, everything was prepared. */
  const storeIn =
    (when: 'before' | 'after') =>
    async (mutant: Mutant): Promise<Outcome> => {
      writeFileSync(path, old);
      await using scene = await openHotScene(root, path, mutant);
      const { file, hot } = scene;
      await using writer = await startMappedWriter();
      if (when === 'before') await writer.map(path, 4096);
      const [problem] = await hot.prepare([file], neverAborted);
      if (problem !== undefined) return { claim: problem.reason, isOld: false };
      if (when === 'after') await writer.map(path, 4096);
      await whileFrozen(filesystem.mountPoint, () => hot.hold());
      await writer.store(0, 1);
      return outcomeOf(await readContent(hot.content(file)));
    };

  const outcomeOf = ({ verdict, bytes }: Awaited<ReturnType<typeof readContent>>): Outcome => ({
    claim: reasonOf(verdict),
    isOld: bytes.equals(old),
  });

  const seesNoMapping: typeof findWriterHolders = (files) => ({
    holders: findWriterHolders(files).holders.filter(({ how }) => how !== 'mapping'),
    gaps: [],
  });

  it.each<[string, (mutant: Mutant) => Promise<Outcome>, Mutant]>([
    ['threads are not seen to be elsewhere', writeUnderWay, { steps: { whyNotSettled: async () => null } }],
    ['last accesses before the hold are not kept', writeLetGo, { program: server('forgetful-server') }],
    ['mappings made later are taken for reading', storeIn('after'), { program: server('unmapped-server') }],
    ['mappings that are there are not looked for', storeIn('before'), { steps: { writersOf: seesNoMapping } }],
  ])('%s', async (_, scenario, mutant) => {
    using _killer = killLater(process.pid, 90);
    const asItIs = await scenario({});
    expect(honest(asItIs), JSON.stringify(asItIs)).toBe(true);
    expect(await scenario(mutant)).toEqual({ claim: 'whole', isOld: false });
  });
});
