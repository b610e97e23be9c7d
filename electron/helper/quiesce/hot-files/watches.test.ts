import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { HotFile, KernelHotFileWatch } from './contract.ts';
import { newHotFileWatches } from './watches.ts';

const deviceId = statSync(tmpdir(), { bigint: true }).dev;
const facts = { root: Buffer.from(tmpdir()), deviceId };
const file: HotFile = { where: '/data/disk.img', fd: -1, deviceId, inode: 1n, size: 1n };

function fakes(told: string[]) {
  let isAlive = true;
  const start = (): KernelHotFileWatch => {
    told.push('start');
    return {
      startedNs: 0n,
      get isAlive() {
        return isAlive;
      },
      expect: ({ where }) => void told.push(`expect ${where}`),
      covers: () => true,
      newHotFiles: () => ({
        obstacle: () => 'busy',
        prepare: async () => [],
        hold: () => [],
        content: () => {
          throw new Error('not asked for');
        },
        account: { accesses: 0, savedBytes: 0, longestWaitMs: 0 },
        pids: null,
        [Symbol.asyncDispose]: async () => {},
      }),
      [Symbol.asyncDispose]: async () => void told.push('end'),
    };
  };
  return {
    start,
    unmount: () => {
      isAlive = false;
    },
  };
}

describe('watches', () => {
  it('begin when hot files are wanted, once for a filesystem, and end with their owner', async () => {
    const told: string[] = [];
    const watches = newHotFileWatches({ guardBinary: '/none', start: fakes(told).start });
    const watch = watches.watchFor(facts);
    expect(told).toEqual([]);
    watch.newHotFiles();
    watches.watchFor(facts).newHotFiles();
    expect(told).toEqual(['start']);
    await watches[Symbol.asyncDispose]();
    expect(told).toEqual(['start', 'end']);
  });

  it('look for a better moment for what is refused now, once they have begun', async () => {
    const told: string[] = [];
    await using watches = newHotFileWatches({ guardBinary: '/none', start: fakes(told).start });
    const watch = watches.watchFor(facts);
    watch.expect({ ...file, open: () => -1 });
    expect(told).toEqual([]);
    watch.newHotFiles();
    watch.expect({ ...file, open: () => -1 });
    expect(told).toEqual(['start', 'expect /data/disk.img']);
  });

  it('begin anew after the filesystem was unmounted, and when nobody wanted them for long', async () => {
    const told: string[] = [];
    const { start, unmount } = fakes(told);
    await using watches = newHotFileWatches({ guardBinary: '/none', start });
    watches.watchFor(facts).newHotFiles();
    unmount();
    watches.watchFor(facts).newHotFiles();
    expect(told).toEqual(['start', 'end', 'start']);
    const tired: string[] = [];
    await using forgetful = newHotFileWatches({ guardBinary: '/none', start: fakes(tired).start, unusedMs: 0 });
    forgetful.watchFor(facts).newHotFiles();
    forgetful.watchFor(facts).newHotFiles();
    expect(tired).toEqual(['start', 'end', 'start']);
  });

  it('refuse with the words of the kernel’s refusal', async () => {
    const start = (): never => {
      throw new StillpointError({ kind: 'freeze-unsupported', message: 'Not here.', guidance: 'Elsewhere.' });
    };
    await using watches = newHotFileWatches({ guardBinary: '/none', start });
    const hot = watches.watchFor(facts).newHotFiles();
    expect(hot.obstacle(file)).toBe('Not here.');
    expect(await hot.prepare([file], AbortSignal.abort())).toEqual([{ file, reason: 'Not here.' }]);
  });
});
