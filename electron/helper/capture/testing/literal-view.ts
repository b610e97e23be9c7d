import type {
  ContentSink,
  ContentVerdict,
  EntryMeta,
  PhaseReporter,
  SameAs,
  StillEntry,
  StillView,
  TakenContent,
} from '../../quiesce/contract.ts';

/** Everything of a made-up entry that a test cares about; the rest has plain values. */
export interface LiteralFile {
  readonly bytes?: Uint8Array | string;
  readonly meta?: Partial<EntryMeta>;
  readonly reusable?: boolean;
  readonly base?: string;
  /** Of this version; see `StillEntry.sameAs`. */
  readonly sameAs?: string;
  readonly taken?: TakenContent;
  /** Instead of sending `bytes` and calling it whole. */
  readonly read?: (sink: ContentSink, meta: EntryMeta) => Promise<ContentVerdict>;
}
export interface LiteralDirectory {
  readonly meta?: Partial<EntryMeta>;
  readonly sameAs?: SameAs;
  readonly entries: Readonly<Record<string, LiteralEntry>>;
}
export type LiteralEntry =
  | LiteralFile
  | LiteralDirectory
  | { readonly meta: Partial<EntryMeta> & Pick<EntryMeta, 'type'> };

const nothingBelow: SameAs['below'] = { files: 0, directories: 0, others: 0, bytes: 0 };

/** The same name has the same inode each time it is listed, as on a disk. */
function inodeOf(name: string): bigint {
  return BigInt(`0x1${Buffer.from(name, 'latin1').toString('hex').slice(0, 14)}`);
}

export function metaOf(type: EntryMeta['type'], changes: Partial<EntryMeta> = {}): EntryMeta {
  const typeBits = {
    file: 0o100000,
    dir: 0o040000,
    symlink: 0o120000,
    fifo: 0o010000,
    chardev: 0o020000,
    dev: 0o060000,
    socket: 0o140000,
    irregular: 0,
  };
  return {
    type,
    mode: typeBits[type] + (type === 'dir' ? 0o755 : 0o644),
    uid: 0,
    gid: 0,
    size: 0n,
    mtimeNs: 1_700_000_000_123_456_789n,
    ctimeNs: 1_700_000_000_123_456_789n,
    atimeNs: 1_700_000_001_000_000_000n,
    inode: 1n,
    deviceId: 7n,
    links: 1n,
    rdev: 0n,
    linkTarget: null,
    xattrs: [],
    ...changes,
  };
}

export function entryOf(name: string, literal: LiteralEntry): StillEntry {
  const bytesName = Buffer.from(name, 'latin1');
  if ('entries' in literal) {
    const children = async function* (): AsyncIterable<StillEntry> {
      for (const [child, entry] of Object.entries(literal.entries)) yield entryOf(child, entry);
    };
    return {
      name: bytesName,
      meta: metaOf('dir', { inode: inodeOf(name), ...literal.meta }),
      children,
      content: null,
      reusable: false,
      sameAs: literal.sameAs,
    };
  }
  const type = literal.meta?.type ?? 'file';
  if (type !== 'file')
    return {
      name: bytesName,
      meta: metaOf(type, { inode: inodeOf(name), ...literal.meta }),
      children: null,
      content: null,
      reusable: false,
    };
  const file = literal as LiteralFile;
  const bytes = Buffer.from(file.bytes ?? '');
  const meta = metaOf('file', { inode: inodeOf(name), size: BigInt(bytes.length), ...file.meta });
  const readInto = async (sink: ContentSink): Promise<ContentVerdict> => {
    if (file.read) return file.read(sink, meta);
    await sink.data(bytes);
    return { state: 'whole', meta };
  };
  return {
    name: bytesName,
    meta,
    children: null,
    content: { base: file.base ?? null, readInto, taken: file.taken },
    reusable: file.reusable ?? false,
    sameAs: file.sameAs === undefined ? undefined : { version: file.sameAs, below: nothingBelow },
  };
}

/** A view of made-up entries that hangs at `/home/ann/docs`. Names are latin1 text: any byte can be said. */
export function viewOf(root: LiteralEntry, unreadable: readonly { path: string; reason: string }[] = []): StillView {
  const ancestors = ['home', 'ann'].map((name) => ({
    name: Buffer.from(name),
    meta: metaOf('dir', { mode: 0o040711 }),
  }));
  return { ancestors, root: entryOf('docs', root), unreadable: () => unreadable };
}

/** Counts what is told; runs phases as they come. */
export class CountingReporter implements PhaseReporter {
  files = 0;
  bytes = 0;
  readonly notes: string[] = [];
  readonly phases: string[] = [];

  async phase<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.phases.push(name);
    return work();
  }
  past(): void {}
  advance(files: number, bytes: number): void {
    this.files += files;
    this.bytes += bytes;
  }
  totals(): void {}
  held(): void {}
  note(_severity: 'info' | 'warning', text: string): void {
    this.notes.push(text);
  }
}
