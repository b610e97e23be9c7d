import type { Tracking } from '../../../../shared/domain/evidence.ts';
import { msToInstant } from '../../../../shared/domain/time.ts';
import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type {
  AheadStore,
  QuiesceContext,
  QuiesceMethod,
  SameAs,
  StillContent,
  StillEntry,
  TakenContent,
} from '../../quiesce/contract.ts';
import type { SourceFacts } from '../contract.ts';
import { madeUpMeta } from './made-up-meta.ts';
import type { MemoryFolder } from './memory-folder.ts';

export interface MemoryFolderFacts extends SourceFacts {
  readonly folder: MemoryFolder;
}

export function memoryFolderFacts(folder: MemoryFolder): MemoryFolderFacts {
  const files = folder.paths.length;
  const bytes = folder.paths.reduce((sum, path) => sum + folder.read(path).length, 0);
  const where = {
    kind: 'memory-folder',
    location: '/made-up/folder',
    filesystem: 'memory',
    mountPoint: '/made-up',
    device: 'memory',
  };
  return { ...where, leftOut: [], files, bytes, counted: true, folder };
}

export interface FolderBackupOptions {
  /** After everything was stored ahead and before the folder is held: what is written here is read inside. */
  readonly beforeHold?: () => void;
  readonly whileHeld?: () => void;
  readonly onRead?: (path: string) => void;
  readonly onContext?: (context: QuiesceContext) => void;
  /** Says of everything that it is as before, whether it is or not. */
  readonly lies?: boolean;
}

/** Content stored ahead while the folder is written to; what changed since read while it is held. */
export function memoryFolderPrecopy(options: FolderBackupOptions = {}): QuiesceMethod<MemoryFolderFacts> {
  const name = 'precopy-freeze';
  return {
    name,

    async preflight() {
      return { method: name, available: true, level: 'filesystem', expectedStallMs: 1, reasons: [], remedies: [] };
    },

    async withStillView({ folder, device }, lease, context, use) {
      const { signal, report, ahead, parentBase } = context;
      options.onContext?.(context);
      throwIfAborted(signal);
      if (ahead === undefined) throw refused('Nothing can be stored ahead here.');
      const startedAtMs = nextMs();
      const continued = parentBase !== undefined && folder.version === parentBase ? parentBase : null;
      const isSame = (path: string): boolean =>
        continued !== null && (options.lies === true || !folder.hasChanged(path));
      const wanted = folder.paths.filter((path) => !isSame(path));
      const taken = new Map<string, { readonly read: Buffer; readonly content: TakenContent }>();
      await report.phase('precopy', async () => {
        report.totals(wanted.length, 0);
        await Promise.all(
          wanted.map(async (path) => {
            options.onRead?.(path);
            const read = folder.read(path);
            taken.set(path, { read, content: await takeAhead(ahead, path, read, signal) });
          }),
        );
        await ahead.settle();
      });
      options.beforeHold?.();
      const requestedAtMs = nextMs();
      const inside = new Map<string, Buffer>();
      folder.isHeld = true;
      try {
        options.whileHeld?.();
        if (!folder.isHeld) throw endedEarly();
        for (const path of folder.paths) {
          if (isSame(path) || taken.get(path)?.read === folder.read(path)) continue;
          options.onRead?.(path);
          inside.set(path, folder.read(path));
        }
      } finally {
        folder.isHeld = false;
      }
      const heldMs = Math.max(0, Date.now() - requestedAtMs);
      report.past('freeze', requestedAtMs, heldMs);
      const sizeOf = (path: string): number => folder.read(path).length + (folder.growing.has(path) ? 1 : 0);
      const contentOf = (path: string): StillContent => ({
        base: null,
        taken: inside.has(path) ? undefined : taken.get(path)?.content,
        readInto: async (sink) => {
          const bytes = inside.get(path);
          if (bytes === undefined) throw new Error(`${path} can only be what it was before`);
          await sink.data(bytes);
          return { state: 'whole', meta: madeUpMeta('file', bytes.length) };
        },
      });
      const same = new Set(folder.paths.filter(isSame));
      const root = entryAt('', { folder, sizeOf, contentOf, same, version: continued });
      const checkpoint = folder.markVersion();
      const value = await use({
        ancestors: [{ name: Buffer.from('made-up'), meta: madeUpMeta('dir', 0) }],
        root: { ...root, name: Buffer.from('folder') },
        unreadable: () => [],
      });
      throwIfAborted(signal);
      const bytesInside = [...inside.values()].reduce((sum, { length }) => sum + length, 0);
      const at = msToInstant(requestedAtMs);
      return {
        value,
        evidence: {
          hold: {
            ...{ requestedAt: at, frozenAt: at, thawRequestedAt: at, thawedAt: msToInstant(requestedAtMs + heldMs) },
            ...{ stallMs: heldMs, leaseMs: lease.longestStallMs, thawCause: 'command', thawConfirmed: true },
            ...{ readInside: false, filesInside: inside.size, bytesInside },
          },
          tracking: {
            ...noDoubt,
            startedAt: msToInstant(startedAtMs - 1),
            continuedFrom: continued,
            filesInside: inside.size,
            bytesInside,
          },
          ...{ observation: null, agreement: null, atomic: null, flushedAt: msToInstant(startedAtMs), stillPoint: at },
          ...{ leftOut: [], leftOutTotal: 0, detail: { checkpoint }, rereadTotal: 0 },
          machine: { filesystem: 'memory', mountPoint: '/made-up', device },
        },
      };
    },
  };
}

