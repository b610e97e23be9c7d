import { describe, expect, it, vi } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { Sealer } from '../crypto/sealer.ts';
import { Documents } from '../documents.ts';
import type { PackId } from '../format/ids.ts';
import { encodeIndexFile } from '../format/index-file.ts';
import { faulty } from '../testing/faulty.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { loadIndex } from './load-index.ts';
import type { LoadedIndex } from './loaded-index.ts';

const sealer = new Sealer({ encrypt: Buffer.alloc(32, 1), macK: Buffer.alloc(16, 2), macR: Buffer.alloc(16, 3) });
const idOf = (number: number): PackId => number.toString(16).padStart(64, '0') as PackId;
const listing = (numbers: readonly number[], supersedes: readonly string[] = []): string =>
  encodeIndexFile({
    supersedes,
    packs: numbers.map((number) => ({
      id: idOf(number),
      blobs: [{ type: 'tree', id: idOf(number), offset: 0, length: 50, uncompressedLength: 0 }],
    })),
  });

/** A place with a log of what is loaded, and the numbers of the packs that an index holds. */
function place() {
  const inner = new MemoryBackend();
  const backend = faulty(inner);
  const documents = new Documents(backend, sealer, 2);
  const loads = (): number => backend.log.splice(0).filter((entry) => entry === 'load index').length;
  return { inner, backend, documents, loads };
}

function held({ blobs }: LoadedIndex, upTo = 40): number[] {
  return Array.from({ length: upTo }, (_, number) => number).filter((number) => blobs.has('tree', idOf(number)));
}

/** Aborts when the event loop came round so many times. */
function abortAfterTurns(turns: number): AbortSignal {
  const controller = new AbortController();
  const turn = (left: number): void => void (left <= 0 ? controller.abort() : setImmediate(() => turn(left - 1)));
  turn(turns);
  return controller.signal;
}

describe('catching up with the index', () => {
  it('never holds what is gone, wherever it was cancelled before', async () => {
    let nowMs = 0;
    // Every look at the clock says that others want their turn.
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 1_000));
    let wasTorn = false;
    try {
      for (let turns = 0, isDone = false; !isDone; turns += 1) {
        const { inner, documents } = place();
        await documents.save('index', listing([1]));
        const index = await loadIndex(documents);
        const added = Array.from({ length: 100 }, (_, number) => number + 2);
        const file = await documents.save('index', listing(added));
        isDone = await index.catchUp(documents, { signal: abortAfterTurns(turns) }).catch(() => false);
        wasTorn ||= !isDone && held(index, 200).length > 1;
        // Somebody prunes.
        inner.files.delete(`index/${file}`);
        if (await index.catchUp(documents)) expect(held(index, 200)).toEqual([1]);
      }
    } finally {
      clock.mockRestore();
    }
    expect(wasTorn).toBe(true);
  });

  it('reads nothing when nothing is new, and only what is new when something is', async () => {
    const { documents, loads } = place();
    await documents.save('index', listing([1, 2]));
    const index = await loadIndex(documents);
    loads();
    expect([await index.catchUp(documents), loads()]).toEqual([true, 0]);
    await documents.save('index', listing([3]));
    expect([await index.catchUp(documents), loads()]).toEqual([true, 1]);
    expect(held(index)).toEqual([1, 2, 3]);
    expect([await index.catchUp(documents), loads()]).toEqual([true, 0]);
  });

  it('does not read back what this process wrote', async () => {
    const { documents, loads } = place();
    const index = await loadIndex(documents);
    const { name, size } = await documents.saveListed('index', listing([4]));
    index.wrote(name, size);
    loads();
    expect([await index.catchUp(documents), loads()]).toEqual([true, 0]);
  });

  it('is not enough once a file is gone, is another length, or is replaced', async () => {
    const { inner, documents } = place();
    const first = await documents.save('index', listing([1]));
    const second = await documents.save('index', listing([2]));
    const index = await loadIndex(documents);
    const bytes = inner.files.get(`index/${first}`) ?? Buffer.alloc(0);
    inner.files.delete(`index/${first}`);
    expect(await index.catchUp(documents)).toBe(false);
    inner.files.set(`index/${first}`, bytes.subarray(1));
    expect(await index.catchUp(documents)).toBe(false);
    inner.files.set(`index/${first}`, bytes);
    expect(await index.catchUp(documents)).toBe(true);
    await documents.save('index', listing([3], [second]));
    expect(await index.catchUp(documents)).toBe(false);
    expect(held(await loadIndex(documents))).toEqual([1, 3]);
  });

  it('does not take in a file that one in force replaces, also when it appears later', async () => {
    const { inner, documents } = place();
    const old = await documents.save('index', listing([1]));
    const bytes = inner.files.get(`index/${old}`) ?? Buffer.alloc(0);
    await documents.save('index', listing([2], [old]));
    inner.files.delete(`index/${old}`);
    const index = await loadIndex(documents);
    inner.files.set(`index/${old}`, bytes);
    expect([await index.catchUp(documents), held(index)]).toEqual([false, [2]]);
    const both = await loadIndex(documents);
    expect([await both.catchUp(documents), held(both)]).toEqual([true, [2]]);
  });

  it('ends at a damaged new file and at a cancel', async () => {
    const { inner, documents } = place();
    const index = await loadIndex(documents);
    const name = await documents.save('index', listing([1]));
    await expect(index.catchUp(documents, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
    inner.files.get(`index/${name}`)?.fill(0, 0, 8);
    await expect(index.catchUp(documents)).rejects.toMatchObject({ kind: 'repository-damaged' });
  });

  it('gives what reading everything anew gives, whatever is added, replaced and removed in between', async () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = new SeededRandom(seed);
      const { inner, documents } = place();
      let index = await loadIndex(documents);
      for (let step = 0; step < 12; step += 1) {
        const names = [...inner.files.keys()].map((key) => key.slice('index/'.length));
        const one = names[random.int(Math.max(1, names.length))];
        const change = random.int(4);
        if (change === 0 || one === undefined) await documents.save('index', listing([random.int(40)]));
        else if (change === 1) inner.files.delete(`index/${one}`);
        else if (change === 2) await documents.save('index', listing([random.int(40)], [one]));
        if (random.int(2) === 0) continue;
        const isEnough = await index.catchUp(documents);
        const anew = await loadIndex(documents);
        if (isEnough) expect(held(index), `seed ${seed}, step ${step}`).toEqual(held(anew));
        else index = anew;
      }
    }
  });
});

describe('trees known to be whole', () => {
  it('stay known while files are added, and are forgotten with the index they were in', async () => {
    const { documents } = place();
    await documents.save('index', listing([1, 2]));
    const index = await loadIndex(documents);
    const [one, two, three] = [1, 2, 3].map((number) => idOf(number) as unknown as BlobId) as [BlobId, BlobId, BlobId];
    index.completeTrees.add(two);
    index.completeTrees.add(three);
    const many = Array.from({ length: 3000 }, (_, number) => number + 100);
    await documents.save('index', listing([3, ...many]));
    await index.catchUp(documents);
    const known = [one, two, three].map((tree) => index.completeTrees.has(tree));
    expect(known).toEqual([false, true, false]);
    expect((await loadIndex(documents)).completeTrees.has(two)).toBe(false);
  });
});
