import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { earnLevel } from '../../../../../shared/domain/earn-level.ts';
import type { FilesystemFacts } from '../../../sources/index.ts';
import { type LoopFilesystemType, openLoopFilesystem } from '../../../system/testing/loop-filesystem.ts';
import type { QuiesceContext, StillEvidence } from '../../contract.ts';
import type { QuiesceEnvironment } from '../../environment.ts';
import { createJournal, type Journal } from '../../journal/index.ts';
import type { Picture } from '../../picture/index.ts';
import { examineFolder } from '../../testing/examine-folder.ts';
import { freezeEnvironment } from '../../testing/freeze-environment.ts';
import { type MemoryAhead, memoryAhead } from '../../testing/memory-ahead.ts';
import { type ReadFile, readView } from '../../testing/read-view.ts';
import { recordingReporter } from '../../testing/recording-reporter.ts';
import { createTrackers } from '../../tracking/index.ts';
import { createPrecopyFreeze, type PrecopySteps, precopySteps } from '../index.ts';

const { signal } = new AbortController();

export interface RunOptions {
  readonly steps?: Partial<PrecopySteps>;
  readonly environment?: Partial<QuiesceEnvironment>;
  readonly context?: Partial<QuiesceContext>;
  readonly longestStallMs?: number;
  readonly base?: ReadonlyMap<string, Buffer>;
}

export interface Copied {
  readonly files: ReadonlyMap<string, ReadFile>;
  /** What was noted as not to be read, by path below the root. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Names in the root. */
  readonly names: readonly string[];
  readonly evidence: StillEvidence;
  readonly ahead: MemoryAhead;
  readonly notes: readonly string[];
  readonly phases: readonly string[];
}

/** A source on a filesystem of its own, and a record of its changes that is kept from one copy to the next. */
export interface PrecopyScene extends AsyncDisposable {
  readonly mountPoint: string;
  readonly root: string;
  readonly journal: Journal;
  /** The picture of the copy under way, or of the last one. */
  readonly lent: Picture | undefined;
  copy(options?: RunOptions): Promise<Copied>;
  copyOf(facts: FilesystemFacts, options?: RunOptions): Promise<Copied>;
}

export async function openPrecopyScene(type: LoopFilesystemType): Promise<PrecopyScene> {
  const filesystem = await openLoopFilesystem({ type, sizeMiB: 256 });
  const root = join(filesystem.mountPoint, 'source');
  mkdirSync(join(root, 'folder'), { recursive: true });
  writeFileSync(join(root, 'folder', 'file'), 'content');
  writeFileSync(join(root, 'empty'), '');
  const own = createJournal({ trackers: createTrackers() });
  let lent: Picture | undefined;
  const journal: Journal = {
    lend: (facts, rootFd) => {
      const loan = own.lend(facts, rootFd);
      lent = loan.picture;
      return loan;
    },
    countsOf: (source) => own.countsOf(source),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
  const copyOf = async (facts: FilesystemFacts, options: RunOptions = {}): Promise<Copied> => {
    const report = recordingReporter();
    const ahead = memoryAhead();
    const method = createPrecopyFreeze(freezeEnvironment({ journal, ...options.environment }), {
      ...precopySteps,
      ...options.steps,
    });
    const { value, evidence } = await method.withStillView(
      facts,
      { longestStallMs: options.longestStallMs ?? 2000 },
      { signal, report, ahead, ...options.context },
      async (view) => {
        const files = await readView(view, signal, options.base);
        const names: string[] = [];
        for await (const { name } of view.root.children?.() ?? []) names.push(Buffer.from(name).toString());
        const notes = view.unreadable().map(({ path, reason }) => [relative(root, path), reason] as const);
        return { files, names, unreadable: new Map(notes) };
      },
    );
    return { ...value, evidence, ahead, notes: report.notes, phases: report.phases };
  };
  return {
    mountPoint: filesystem.mountPoint,
    root,
    journal,
    get lent() {
      return lent;
    },
    copyOf,
    copy: async (options) => copyOf(await examineFolder(root), options),
    [Symbol.asyncDispose]: async () => {
      await own[Symbol.asyncDispose]();
      await filesystem.close();
    },
  };
}

export function textOf({ files }: Copied, path: string): string | undefined {
  return files.get(path)?.bytes.toString();
}

/** Something that happens right before the freeze, when everything has been read. */
export function justBefore(act: () => void): Partial<PrecopySteps> {
  return {
    withFrozen: (guard, work) => {
      act();
      return precopySteps.withFrozen(guard, work);
    },
  };
}

export function levelOf({ evidence, files }: Pick<Copied, 'evidence' | 'files'>): string {
  const { hold, observation, agreement, atomic, tracking = null, rereadTotal } = evidence;
  const verdicts = [...files.values()].map(({ verdict }) => verdict.state);
  const tornTotal = verdicts.filter((state) => state === 'torn').length;
  const counts = { files: files.size, directories: 0, others: 0, bytes: 0, rereadTotal };
  const judged = { ...counts, torn: [], tornTotal, unreadable: [], unreadableTotal: 0 };
  return earnLevel({ hold, observation, agreement, atomic, tracking, files: judged }).level;
}
