import { maxListedPaths, type Observation } from '../../../../shared/domain/evidence.ts';
import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { filesystemKind } from '../../system/filesystem-kind.ts';
import { syncFilesystem } from '../../system/sync.ts';
import type { Lease, QuiesceContext, QuiesceMethod, StillOutcome, StillView } from '../contract.ts';
import { doubtNs, tickNs, wallClockNs } from '../ctime/granularity.ts';
import { isImmutable, probeSeesEveryWriter, tracesMappedWrites } from '../ctime/mapped-writes.ts';
import { pause } from '../pause.ts';
import { paceOf } from '../view/paced-sink.ts';
import { BufferPool } from './buffer-pool.ts';
import { Fingerprint } from './fingerprint.ts';
import { FirstLook, type FirstLookParts } from './first-look.ts';
import { newLiveView } from './live-view.ts';
import { type Look, newObservation, withUnseen } from './observation.ts';
import { readWhole } from './read-whole.ts';
import { Sightings, type TreeScan } from './sightings.ts';
import { scanTree } from './tree-scan.ts';
import { type SuspectFindings, WriterWatch } from './writer-watch.ts';

/** What the method is made of. Tests take single steps away, to see that nothing else makes up for them. */
export interface LiveSteps {
  readonly flush: (fd: number) => Promise<void>;
  readonly readWhole: typeof readWhole;
  /** Begins the first look. */
  readonly firstLook: (parts: FirstLookParts) => FirstLook;
  /** The last look. */
  readonly scanTree: typeof scanTree;
  readonly watchWriters: (tree: OpenTree) => Pick<WriterWatch, 'visit' | 'findings'>;
  readonly newObservation: typeof newObservation;
}

export const liveSteps: LiveSteps = {
  flush: syncFilesystem,
  readWhole,
  firstLook: (parts) => new FirstLook(parts),
  scanTree,
  watchWriters: (tree) => new WriterWatch(tree),
  newObservation,
};

export interface LiveOptions {
  /** How often one file is read before it is given up as torn. Default 4. */
  readonly attempts?: number;
  readonly steps?: LiveSteps;
}

const readBufferBytes = 1024 * 1024;

/** Holds nobody. Reads the tree as it is, checks every file and the whole tree, and claims what was seen. */
export function createLive(options: LiveOptions = {}): QuiesceMethod<FilesystemFacts> {
  const { attempts = 4, steps = liveSteps } = options;
  return {
    name: 'live',
    preflight: async (facts: FilesystemFacts, _lease: Lease) => promise(facts),
    withStillView: (facts, _lease, context, use) => {
      const run = new LiveRun(facts, context, attempts, steps);
      return run.run(use);
    },
  };
}

function promise(facts: FilesystemFacts): MethodPromise {
  const reasons = ['Nobody is held: files may be from different moments.'];
  const canBeQuiet = isImmutable(facts.mount) || tracesMappedWrites(facts.filesystem);
  if (canBeQuiet) reasons.push('If nothing is written while it runs, that is shown, and the whole is from one moment.');
  else reasons.push(`${facts.filesystem} does not show every change, so it cannot be shown that nothing was written.`);
  return {
    method: 'live',
    available: true,
    level: canBeQuiet ? 'observed-static' : 'per-file',
    expectedStallMs: 0,
    reasons,
    remedies: [],
  };
}

class LiveRun {
  readonly #facts: FilesystemFacts;
  readonly #context: QuiesceContext;
  readonly #attempts: number;
  readonly #steps: LiveSteps;
  readonly #doubtNs = doubtNs();
  readonly #fingerprint = new Fingerprint();

  constructor(facts: FilesystemFacts, context: QuiesceContext, attempts: number, steps: LiveSteps) {
    this.#facts = facts;
    this.#context = context;
    this.#attempts = attempts;
    this.#steps = steps;
  }

  async run<T>(use: (view: StillView) => Promise<T>): Promise<StillOutcome<T>> {
    const tree = this.#facts.openTree();
    try {
      return await this.#runWith(tree, use);
    } finally {
      tree.close();
    }
  }

