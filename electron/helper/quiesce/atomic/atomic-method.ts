import { maxListedPaths } from '../../../../shared/domain/evidence.ts';
import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { processAbilities } from '../../system/capabilities.ts';
import { deviceNumber } from '../../system/mounts.ts';
import { syncFilesystem } from '../../system/sync.ts';
import type { Lease, QuiesceContext, QuiesceMethod, StillEvidence, StillOutcome, StillView } from '../contract.ts';
import { doubtNs, wallClockNs } from '../ctime/granularity.ts';
import { flushUntilQuick } from '../holding/flush-until-quick.ts';
import type { FreezePace, SleepGate } from '../lease/index.ts';
import { rootPlace } from '../view/ancestors.ts';
import { paceOf } from '../view/paced-sink.ts';
import { atomicView } from './atomic-view.ts';
import type { AtomicCopy, AtomicDriver, Obstacle } from './driver.ts';
import { type HeldRecord, newMark, SnapshotRecords } from './records.ts';

/** What the atomic methods need to know of the helper they run in. */
export interface AtomicEnvironment {
  /** Where it is written down what was made, so that it is found again after a crash. One folder for all helpers of a user. */
  readonly recordsFolder: string;
  /** See `QuiesceEnvironment.onlyDirectPlaces`. */
  readonly onlyDirectPlaces?: boolean;
  /** As in `QuiesceEnvironment`; for those that hold writers while they are made. */
  readonly pace?: FreezePace;
  readonly sleep?: SleepGate;
}

/** What the method is made of. Tests take single steps away, to see that nothing else makes up for them. */
export interface AtomicSteps {
  readonly flush: (fd: number) => Promise<void>;
  /** Whether this process may make snapshots at all. */
  readonly isPermitted: () => boolean;
}

export const atomicSteps: AtomicSteps = {
  flush: syncFilesystem,
  isPermitted: () => processAbilities().effective.has('sysAdmin'),
};

/** Take an atomic copy, read the source inside it without hurry, remove it on every path. Nothing is read before. */
export function createAtomicMethod(
  driver: AtomicDriver,
  environment: AtomicEnvironment,
  steps: AtomicSteps = atomicSteps,
): QuiesceMethod<FilesystemFacts> {
  const promiseOf = (facts: FilesystemFacts) => promise(driver, facts, environment, steps);
  return {
    name: driver.method,
    preflight: promiseOf,
    withStillView: async (facts, lease, context, use) => {
      throwIfAborted(context.signal);
      const source = facts.openTree();
      try {
        // Asked again: a promise may be old.
        requireAvailable(await promiseOf(facts));
        return await new AtomicRun(driver, facts, source, lease, context, environment, steps).run(use);
      } finally {
        source.close();
      }
    },
  };
}

async function promise(
  driver: AtomicDriver,
  facts: FilesystemFacts,
  environment: AtomicEnvironment,
  steps: AtomicSteps,
): Promise<MethodPromise> {
  const obstacles = await obstaclesOf(driver, facts, environment, steps);
  return {
    method: driver.method,
    available: obstacles.length === 0,
    level: levelOf(driver, obstacles),
    expectedStallMs: driver.expectedStallMs,
    reasons: obstacles.length > 0 ? obstacles.map(({ reason }) => reason) : [...driver.limits(facts)],
    remedies: [...new Set(obstacles.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])))],
  };
}

/** On storage of another kind it could earn nothing, and is no better way that was missed. */
function levelOf(driver: AtomicDriver, obstacles: readonly Obstacle[]): MethodPromise['level'] {
  if (obstacles.some(({ isForeign }) => isForeign === true)) return 'torn';
  return driver.oraclesPassed ? 'filesystem' : 'crash';
}

async function obstaclesOf(
  driver: AtomicDriver,
  facts: FilesystemFacts,
  environment: AtomicEnvironment,
  steps: AtomicSteps,
): Promise<readonly Obstacle[]> {
  // The driver first: where it could never work, rights would not help either.
  const obstacles = await driver.obstacles(facts);
  if (obstacles.length > 0) return obstacles;
  if (!steps.isPermitted())
    return [{ reason: 'Making a snapshot needs administrator rights.', remedy: 'grant-helper' }];
  if (environment.onlyDirectPlaces === true && facts.followedFrom !== null)
    return [
      {
        reason: `${facts.followedFrom} is reached through a link, which could be made to lead elsewhere; add ${facts.location} itself.`,
      },
    ];
  return [];
}

/** How often a removal is tried: what was just closed may be in use for a moment longer. */
const removals = 5;

class AtomicRun {
  readonly #driver: AtomicDriver;
  readonly #facts: FilesystemFacts;
  readonly #source: OpenTree;
  readonly #lease: Lease;
  readonly #environment: AtomicEnvironment;
  readonly #context: QuiesceContext;
  readonly #records: SnapshotRecords;
  readonly #steps: AtomicSteps;

  constructor(
    driver: AtomicDriver,
    facts: FilesystemFacts,
    source: OpenTree,
    lease: Lease,
    context: QuiesceContext,
    environment: AtomicEnvironment,
    steps: AtomicSteps,
  ) {
    this.#driver = driver;
    this.#facts = facts;
    this.#source = source;
    this.#lease = lease;
    this.#environment = environment;
    this.#context = context;
    this.#records = new SnapshotRecords(environment.recordsFolder);
    this.#steps = steps;
  }

