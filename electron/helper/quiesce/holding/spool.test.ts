import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { Spool, type SpoolOptions } from './spool.ts';

const mib = 1024 * 1024;
/** More than one piece of memory, the last one smaller. */
const slab = 8 * mib + 4096;

function fill(spool: Spool, bytes: Buffer, step: number): void {
  for (let done = 0; done < bytes.length; ) {
    const slot = spool.slot(Math.min(step, bytes.length - done));
    const count = bytes.copy(slot, 0, done);
    spool.commit(slot, count);
    done += count;
  }
}

async function readBack(spool: Spool, position: number, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let done = 0; done < length; ) {
    const part = Buffer.from(await spool.read(position + done, length - done));
    parts.push(part);
    done += part.length;
  }
  return Buffer.concat(parts);
}

/** Every place differs from its neighbours and from those a round number of bytes away. */
function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 7 + (index >> 8) * 13 + (index >> 16)) & 0xff;
  return bytes;
}

function open(options: Partial<SpoolOptions> & Pick<SpoolOptions, 'scratchDirectory'>): Spool {
  return new Spool({ memoryBytes: slab, scratchBytes: 0, ...options });
}

describe('Spool', () => {
  it('gives back what was put in, from memory and from the scratch file, at any position', async () => {
    using folder = scratchFolder('spool');
    using spool = open({ scratchDirectory: folder.path, scratchBytes: 4 * mib });
    const bytes = pattern(slab + 3 * mib + 5);
    fill(spool, bytes, 777_777);
    expect(spool.length).toBe(bytes.length);
    for (const [position, length] of [
      [0, bytes.length],
      [slab - 3, 10],
      [slab, 1],
      [slab + 15, 17],
      [slab + 16, 16],
      [slab + mib + 1, mib + 333],
      [bytes.length - 1, 1],
    ] as const)
      expect((await readBack(spool, position, length)).equals(bytes.subarray(position, position + length))).toBe(true);
  });

  it('leaves no name in the scratch folder', () => {
    using folder = scratchFolder('spool');
    using spool = open({ scratchDirectory: folder.path, scratchBytes: mib });
    fill(spool, pattern(slab + 100), mib);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('is full when both are, and says so', () => {
    using folder = scratchFolder('spool');
    using spool = open({ scratchDirectory: folder.path, scratchBytes: mib });
    fill(spool, Buffer.alloc(slab + mib), mib);
    expect(() => spool.slot(1)).toThrow(expect.objectContaining({ kind: 'scratch-full', retryable: true }));
  });

  it('needs no scratch folder when memory is enough', () => {
    using folder = scratchFolder('spool');
    rmSync(folder.path, { recursive: true });
    using spool = open({ scratchDirectory: folder.path });
    fill(spool, Buffer.alloc(slab), mib);
    expect(() => spool.slot(1)).toThrow(expect.objectContaining({ kind: 'scratch-full' }));
    mkdirSync(folder.path);
  });

  it('says so when it needs the scratch folder and there is none', () => {
    const open = (): Spool =>
      new Spool({ memoryBytes: mib, scratchDirectory: '/nonexistent/scratch', scratchBytes: mib });
    expect(open).toThrow(expect.objectContaining({ kind: 'scratch-full' }));
  });

  it('forgets what it held when it is used again', async () => {
    using folder = scratchFolder('spool');
    using spool = open({ scratchDirectory: folder.path, scratchBytes: 2 * mib });
    fill(spool, pattern(slab + mib), mib);
    spool.reset();
    const other = Buffer.alloc(slab + mib, 'other');
    fill(spool, other, mib);
    expect((await readBack(spool, slab, mib)).equals(other.subarray(slab))).toBe(true);
  });

  it('gives nothing when the still view is over', async () => {
    using folder = scratchFolder('spool');
    const spool = open({ scratchDirectory: folder.path });
    fill(spool, pattern(100), 100);
    spool[Symbol.dispose]();
    await expect(spool.read(0, 10)).rejects.toThrow('over');
  });
});