  async #runWith<T>(tree: OpenTree, use: (view: StillView) => Promise<T>): Promise<StillOutcome<T>> {
    const { report, signal } = this.#context;
    throwIfAborted(signal);
    if (this.#facts.followedFrom !== null)
      report.note('info', `${this.#facts.followedFrom} is a link; what it leads to is kept: ${this.#facts.location}.`);
    const flushedAtNs = await report.phase('flush', () => this.#flush(tree));
    const firstLook = this.#beginFirstLook(tree);
    try {
      return await this.#lookAndUse(tree, flushedAtNs, firstLook, use);
    } finally {
      firstLook.close();
    }
  }

  async #lookAndUse<T>(
    tree: OpenTree,
    flushedAtNs: bigint | null,
    firstLook: FirstLook,
    use: (view: StillView) => Promise<T>,
  ): Promise<StillOutcome<T>> {
    const { report, signal } = this.#context;
    const view = newLiveView(
      this.#facts,
      this.#steps.readWhole,
      {
        tree,
        signal,
        buffers: new BufferPool(readBufferBytes),
        tickNs: tickNs(),
        flushedAtNs,
        tracesMappedWrites: tracesMappedWrites(this.#facts.filesystem),
        probeSeesEveryWriter: probeSeesEveryWriter(this.#facts.mount),
        isRemote: isRemote(this.#facts),
        attempts: this.#attempts,
      },
      firstLook,
      paceOf(this.#context),
    );
    throwIfAborted(signal);
    const value = await use(view);
    const first = await firstLook.complete();
    const different: string[] = [];
    const last = await report.phase('rescan', () => this.#lastLook(tree, first.scan, different));
    const observation = withUnseen(
      this.#steps.newObservation(first, last, flushedAtNs !== null, this.#doubtNs),
      isImmutable(this.#facts.mount) ? 0 : view.unseenTotal(),
    );
    this.#explain(observation, different);
    const leftOut = tree.leftOut();
    return {
      value,
      evidence: {
        hold: null,
        observation,
        agreement: null,
        atomic: null,
        flushedAt: flushedAtNs === null ? null : nsToInstant(flushedAtNs),
        // By then all had been looked at. Where nothing was written, any moment from the beginning to the end is as good.
        stillPoint: observation.firstScanFinishedAt,
        leftOut: leftOut.slice(0, maxListedPaths),
        leftOutTotal: leftOut.length,
        detail: {},
        machine: {
          filesystem: this.#facts.filesystem,
          mountPoint: this.#facts.mountPoint,
          device: this.#facts.device,
        },
        rereadTotal: view.rereadTotal(),
      },
    };
  }

  /**
   * Instant before which every change either moved a ctime or is on disk: the start of the flush, less what the clock
   * that stamps files may be behind. Null when the flush failed; nothing can be called quiet then.
   */
  async #flush(tree: OpenTree): Promise<bigint | null> {
    const startedNs = wallClockNs();
    try {
      await this.#steps.flush(tree.rootFd);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#context.report.note('warning', `What programs have written could not be flushed to the disk (${why}).`);
      return null;
    }
    // So that a file saved just before the click is old enough when it is looked at.
    await pause(Number(this.#doubtNs / 1_000_000n) + 10, this.#context.signal);
    return startedNs - this.#doubtNs;
  }

  #beginFirstLook(tree: OpenTree): FirstLook {
    return this.#steps.firstLook({
      tree,
      sightings: new Sightings(this.#fingerprint, this.#doubtNs),
      writers: this.#asksForWriters ? this.#steps.watchWriters(tree) : null,
      findings: isImmutable(this.#facts.mount) ? noSuspects : cannotTell(this.#facts),
      signal: this.#context.signal,
    });
  }

  /** Where nobody can write, or a change may leave no trace whoever made it, there is nothing to ask. */
  get #asksForWriters(): boolean {
    return tracesMappedWrites(this.#facts.filesystem) && !isImmutable(this.#facts.mount);
  }

  async #lastLook(tree: OpenTree, before: TreeScan, different: string[]): Promise<Look> {
    const immutable = isImmutable(this.#facts.mount);
    const traces = tracesMappedWrites(this.#facts.filesystem);
    const { report } = this.#context;
    const watch = this.#steps.watchWriters(tree);
    report.totals(before.files, 0);
    const scan = await this.#steps.scanTree(tree, {
      fingerprint: this.#fingerprint,
      granularityNs: this.#doubtNs,
      signal: this.#context.signal,
      onFile: (entry, dirFd) => {
        if (this.#asksForWriters) watch.visit(entry, dirFd);
      },
      onDirectory: (directory, files) => report.advance(files, 0, tree.describe(directory.path)),
      before,
      onDifferent: (entry) => noteSome(different, tree, entry),
    });
    return { scan, writers: immutable || traces ? watch.findings() : cannotTell(this.#facts) };
  }

  #explain(observation: Observation, different: readonly string[]): void {
    const { report } = this.#context;
    const examples = different.length === 0 ? '' : ` (for example ${different.join(', ')})`;
    if (observation.differences > 0)
      report.note('info', `${observation.differences} entries changed meanwhile${examples}.`);
    for (const suspect of observation.suspects.slice(0, 5))
      report.note('info', `${suspect.path} can change unseen (${suspect.kind.replace('-', ' ')}).`);
    if (!observation.suspectScanComplete) report.note('info', observation.suspectScanGap);
  }
}

function isRemote(facts: FilesystemFacts): boolean {
  const kind = filesystemKind(facts.mount);
  return kind.isNetwork || kind.isFuse;
}

const noSuspects: SuspectFindings = { suspects: [], gap: '' };

function cannotTell(facts: FilesystemFacts): SuspectFindings {
  return { suspects: [], gap: `On ${facts.filesystem} some changes leave no trace, so none can be ruled out.` };
}

function noteSome(list: string[], tree: OpenTree, entry: TreeEntry): void {
  if (list.length < 5) list.push(tree.describe(entry.path));
}