  async run<T>(use: (view: StillView) => Promise<T>): Promise<StillOutcome<T>> {
    const { signal, report } = this.#context;
    const place = rootPlace(this.#facts, this.#source);
    await this.#turn();
    await using told = new AsyncDisposableStack();
    told.use(await this.#context.aroundHold?.());
    const flushedAtNs = await report.phase('flush', () => this.#flush());
    throwIfAborted(signal);
    const mark = newMark();
    const planned = await this.#driver.plan(this.#facts, this.#source.rootFd, mark);
    using record = this.#records.begin(this.#driver.method, mark, planned);
    let copy: AtomicCopy | undefined;
    try {
      const taken = await report.phase('freeze', () => this.#take(record));
      copy = taken;
      record.note({ state: 'made' });
      // Whoever was told to get ready goes on now, however long the reading takes.
      await told.disposeAsync();
      throwIfAborted(signal);
      const tree = this.#facts.openCopy(await taken.openRoot());
      try {
        await taken.check();
        throwIfAborted(signal);
        const value = await use(atomicView(this.#facts, place, tree, paceOf(this.#context)));
        throwIfAborted(signal);
        // Only now is it known that what was read was the copy to the end.
        await taken.check();
        return { value, evidence: this.#evidence(taken, tree, flushedAtNs) };
      } finally {
        tree.close();
      }
    } finally {
      copy?.close();
      await this.#remove(record);
    }
  }

  async #turn(): Promise<void> {
    if (!this.#driver.holdsWriters) return;
    const { signal, report } = this.#context;
    await this.#environment.pace?.turn(deviceNumber(this.#facts.mount), this.#facts.mountPoint, signal, (ms) =>
      report.note('info', `${this.#facts.mountPoint} was held still just now; waiting ${(ms / 1000).toFixed(1)} s.`),
    );
    await this.#context.mayHold?.();
  }

  async #take(record: HeldRecord): Promise<AtomicCopy> {
    const { driver, facts } = { driver: this.#driver, facts: this.#facts };
    const make = () => driver.take(facts, this.#source.rootFd, record, (more) => record.note(more));
    if (!driver.holdsWriters) return make();
    // Given back last: a machine must not fall asleep with writers held.
    await using sleep = await this.#environment.sleep?.hold(driver.expectedStallMs, this.#context.report);
    await sleep?.requireAwake();
    try {
      return await make();
    } finally {
      const held = { stallMs: driver.expectedStallMs, isOverrun: false };
      this.#environment.pace?.note(deviceNumber(facts.mount), held);
    }
  }

  /**
   * Instant before which every change is in the copy; null when the flush failed. Where writers will be held it goes on until
   * little is left, and rejects with `freeze-refused` when they write more than that: nobody can cut that hold short.
   */
  async #flush(): Promise<bigint | null> {
    const startedNs = wallClockNs();
    const flush = (): Promise<void> => this.#steps.flush(this.#source.rootFd);
    try {
      if (!this.#driver.holdsWriters) await flush();
      else await flushUntilQuick(flush, this.#lease.longestStallMs, this.#context.signal);
      return startedNs - doubtNs();
    } catch (error) {
      if (error instanceof StillpointError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#context.report.note('warning', `What programs have written could not be flushed to the disk (${why}).`);
      return null;
    }
  }

  /** Never rejects: the outcome stands or falls without it, and what is left is found at the next start. */
  async #remove(record: HeldRecord): Promise<void> {
    for (let left = removals; ; left -= 1) {
      try {
        if ((await this.#driver.remove(record)) !== 'absent') record.forget();
        return;
      } catch (error) {
        if (left > 1) {
          await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** (removals - left)));
          continue;
        }
        const why = error instanceof Error ? error.message : String(error);
        const words = `The ${this.#driver.kind} snapshot ${record.mark} could not be removed (${why}); it is tried again at the next start.`;
        this.#context.report.note('warning', words);
        return;
      }
    }
  }

  #evidence(copy: AtomicCopy, tree: OpenTree, flushedAtNs: bigint | null): StillEvidence {
    const leftOut = tree.leftOut();
    const { filesystem, mountPoint, device } = this.#facts;
    return {
      hold: null,
      observation: null,
      agreement: null,
      atomic: {
        kind: this.#driver.kind,
        flushed: flushedAtNs !== null,
        oraclesPassed: this.#driver.oraclesPassed,
      },
      flushedAt: flushedAtNs === null ? null : nsToInstant(flushedAtNs),
      // Everything that was complete and flushed by then is in it; the instant itself is at most `snapshotMs` later.
      stillPoint: nsToInstant(copy.askedNs),
      leftOut: leftOut.slice(0, maxListedPaths),
      leftOutTotal: leftOut.length,
      detail: { ...copy.detail, snapshotMs: Number(copy.madeNs - copy.askedNs) / 1e6 },
      machine: { filesystem, mountPoint, device },
      rereadTotal: 0,
    };
  }
}

function requireAvailable(promise: MethodPromise): void {
  if (promise.available) return;
  throw new StillpointError({
    kind: 'freeze-refused',
    message: promise.reasons.join(' '),
    guidance: 'No snapshot was made. Choose another way, or remove what stands in the way.',
  });
}
