import type { Checked, CheckFinding, RepositoryState, RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { UndoableRestore } from '../../../shared/domain/restore.ts';
import type { RunTrigger } from '../../../shared/domain/run.ts';
import type { SnapshotSummary } from '../../../shared/domain/snapshot.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import { cancelled, StillpointError } from '../../../shared/errors/index.ts';
import {
  type HelperCommandName,
  type HelperEvent,
  type HelperParams,
  type HelperResult,
  helperContract,
} from '../../../shared/helper/contract.ts';
import { protocolVersion } from '../../../shared/helper/frames.ts';
import type { HelperCallOptions, HelperCalls } from '../jobs/ports.ts';
import { excludeSizesOf, freeableOf, keptSnapshot } from './everyday-data.ts';
import { simulatedRun } from './simulated-run.ts';
import { entry, evidenceOf, files, repository, snapshotOf, sources, worldPassword } from './world-data.ts';

export type Answers = {
  [N in HelperCommandName]: (
    params: HelperParams<N>,
    emit: (event: HelperEvent<N>) => void | Promise<void>,
    signal: AbortSignal,
  ) => HelperResult<N> | Promise<HelperResult<N>>;
};

/**
 * A helper without a machine: two sources, one repository, snapshots that runs add to. Tests turn its state, or replace
 * single answers. What goes in and out is checked against the contract, as the real one's is.
 */
export class FakeWorld implements HelperCalls {
  state: RepositoryState = 'ready';
  repositoryFacts: Partial<RepositoryStatus> = {};
  sources: Source[] = [...sources];
  snapshots: SnapshotSummary[] = [];
  undoable: UndoableRestore[] = [];
  /** Milliseconds a phase of a run takes. */
  phaseMs = 0;
  canFreeze = true;
  /** Why there is no helper at all; empty: there is one. */
  missing = '';
  /** Sources that a former start knew. */
  remembered: readonly Source[] = [];
  scheduledStillPoints = true;
  conditions: HelperResult<'machine.conditions'> = { onMains: true, metered: false, sleepAnnounced: false };
  /** What a check finds. */
  findings: CheckFinding[] = [];
  activity: HelperResult<'sources.activity'> = { changes: 0, newestChangeAt: null, tookMs: 1 };
  /** When sources were seen to be quiet; an error: nobody can tell. */
  quietWindows: HelperResult<'quiet.windows'> | StillpointError = [];
  /** What every source would get; null: nobody asks. */
  preflight: HelperResult<'sources.preflight'> | null = null;
  /** Whether holding needs a trial first; of every source the same. */
  trial: HelperResult<'freeze.trialState'> = noTrial;
  /** Ids of snapshots that keep rules would let go now. */
  going: readonly string[] = [];
  /** What runs say that they wanted it, in the order in which they began. */
  readonly triggers: RunTrigger[] = [];
  now: () => number = Date.now;
  /** A backup's snapshot is there from now on, whatever becomes of the run. */
  onPublished: (snapshot: SnapshotSummary) => void = () => undefined;
  /** Answers that tests put in the place of the world's own. */
  overrides: Partial<Answers> = {};
  /** Every command that was asked, in order. */
  readonly asked: HelperCommandName[] = [];
  #runs = 0;

  constructor(snapshotTimes: readonly number[] = []) {
    for (const at of snapshotTimes) this.addSnapshot(at);
  }

  addSnapshot(at: number, of: Source | undefined = this.sources[0]): SnapshotSummary {
    if (!of) throw new Error('there is no source');
    this.#runs += 1;
    const snapshot = snapshotOf(of, this.#runs, at);
    this.snapshots.push(snapshot);
    return snapshot;
  }

  async call<N extends HelperCommandName>(
    name: N,
    params: HelperParams<N>,
    options: HelperCallOptions<N> = {},
  ): Promise<HelperResult<N>> {
    this.asked.push(name);
    if (this.missing !== '') {
      throw new StillpointError({ kind: 'helper-unavailable', message: this.missing, guidance: '' });
    }
    const spec = helperContract[name];
    const checked = spec.params.parse(params) as HelperParams<N>;
    const answer = (this.overrides[name] ?? this.#answers[name]) as Answers[N];
    const signal = options.signal ?? new AbortController().signal;
    if (signal.aborted) throw cancelled();
    const emit = (event: HelperEvent<N>) => options.onEvent?.(spec.event.parse(event) as HelperEvent<N>);
    return spec.result.parse(await answer(checked, emit, signal)) as HelperResult<N>;
  }

  readonly #answers: Answers = {
    'helper.status': () => ({
      protocol: protocolVersion,
      version: 'fake',
      pid: 1,
      uid: this.canFreeze ? 0 : 1000,
      callerUid: 1000,
      canFreeze: this.canFreeze,
      cannotFreezeBecause: this.canFreeze ? '' : 'It runs with your own rights.',
      scheduledStillPoints: this.scheduledStillPoints,
      hostname: 'desk',
      kernel: '6.12',
    }),
    'hooks.list': () => ({ folder: '/etc/stillpoint/hooks.d', problem: '', hooks: [] }),
    'registry.import': ({ sources, repositories }) => ({ sources: sources.length, repositories: repositories.length }),
    'sources.list': () => this.sources,
    'sources.preflight': () => {
      if (this.preflight === null) throw notSimulated('sources.preflight');
      return this.preflight;
    },
    'sources.add': ({ name, spec, policy }) => {
      const id = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-') as Source['id'];
      const source: Source = { id, name, spec, policy, ownerUid: 1000 };
      this.sources.push(source);
      return source;
    },
    'sources.update': ({ id, name, spec, policy }) => {
      const source: Source = { id, name, spec, policy, ownerUid: 1000 };
      this.sources = this.sources.map((other) => (other.id === id ? source : other));
      return source;
    },
    'sources.setPolicy': ({ id, policy }) => {
      const before = this.sources.find((source) => source.id === id);
      if (!before) throw new StillpointError({ kind: 'unknown-source', message: 'No such source.', guidance: '' });
      const source: Source = { ...before, policy };
      this.sources = this.sources.map((other) => (other.id === id ? source : other));
      return source;
    },
    'sources.activity': () => this.activity,
    'sources.excludeSizes': ({ spec }) => excludeSizesOf(spec),
    'machine.conditions': () => this.conditions,
    'schedule.allowStillPoints': () => {
      this.scheduledStillPoints = true;
      return {};
    },
    'schedule.forbidStillPoints': () => {
      this.scheduledStillPoints = false;
      return {};
    },
    'freeze.trialState': () => this.trial,
    'freeze.trial': () => this.#tried('passed', [4.2, 1.1, 1.3]),
    'freeze.skipTrial': () => this.#tried('skipped', []),
    'quiet.windows': () => {
      if (this.quietWindows instanceof StillpointError) throw this.quietWindows;
      return this.quietWindows;
    },
    'keep.plan': ({ sourceId }) => {
      const own = this.snapshots.filter((snapshot) => snapshot.sourceId === sourceId).toReversed();
      const going = own.filter(({ id }) => this.going.includes(id)).length;
      return {
        snapshots: own.map(({ id, time }) => keptSnapshot(id, time, !this.going.includes(id))),
        keeping: own.length - going,
        going,
      };
    },
    'keep.apply': async ({ runId }, emit, signal) => {
      this.#requireReady();
      const result = await simulatedRun({
        ...{ runId, kind: 'forget', phases: ['forget'], phaseMs: this.phaseMs, emit, signal, now: this.now },
      });
      if (result.outcome === 'done') this.snapshots = this.snapshots.filter(({ id }) => !this.going.includes(id));
      return result;
    },
    'repositories.freeable': () => freeableOf(this.snapshots, repository),
    'repositories.reclaim': async ({ runId, snapshotIds }, emit, signal) => {
      this.#requireReady();
      const result = await simulatedRun({
        ...{ runId, kind: 'forget', phases: ['forget'], phaseMs: this.phaseMs, emit, signal, now: this.now },
      });
      if (result.outcome === 'done') this.snapshots = this.snapshots.filter(({ id }) => !snapshotIds.includes(id));
      return result;
    },
    'repositories.want': () => ({}),
    'repositories.prune': async ({ runId }, emit, signal) => {
      this.#requireReady();
      const run = await simulatedRun({
        ...{ runId, kind: 'forget', phases: ['repack'], phaseMs: this.phaseMs, emit, signal, now: this.now },
      });
      return { run, figures: null };
    },
    'sources.remove': ({ id }) => {
      this.sources = this.sources.filter((source) => source.id !== id);
      return {};
    },
    'repositories.list': () => [{ ...repository, state: this.state, ...this.repositoryFacts }],
    'repositories.probe': () => ({
      state: 'repository',
      repositoryId: repository.id,
      freeBytes: repository.freeBytes,
      filesystem: 'ext4 at /media/backup',
      removable: true,
      explanation: '',
    }),
    'repositories.create': () => repository,
    'repositories.adopt': ({ password }) => {
      this.#unlock(password);
      return repository;
    },
    'repositories.unlock': ({ password }) => {
      this.#unlock(password);
      return {};
    },
    'repositories.forgetPassword': () => {
      this.state = 'password-needed';
      return {};
    },
    'repositories.remove': () => ({}),
    'repositories.setLimits': ({ limits }) => ({ ...repository, limits }),
    'repositories.keys': () => [
      { id: 'k'.repeat(8), username: 'user', hostname: 'desk', createdAt: '2025-11-01T00:00:00Z', current: true },
    ],
    'repositories.addKey': () => ({ keyId: 'b'.repeat(64) }),
    'repositories.removeKey': () => ({}),
    'repositories.changePassword': () => ({}),
    'repositories.check': async ({ runId, readData, share }, emit, signal) => {
      const phases = readData ? (['check-structure', 'check-data'] as const) : (['check-structure'] as const);
      const run = await simulatedRun({ runId, kind: 'check', phases, phaseMs: this.phaseMs, emit, signal });
      const all = { what: 'all', part: null, of: null, snapshots: this.snapshots.length, bytes: 1000, allBytes: 1000 };
      const part = { ...all, what: 'share', part: 1, of: share?.of ?? null, bytes: 100 };
      const none = { ...all, what: 'structure', bytes: 0, allBytes: null };
      const checked = run.outcome === 'done' ? (readData ? (share ? part : all) : none) : null;
      return { run, findings: this.findings, checked: checked as Checked | null };
    },
    'repositories.repairIndex': () => {
      throw notSimulated('repositories.repairIndex');
    },
    'repositories.repairPacks': () => {
      throw notSimulated('repositories.repairPacks');
    },
    'repositories.repairSnapshots': () => {
      throw notSimulated('repositories.repairSnapshots');
    },
    'repositories.copy': () => {
      throw notSimulated('repositories.copy');
    },
    'repositories.statistics': () => {
      throw notSimulated('repositories.statistics');
    },
    'backup.run': async ({ sourceId, runId, askedAt, trigger }, emit, signal) => {
      this.#requireReady();
      this.triggers.push(trigger);
      const source = this.sources.find(({ id }) => id === sourceId);
      if (!source) throw new StillpointError({ kind: 'unknown-source', message: 'No such source.', guidance: '' });
      this.#runs += 1;
      const snapshot = { ...snapshotOf(source, this.#runs, this.now()), runId, askedAt };
      const phases = ['preflight', 'precopy', 'freeze', 'thaw', 'store', 'verify-packs', 'publish', 'verify-snapshot'];
      const result = await simulatedRun({
        runId,
        kind: 'backup',
        source,
        askedAt,
        trigger,
        now: this.now,
        phases: phases as Parameters<typeof simulatedRun>[0]['phases'],
        phaseMs: this.phaseMs,
        snapshot,
        emit: (event) => {
          if (event.type === 'phase-finished' && event.phase === 'publish' && !signal.aborted) {
            this.snapshots.push(snapshot);
            this.onPublished(snapshot);
          }
          return emit(event);
        },
        signal,
      });
      if (result.outcome !== 'done') this.snapshots = this.snapshots.filter((other) => other !== snapshot);
      // What the keep rules do not keep goes in the same run.
      else this.snapshots = this.snapshots.filter(({ id }) => !this.going.includes(id));
      return result;
    },
    'snapshots.list': ({ offset, limit }) => {
      this.#requireReady();
      return { snapshots: this.snapshots.slice(offset, offset + limit), total: this.snapshots.length };
    },
    'snapshots.evidence': ({ snapshotId }) => ({ evidence: evidenceOf(this.#snapshot(snapshotId)) }),
    'snapshots.tree': ({ snapshotId, path, offset, limit }) => {
      const inside = this.#files(snapshotId).filter((file) => file.path.startsWith(path === '/' ? '/' : `${path}/`));
      const names = new Map(
        inside.map((file) => {
          const [name = '', ...rest] = file.path.slice(path === '/' ? 1 : path.length + 1).split('/');
          return [name, rest.length > 0 ? entry(name, 'dir', 0) : entry(name, 'file', file.content.length)] as const;
        }),
      );
      const entries = [...names.values()];
      return { entries: entries.slice(offset, offset + limit), total: entries.length };
    },
    'snapshots.paths': async ({ snapshotId }, emit, signal) => {
      const found = this.#files(snapshotId);
      for (const file of found) {
        if (signal.aborted) throw cancelled();
        const type = 'file' as const;
        const item = { path: file.path, type, size: file.content.length, modifiedAt: '2025-11-19T08:00:00Z' };
        await emit({ type: 'paths', entries: [item] });
      }
      return { total: found.length };
    },
    'snapshots.read': ({ snapshotId, path, offset, length }) => {
      const file = this.#files(snapshotId).find((other) => other.path === path);
      const bytes = Buffer.from(file?.content ?? '');
      return { base64: bytes.subarray(offset, offset + length).toString('base64'), size: bytes.length };
    },
    'snapshots.diff': () => ({ changes: [], total: 0 }),
    'snapshots.setPinned': ({ snapshotId, pinned }) => {
      const before = this.#snapshot(snapshotId);
      const after = { ...before, id: before.id.replace(/^./, pinned ? 'e' : 'f') as SnapshotSummary['id'], pinned };
      this.snapshots = this.snapshots.map((other) => (other === before ? after : other));
      return after;
    },
    'snapshots.remove': ({ snapshotId }) => {
      this.snapshots = this.snapshots.filter(({ id }) => id !== snapshotId);
      return {};
    },
    'restore.plan': (request) => ({
      planId: 'plan-1',
      request,
      targetPath: request.target.kind === 'folder' ? request.target.path : '/home/user/Photos',
      targets: [request.target.kind === 'folder' ? request.target.path : '/home/user/Photos'],
      counts: { add: 1, replace: 2, metadata: 0, delete: 0, same: 0 },
      keptNewer: 0,
      bytesToWrite: 42,
      freeBytes: 1_000_000,
      warnings: [],
    }),
    'restore.planEntries': () => ({ entries: [], total: 0 }),
    'restore.compareText': () => ({ past: 'then\n', present: 'now\n' }),
    'restore.run': async ({ runId, askedAt }, emit, signal) => {
      const phases = ['safety', 'write', 'verify-files'] as const;
      return simulatedRun({ runId, kind: 'restore', askedAt, phases, phaseMs: this.phaseMs, emit, signal });
    },
    'restore.undoable': () => this.undoable,
    'restore.undo': ({ runId, askedAt }, emit, signal) =>
      simulatedRun({ runId, kind: 'undo', askedAt, phases: ['undo'], phaseMs: this.phaseMs, emit, signal }),
  };

  #snapshot(id: string): SnapshotSummary {
    const found = this.snapshots.find((snapshot) => snapshot.id === id);
    if (found) return found;
    throw new StillpointError({ kind: 'unknown-snapshot', message: 'No such snapshot.', guidance: '' });
  }

  #files(id: string) {
    const source = this.sources.find((other) => other.id === this.#snapshot(id).sourceId);
    return source ? files(source) : [];
  }

  #unlock(password: string): void {
    if (password === worldPassword) this.state = 'ready';
    else throw new StillpointError({ kind: 'wrong-password', message: 'Wrong.', guidance: '', field: 'Password' });
  }

  #tried(outcome: 'passed' | 'skipped', stallsMs: number[]): HelperResult<'freeze.trial'> {
    const { concerns, kernel, mountPoint, mayStallMs } = this.trial;
    if (!concerns) throw new StillpointError({ kind: 'bad-input', message: 'Nothing to try.', guidance: '' });
    const last = {
      ...{ outcome, stallsMs, kernel, mountPoint, leaseMs: mayStallMs, filesystem: 'root', longestProbeMs: null },
      ...{ reason: outcome === 'passed' ? '' : 'The test was skipped.', at: msToInstant(this.now()) },
    };
    this.trial = { ...this.trial, last, isNeeded: outcome !== 'passed', obstacles: [] };
    return last;
  }

  #requireReady(): void {
    const kind = {
      waiting: 'repository-absent',
      other: 'repository-absent',
      'password-needed': 'password-needed',
    } as const;
    if (this.state === 'ready' || this.state === 'read-only') return;
    throw new StillpointError({ kind: kind[this.state], message: `It is ${this.state}.`, guidance: '' });
  }
}

function notSimulated(name: string): StillpointError {
  return new StillpointError({ kind: 'internal', message: `${name} is not simulated.`, guidance: '' });
}

/** Nothing of the system is backed up in this world, unless a test says so. */
const noTrial: HelperResult<'freeze.trialState'> = {
  ...{ concerns: false, isNeeded: false, mayStallMs: 250, obstacles: [], last: null },
  ...{ kernel: '6.12', mountPoint: '/' },
};
