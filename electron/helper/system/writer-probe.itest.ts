import { closeSync, constants, ftruncateSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tracesMappedWrites } from '../quiesce/ctime/mapped-writes.ts';
import { startMappedWriter } from '../quiesce/testing/mapped-writer/index.ts';
import { scratchFolder } from '../quiesce/testing/scratch-folder.ts';
import { processAbilities } from './capabilities.ts';
import { findProgram, runProgramOk } from './exec.ts';
import { asIdentity } from './identity.ts';
import { syncFilesystemSync } from './sync.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from './testing/loop-filesystem.ts';
import { findWriterHolders } from './writer-holders.ts';
import { probeWriters, type WriterProbe } from './writer-probe.ts';

const pageBytes = 4096;
/** Longer than the slowest clock step that stamps files. */
const stepMs = 15;

function probe(path: string): WriterProbe {
  const fd = openSync(path, 'r');
  try {
    return probeWriters(fd);
  } finally {
    closeSync(fd);
  }
}

function ctimeOf(path: string): bigint {
  return statSync(path, { bigint: true }).ctimeNs;
}

function identityOf(path: string): { deviceId: bigint; inode: bigint } {
  const { dev, ino } = statSync(path, { bigint: true });
  return { deviceId: dev, inode: ino };
}

/** Whether a store through a mapping moves the ctime: at once, or after the page was read first. */
async function storesLeaveTraces(path: string): Promise<{ atOnce: boolean; afterRead: boolean }> {
  writeFileSync(path, Buffer.alloc(2 * pageBytes));
  await using writer = await startMappedWriter();
  const moved = async (act: () => Promise<void>): Promise<boolean> => {
    const before = ctimeOf(path);
    await delay(stepMs);
    await act();
    return ctimeOf(path) > before;
  };
  await writer.map(path, 2 * pageBytes);
  const atOnce = await moved(() => writer.store(0, 1));
  await writer.unmap();
  await writer.map(path, 2 * pageBytes);
  await writer.touch(0);
  await writer.touch(pageBytes);
  const afterRead = await moved(() => writer.store(pageBytes, 1));
  return { atOnce, afterRead };
}

const mib = 1024 * 1024;

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'asking who can write', () => {
    let filesystem: LoopFilesystem;
    let path: string;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 120 });
      path = join(filesystem.mountPoint, 'file');
      writeFileSync(path, Buffer.alloc(2 * pageBytes));
    });
    afterAll(() => filesystem.close());

    it('finds nobody when nobody is there, and does not mind readers', () => {
      const reader = openSync(path, 'r');
      expect(probe(path)).toBe('none');
      closeSync(reader);
    });

    it('finds a descriptor, and whose it is', () => {
      const fd = openSync(path, 'r+');
      expect(probe(path)).toBe('some');
      const { holders } = findWriterHolders([identityOf(path)]);
      expect(holders).toContainEqual(expect.objectContaining({ how: 'descriptor', pid: process.pid, isDirect: false }));
      closeSync(fd);
      expect(probe(path)).toBe('none');
    });

    it('finds a mapping whose descriptor is closed, and whose it is', async () => {
      await using writer = await startMappedWriter();
      await writer.map(path, pageBytes);
      expect(probe(path)).toBe('some');
      const { holders } = findWriterHolders([identityOf(path)]);
      expect(holders).toEqual([{ how: 'mapping', file: identityOf(path), pid: writer.pid }]);
      await writer.unmap();
      expect(probe(path)).toBe('none');
    });

    it('tells a descriptor whose writes go past the cache', () => {
      const fd = openSync(path, constants.O_RDWR | constants.O_DIRECT);
      const { holders } = findWriterHolders([identityOf(path)]);
      closeSync(fd);
      expect(holders).toContainEqual(expect.objectContaining({ how: 'descriptor', pid: process.pid, isDirect: true }));
    });

    it('does not take a descriptor for reading for a writer', () => {
      const fd = openSync(path, 'r');
      const { holders } = findWriterHolders([identityOf(path)]);
      closeSync(fd);
      expect(holders).toEqual([]);
    });

    it('finds a loop device, and its name', async () => {
      const image = join(filesystem.mountPoint, 'image');
      const fd = openSync(image, 'w');
      ftruncateSync(fd, 4 * mib);
      closeSync(fd);
      const attached = await runProgramOk(findProgram('losetup') ?? '', ['--find', '--show', image]);
      const device = attached.stdout.toString().trim();
      try {
        expect(probe(image)).toBe('some');
        const { holders } = findWriterHolders([identityOf(image)]);
        expect(holders).toEqual([{ how: 'loop-device', file: identityOf(image), device: device.replace('/dev/', '') }]);
      } finally {
        await runProgramOk(findProgram('losetup') ?? '', ['--detach', device]);
      }
    });

    // Page here is what the kernel keeps together: with large folios one store can make many pages writable at once.
    it('every first store into a clean page moves the ctime, and a second one does not', async () => {
      const traced = join(filesystem.mountPoint, 'traced');
      expect(await storesLeaveTraces(traced)).toEqual({ atOnce: true, afterRead: true });
      await using writer = await startMappedWriter();
      await writer.map(traced, pageBytes);
      await writer.store(0, 2);
      const dirty = ctimeOf(traced);
      await delay(stepMs);
      await writer.store(0, 3);
      expect(ctimeOf(traced)).toBe(dirty);
      const fd = openSync(traced, 'r');
      syncFilesystemSync(fd);
      closeSync(fd);
      await delay(stepMs);
      await writer.store(0, 4);
      expect(ctimeOf(traced)).toBeGreaterThan(dirty);
    });
  });
});

