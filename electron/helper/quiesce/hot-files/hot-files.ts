import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { statxDescriptor } from '../../system/statx.ts';
import type { findWriterHolders } from '../../system/writer-holders.ts';
import type { EntryMeta, StillContent } from '../contract.ts';
import { readableXattrs } from '../view/entry-detail.ts';
import { entryMeta } from '../view/entry-meta.ts';
import { heldContent, type Keeper } from './content.ts';
import type { HotFile, HotFileAccount, HotFileProblem, HotFiles } from './contract.ts';
import type { Coverage } from './coverage.ts';
import { obstacleOf } from './obstacles.ts';
import { type HotFileServer, type ServerOptions, startHotFileServer } from './server-process.ts';
import type { whyNotSettled } from './settle.ts';
import type { attachments, unseenWriter } from './unseen-writers.ts';

export interface HotFileSteps {
  /** See settle.ts. */
  readonly whyNotSettled: typeof whyNotSettled;
  /** See unseen-writers.ts. */
  readonly unseenWriter: typeof unseenWriter;
  readonly writersOf: typeof findWriterHolders;
  /** See unseen-writers.ts. */
  readonly attachments: typeof attachments;
  /** Processes that even an administrator may not look at, and that are known to write none of the files. None. */
  readonly overlooks: (pid: number) => boolean;
}

export interface HotFileOptions extends ServerOptions {
  readonly coverage: Coverage;
  readonly steps: HotFileSteps;
}

const settleMs = 4000;
/** While nothing is held up by us. */
const patienceMs = 2000;
/** While everything is: a server that works answers within a few milliseconds. */
const holdPatienceMs = 150;

const notHeld = 'It was not held.';
const serverGone = 'The process that keeps what is overwritten ended or stopped answering.';

/** A file from `prepare` on. */
interface Held {
  readonly file: HotFile;
  readonly index: number;
  reason: string | null;
  meta: EntryMeta | undefined;
}

export function newHotFiles(options: HotFileOptions): HotFiles {
  const { coverage, steps } = options;
  let server: HotFileServer | undefined;
  let held: readonly Held[] = [];
  let state: 'new' | 'prepared' | 'held' | 'over' = 'new';
  let account: HotFileAccount = { accesses: 0, savedBytes: 0, longestWaitMs: 0 };
  let attachedBefore = '';

  const ask = (request: Parameters<HotFileServer['ask']>[0], ms: number): ReturnType<HotFileServer['ask']> => {
    const reply = server?.ask(request, ms);
    if (reply?.account !== undefined) account = reply.account;
    for (const each of held)
      each.reason ??=
        reply === undefined || reply.error !== undefined ? serverGone : (reply.torn?.[each.index] ?? null);
    return reply?.error === undefined ? reply : undefined;
  };

  const problems = (): HotFileProblem[] =>
    held.flatMap(({ file, reason }) => (reason === null ? [] : [{ file, reason }]));

  const prepare = async (files: readonly HotFile[], signal: AbortSignal): Promise<readonly HotFileProblem[]> => {
    if (state !== 'new') throw new Error(`hot files are prepared once; these are ${state}`);
    state = 'prepared';
    if (files.length === 0) return [];
    const started = await startHotFileServer(options);
    server = started;
    try {
      attachedBefore = steps.attachments();
      held = files.map((file, index) => ({ file, index, reason: null, meta: undefined }));
      for (const each of held) {
        const path = `/proc/${process.pid}/fd/${each.file.fd}`;
        const reply = server.ask({ do: 'arm', file: each.index, path }, patienceMs);
        if (reply?.error !== undefined || reply === undefined) each.reason = whyNotArmed(reply?.code);
      }
      const own = [process.pid, started.pids.server];
      const overlooks = (pid: number): boolean => own.includes(pid) || steps.overlooks(pid);
      // Looked at only now: whatever is opened, mapped or written from here on is told.
      for (const each of held) {
        throwIfAborted(signal);
        each.reason ??= obstacleOf(each.file, coverage, steps.writersOf);
        each.reason ??= await steps.unseenWriter(each.file, overlooks, signal);
      }
      const haveAsked = (): ReadonlySet<number> => new Set(ask({ do: 'state' }, patienceMs)?.askers);
      const wanted = held.filter(({ reason }) => reason === null);
      if (wanted.length > 0) {
        const unsettled = await steps.whyNotSettled(
          wanted.map(({ file }) => file),
          { limitMs: settleMs, overlooks: steps.overlooks, haveAsked, signal },
        );
        for (const each of wanted) each.reason ??= unsettled;
      }
      ask({ do: 'state' }, patienceMs);
      for (const { index } of held.filter(({ reason }) => reason !== null))
        ask({ do: 'disarm', file: index }, patienceMs);
      // What a hold needs is done once before, so that it is quick.
      for (const each of held) each.meta = metaOf(each.file);
      return problems();
    } catch (error) {
      await close();
      throw error;
    }
  };

  const hold = (): readonly HotFileProblem[] => {
    if (state !== 'prepared') throw new Error(`hot files are held once, after they were prepared; these are ${state}`);
    state = 'held';
    if (held.some(({ reason }) => reason === null)) ask({ do: 'hold' }, holdPatienceMs);
    for (const each of held) if (each.reason === null) each.meta = metaOf(each.file);
    return problems();
  };

  const content = (file: HotFile): StillContent => {
    const each = held.find((one) => one.file === file);
    if (state !== 'held' || each?.meta === undefined) throw new Error(`${file.where}: ${notHeld}`);
    const { index } = each;
    const keeper: Keeper = {
      kept: (from, to, copied) => {
        const reply = each.reason === null ? ask({ do: 'kept', file: index, from, to, copied }, patienceMs) : undefined;
        return each.reason === null && reply?.runs !== undefined && reply.next !== undefined
          ? { runs: reply.runs, next: reply.next }
          : undefined;
      },
      read: (into, position) => server?.arena(into, position),
      finish: () => {
        const openings = ask({ do: 'disarm', file: index }, patienceMs)?.openings;
        // A loop device or swap is made of a descriptor, and writes without a word: one may have come, and gone again.
        if (steps.attachments() !== attachedBefore)
          each.reason ??= openings === 0 ? obstacleOf(file, coverage, steps.writersOf) : attachedMeanwhile;
        return each.reason;
      },
      tornReason: () => each.reason ?? serverGone,
    };
    return heldContent(file, each.meta, keeper);
  };

  const close = async (): Promise<void> => {
    state = 'over';
    for (const each of held) each.reason ??= 'What was kept of it is gone.';
    const ending = server;
    server = undefined;
    await ending?.[Symbol.asyncDispose]();
  };

  return {
    obstacle: (file) => obstacleOf(file, coverage, steps.writersOf),
    prepare,
    hold,
    content,
    get account() {
      return account;
    },
    get pids() {
      return server?.pids ?? null;
    },
    [Symbol.asyncDispose]: close,
  };
}

const attachedMeanwhile =
  'A loop device or swap space was set up while it was being copied, which may have written to it.';

function metaOf(file: HotFile): EntryMeta {
  const xattrs = readableXattrs(file.fd, () => {});
  return entryMeta(statxDescriptor(file.fd), { linkTarget: null, xattrs });
}

function whyNotArmed(code: string | undefined): string {
  return code === 'EINVAL' || code === 'ENOTSUP'
    ? 'Its file system, or this system’s kernel, does not ask before content is changed.'
    : serverGone;
}
