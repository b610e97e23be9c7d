import { closeSync, constants, openSync } from 'node:fs';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { statxDescriptor } from '../../system/statx.ts';
import type { HotFile, HotFiles, HotFileWatch, KernelHotFileWatch } from './contract.ts';
import { type HotFileWatchOptions, startHotFileWatch } from './watch.ts';

export interface HotFileWatchesOptions extends Omit<HotFileWatchOptions, 'fd'> {
  /** A watch that nobody wanted for so long ends, ms. Default 8 days: more than a week between two backups. */
  readonly unusedMs?: number;
  /** The kernel's by default. */
  readonly start?: typeof startHotFileWatch;
}

/** For `QuiesceEnvironment.hotFiles`: watches kept between runs, one for each filesystem that has large hot files. */
export interface HotFileWatches extends AsyncDisposable {
  /** Begins nothing yet: a watch begins when hot files are wanted of it, and costs nobody anything before. */
  watchFor(facts: Pick<FilesystemFacts, 'root' | 'deviceId'>): HotFileWatch;
}

interface Kept {
  readonly watch: KernelHotFileWatch;
  wantedAt: number;
}

const defaultUnusedMs = 8 * 24 * 3600 * 1000;

export function newHotFileWatches(options: HotFileWatchesOptions): HotFileWatches {
  const { unusedMs = defaultUnusedMs, start = startHotFileWatch } = options;
  const kept = new Map<bigint, Kept>();

  const endUnused = (): void => {
    for (const [device, { watch, wantedAt }] of kept) {
      if (watch.isAlive && performance.now() - wantedAt < unusedMs) continue;
      kept.delete(device);
      void watch[Symbol.asyncDispose]();
    }
  };
  const timer = setInterval(endUnused, Math.min(unusedMs, 3600 * 1000));
  timer.unref();

  const wanted = ({ root, deviceId }: Pick<FilesystemFacts, 'root' | 'deviceId'>): KernelHotFileWatch => {
    endUnused();
    const known = kept.get(deviceId);
    if (known !== undefined) {
      known.wantedAt = performance.now();
      return known.watch;
    }
    const fd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      if (statxDescriptor(fd).deviceId !== deviceId) throw otherFilesystem();
      const watch = start({ ...options, fd });
      kept.set(deviceId, { watch, wantedAt: performance.now() });
      return watch;
    } finally {
      closeSync(fd);
    }
  };

  return {
    watchFor: (facts) => ({
      startedNs: 0n,
      // Wanted once, for a hold: only then is it worth what it costs.
      expect: (file) => kept.get(facts.deviceId)?.watch.expect(file),
      covers: (file) => kept.get(facts.deviceId)?.watch.covers(file) ?? false,
      newHotFiles: () => {
        try {
          return wanted(facts).newHotFiles();
        } catch (error) {
          return refusing(error instanceof StillpointError ? error.message : 'It cannot be watched here.');
        }
      },
      [Symbol.asyncDispose]: async () => {},
    }),
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      for (const { watch } of kept.values()) await watch[Symbol.asyncDispose]();
      kept.clear();
    },
  };
}

/** A path can lead elsewhere by now; only the filesystem that was examined is ever watched. */
function otherFilesystem(): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: 'Another file system is there now.',
    guidance: 'Look at the source again.',
  });
}

function refusing(reason: string): HotFiles {
  const problems = (files: readonly HotFile[]) => files.map((file) => ({ file, reason }));
  return {
    obstacle: () => reason,
    prepare: async (files) => problems(files),
    hold: () => [],
    account: { accesses: 0, savedBytes: 0, longestWaitMs: 0 },
    pids: null,
    content: () => {
      throw new Error(reason);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