const mount = findProgram('mount') ?? '';
const umount = findProgram('umount') ?? '';
const isRoot = processAbilities().canFreeze;

describe.skipIf(!isRoot)(isRoot ? 'where it cannot be told' : 'needs root (CAP_SYS_ADMIN) to mount', () => {
  it('a file of somebody else, asked about without rights', () => {
    using folder = scratchFolder('probe');
    const path = join(folder.path, 'file');
    writeFileSync(path, 'x', { mode: 0o644 });
    const fd = openSync(path, 'r');
    expect(asIdentity({ uid: 65534, gid: 65534, groups: [] }, () => probeWriters(fd))).toBe('unknown');
    expect(probeWriters(fd)).toBe('none');
    closeSync(fd);
  });

  it('tmpfs: a store into a page that was read first leaves no trace', async () => {
    using folder = scratchFolder('probe');
    await runProgramOk(mount, ['-t', 'tmpfs', '-o', 'size=1m', 'stillpoint', folder.path]);
    try {
      expect(await storesLeaveTraces(join(folder.path, 'file'))).toEqual({ atOnce: true, afterRead: false });
      expect(tracesMappedWrites('tmpfs')).toBe(false);
    } finally {
      await runProgramOk(umount, [folder.path]);
    }
  });

  it('overlay: a mapping is not seen', async () => {
    using folder = scratchFolder('probe');
    const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) => join(folder.path, name));
    for (const directory of [lower, upper, work, merged]) mkdirSync(directory ?? '');
    const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    await runProgramOk(mount, ['-t', 'overlay', '-o', layers, 'stillpoint', merged ?? '']);
    try {
      const path = join(merged ?? '', 'file');
      writeFileSync(path, Buffer.alloc(pageBytes));
      await using writer = await startMappedWriter();
      await writer.map(path, pageBytes);
      expect(probe(path)).toBe('none');
      expect(tracesMappedWrites('overlay')).toBe(false);
    } finally {
      await runProgramOk(umount, [merged ?? '']);
    }
  });
});

describe('probing', () => {
  it('does not disturb who opens the file for writing meanwhile', () => {
    using folder = scratchFolder('probe');
    const path = join(folder.path, 'file');
    writeFileSync(path, 'x');
    for (let turn = 0; turn < 200; turn += 1) {
      probe(path);
      closeSync(openSync(path, 'r+'));
    }
    expect(probe(path)).toBe('none');
  });
});
