import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import type { NamedFile, PhaseReporter, StillEntry, StillView } from '../quiesce/contract.ts';
import { captureAs } from './capture.ts';
import type { BlobStore, Captured, TakenNamedFile } from './contract.ts';
import { CountingReporter, entryOf, viewOf } from './testing/literal-view.ts';
import { MemoryBlobStore } from './testing/memory-blob-store.ts';

const accounts = { user: () => undefined, group: () => undefined };
const notAsNamed: TakenNamedFile = { blobs: [], length: 0, storedLength: 0, isAsNamed: false };

type TakeNamed = NonNullable<BlobStore['takeNamed']>;

class NamingStore extends MemoryBlobStore {
  readonly takeNamed: TakeNamed;

  constructor(takeNamed: TakeNamed) {
    super();
    this.takeNamed = takeNamed;
  }
}

interface Reads {
  underWay: number;
  most: number;
}

/** A folder of files that may be taken by name, or are read a turn of the event loop later. */
function viewOfNamed(count: number, reads: Reads = { underWay: 0, most: 0 }, onListed = (_: number) => {}): StillView {
  const view = viewOf({ entries: {} });
  function* children(): Iterable<StillEntry> {
    for (let index = 0; index < count; index += 1) {
      onListed(index);
      const entry = entryOf(`file-${index}`, { bytes: `content ${index}` });
      const { content, meta } = entry;
      if (content === null) throw new Error('a file has content');
      const { inode, mtimeNs, ctimeNs } = meta;
      const named: NamedFile = {
        ...{ directory: -1, name: entry.name, size: Number(meta.size), inode, mtimeNs, ctimeNs },
      };
      yield {
        ...entry,
        content: {
          base: null,
          named,
          readInto: async (sink, signal) => {
            reads.underWay -= 1;
            await new Promise((resolve) => setImmediate(resolve));
            return content.readInto(sink, signal);
          },
        },
      };
    }
  }
  return { ...view, root: { ...view.root, children } };
}

function take(view: StillView, store: BlobStore, report: PhaseReporter = new CountingReporter()): Promise<Captured> {
  const { signal } = new AbortController();
  return captureAs(accounts, view, store, { signal, report, parentTree: null, parentFlushedAtNs: null });
}

describe('files that threads take by their names', () => {
  it('end the capture where the store refuses one at once, whatever is still under way', async () => {
    let asked = 0;
    const store = new NamingStore((_file, done) => {
      asked += 1;
      if (asked === 3) throw new Error('the place is full');
      setImmediate(() => done(notAsNamed));
    });
    await expect(take(viewOfNamed(5), store)).rejects.toThrow('the place is full');
  });

  it('end the capture where what was taken cannot be made an entry, not the process', async () => {
    const report = new CountingReporter();
    report.advance = () => {
      throw new Error('nobody listens');
    };
    const taken = { ...notAsNamed, blobs: ['0'.repeat(64) as BlobId], isAsNamed: true };
    const store = new NamingStore((_file, done) => void setImmediate(() => done(taken)));
    await expect(take(viewOfNamed(2), store, report)).rejects.toThrow('nobody listens');
  });

  it('are listed no faster than they are read where they are not as named', async () => {
    const reads: Reads = { underWay: 0, most: 0 };
    const view = viewOfNamed(3000, reads, () => {
      reads.underWay += 1;
      reads.most = Math.max(reads.most, reads.underWay);
    });
    let asked = 0;
    // Every second one is as named, so that it never stops being worth trying.
    const store = new NamingStore((file, done) => {
      asked += 1;
      const isAsNamed = asked % 2 === 0;
      queueMicrotask(() => {
        if (isAsNamed) reads.underWay -= 1;
        done({ ...notAsNamed, length: file.size, isAsNamed });
      });
    });
    const { totals } = await take(view, store);
    expect(totals.files).toBe(3000);
    expect(reads.underWay).toBe(0);
    expect(reads.most).toBeLessThanOrEqual(600);
  });
});
