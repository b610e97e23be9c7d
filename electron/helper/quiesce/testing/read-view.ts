import type { ContentVerdict, EntryMeta, StillEntry, StillView } from '../contract.ts';
import { memoryBytes } from './memory-ahead.ts';

export interface ReadFile {
  readonly meta: EntryMeta;
  readonly base: string | null;
  readonly verdict: ContentVerdict;
  readonly bytes: Buffer;
  /** Bytes taken from the base version, not sent. */
  readonly same: number;
  /** It was stored before the still point, in a `memoryAhead`. */
  readonly isTaken: boolean;
}

/** Files of a view by path below its root. `base` gives earlier content for ranges that are said to be the same. */
export async function readView(
  view: StillView,
  signal: AbortSignal,
  base: ReadonlyMap<string, Buffer> = new Map(),
): Promise<ReadonlyMap<string, ReadFile>> {
  const files = new Map<string, ReadFile>();
  const visit = async (entry: StillEntry, path: string): Promise<void> => {
    if (entry.content !== null) files.set(path, await readEntry(entry, signal, base.get(path)));
    const names = new Set<string>();
    for await (const child of entry.children?.() ?? []) {
      const name = Buffer.from(child.name).toString('latin1');
      if (names.has(name)) throw new Error(`${path} has two entries named ${name}`);
      names.add(name);
      await visit(child, path === '' ? name : `${path}/${name}`);
    }
  };
  await visit(view.root, '');
  return files;
}

async function readEntry(entry: StillEntry, signal: AbortSignal, base: Buffer | undefined): Promise<ReadFile> {
  const taken = entry.content?.taken;
  if (taken !== undefined)
    return {
      ...{ meta: entry.meta, base: null, bytes: memoryBytes(taken), same: 0, isTaken: true },
      verdict: { state: 'whole', meta: entry.meta },
    };
  let parts: Buffer[] = [];
  let length = 0;
  let same = 0;
  const add = (bytes: Buffer): void => {
    parts.push(bytes);
    length += bytes.length;
  };
  const verdict = await entry.content?.readInto(
    {
      // Copied: the buffer is the sender's again.
      data: async (bytes) => add(Buffer.from(bytes)),
      hole: async (count) => add(Buffer.alloc(count)),
      same: async (count) => {
        if (base === undefined) throw new Error('a range is said to be the same, and there is no base');
        add(Buffer.from(base.subarray(length, length + count)));
        same += count;
      },
      restart: () => {
        parts = [];
        length = 0;
        same = 0;
      },
    },
    signal,
  );
  if (verdict === undefined) throw new Error('an entry without content was read');
  return {
    meta: entry.meta,
    base: entry.content?.base ?? null,
    verdict,
    bytes: Buffer.concat(parts),
    same,
    isTaken: false,
  };
}