let lastMs = 0;

/** No two still points at the same time: the newest snapshot is then the last one made. */
function nextMs(): number {
  lastMs = Math.max(Date.now(), lastMs + 1);
  return lastMs;
}

const noDoubt: Omit<Tracking, 'startedAt' | 'continuedFrom' | 'filesInside' | 'bytesInside'> = {
  ...{ kind: 'fanotify', gaps: 0, passes: [], drainedInside: true, foldersInside: 0, openForWriting: 0 },
  ...{ restatInside: true, writerScanComplete: true, writerScanGap: '', suspects: [], suspectsTotal: 0 },
  ...{ suspectsSettled: 0, hotFiles: 0, retries: [], doubts: [] },
};

async function takeAhead(ahead: AheadStore, path: string, bytes: Buffer, signal: AbortSignal): Promise<TakenContent> {
  const meta = madeUpMeta('file', bytes.length);
  const readInto: StillContent['readInto'] = async (sink) => {
    await sink.data(bytes);
    return { state: 'whole', meta };
  };
  const names = ['made-up', 'folder', ...path.split('/')].map((name) => Buffer.from(name));
  const taken = await ahead.take({ path: names, meta, reusable: false, content: { base: null, readInto } }, signal);
  if (taken.state !== 'taken') throw new Error(taken.state);
  return taken.content;
}

interface Parts {
  readonly folder: MemoryFolder;
  readonly sizeOf: (path: string) => number;
  readonly contentOf: (path: string) => StillContent;
  /** Files that are as in the version. */
  readonly same: ReadonlySet<string>;
  readonly version: string | null;
}

/** The folder at a prefix that is empty or ends with a `/`. */
function entryAt(prefix: string, parts: Parts): StillEntry {
  const { folder, sizeOf, same, version } = parts;
  const below = folder.paths.filter((path) => path.startsWith(prefix));
  const folders = new Set(below.flatMap((path) => foldersOf(path.slice(prefix.length))));
  const counts = {
    ...{ files: below.length, directories: folders.size, others: 0 },
    bytes: below.reduce((sum, path) => sum + sizeOf(path), 0),
  };
  const children = async function* (): AsyncIterable<StillEntry> {
    const names = new Set(below.map((path) => path.slice(prefix.length).split('/')[0] ?? ''));
    for (const name of names) {
      const path = `${prefix}${name}`;
      yield folders.has(name) ? entryAt(`${path}/`, parts) : fileAt(path, name, parts);
    }
  };
  const name = prefix.split('/').at(-2) ?? '';
  return {
    ...{ name: Buffer.from(name), meta: madeUpMeta('dir', 0), children, content: null, reusable: false },
    sameAs: version !== null && below.every((path) => same.has(path)) ? { version, below: counts } : undefined,
  };
}

const nothing: SameAs['below'] = { files: 0, directories: 0, others: 0, bytes: 0 };

function fileAt(path: string, name: string, { sizeOf, contentOf, same, version }: Parts): StillEntry {
  return {
    ...{ name: Buffer.from(name), meta: madeUpMeta('file', sizeOf(path)), children: null, reusable: false },
    content: contentOf(path),
    sameAs: version !== null && same.has(path) ? { version, below: nothing } : undefined,
  };
}

/** `a/b/c` is in `a` and in `a/b`. */
function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function refused(message: string): StillpointError {
  return new StillpointError({ kind: 'freeze-refused', message, guidance: 'Copy it in another way.' });
}

function endedEarly(): StillpointError {
  return new StillpointError({
    kind: 'freeze-ended-early',
    message: 'The folder was written to before everything was read.',
    guidance: 'This attempt is dropped. Try again.',
    retryable: true,
  });
}
