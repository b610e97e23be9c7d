import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evidencePath } from '../../../../shared/domain/evidence.ts';
import type { RunId, SnapshotId } from '../../../../shared/domain/ids.ts';
import type { RestoreMode, RestoreRequest } from '../../../../shared/domain/restore.ts';
import { encodeSnapshotTags } from '../../../../shared/domain/snapshot-tags.ts';
import { type ErrorKind, StillpointError } from '../../../../shared/errors/index.ts';
import { addFiles, blobStoreFor, capture } from '../../capture/index.ts';
import { CountingReporter } from '../../capture/testing/literal-view.ts';
import type { StillView } from '../../quiesce/contract.ts';
import type { Repository, TreeNode } from '../../repository/index.ts';
import { memoryRepository } from '../../repository/testing/memory-repository.ts';
import { type FileOps, plainFileOps } from '../../system/file-ops.ts';
import { assertSafe } from '../assert-safe.ts';
import type { PreparedRestore, RestoreContext, RestoreOutcome } from '../contract.ts';
import { createFilesystemRestore, type FilesystemRestore } from '../filesystem-restore.ts';
import type { StartHands } from '../hands/contract.ts';
import type { Actor } from '../plan/rights.ts';
import { type SnapshotSource, snapshotSourceOf } from '../snapshot-source.ts';
import { diskView } from './disk-view.ts';

export interface SceneOptions {
  readonly ops?: FileOps;
  readonly actor?: Actor;
  /** An existing repository instead of one in memory. */
  readonly repository?: Repository;
  /** Read through this instead of the repository. */
  readonly source?: SnapshotSource;
  /** Threads; without them everything is done where it is asked for. */
  readonly startHands?: StartHands | undefined;
  /** Where folders of the scene are; the system's temporary directory by default. */
  readonly folder?: string;
}

export interface RunOptions {
  readonly unticked?: readonly string[];
  /** The user refused the safety snapshot. */
  readonly refuseSafety?: boolean;
  readonly signal?: AbortSignal;
  readonly runId?: RunId;
  /** Called between the safety snapshot and the writing. */
  readonly beforeRun?: () => void;
}

export interface SnapshotMore {
  readonly evidence?: unknown;
  readonly excludes?: readonly string[];
  /** Tagged as by this program; as by another one otherwise. */
  readonly isOurs?: boolean;
}

const ourTags = { runId: null, sourceId: null, level: 'per-file', safety: false, pinned: false } as const;

/** A folder with a source and targets, a repository, and a restore driver over both. Use with `using`. */
export class RestoreScene implements Disposable {
  readonly folder: string;
  readonly repository: Repository;
  readonly driver: FilesystemRestore;
  readonly ownPaths: string[] = [];
  readonly stateDirectory: string;
  readonly signal = new AbortController().signal;
  nowMs = Date.parse('2026-01-02T03:04:05Z');

  private constructor(folder: string, repository: Repository, options: SceneOptions) {
    this.folder = folder;
    this.repository = repository;
    this.stateDirectory = join(folder, 'state');
    this.driver = this.newDriver(options);
  }

  /** The same folder again, as another process finds it. Nothing is removed with it. */
  static at(folder: string, options: SceneOptions & { readonly repository: Repository }): RestoreScene {
    return new RestoreScene(folder, options.repository, options);
  }

  static async open(options: SceneOptions = {}): Promise<RestoreScene> {
    const folder = mkdtempSync(join(options.folder ?? tmpdir(), 'stillpoint-restore-'));
    const repository = options.repository ?? (await memoryRepository()).repository;
    return new RestoreScene(folder, repository, options);
  }

  /** As after a restart of the helper: nothing is known but what was written down. */
  newDriver(options: SceneOptions = {}): FilesystemRestore {
    return createFilesystemRestore({
      repository: async () => options.source ?? snapshotSourceOf(this.repository),
      ops: options.ops ?? plainFileOps,
      actor: options.actor ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, groups: [] },
      ownPaths: () => this.ownPaths,
      stateDirectory: this.stateDirectory,
      now: () => new Date(this.nowMs).toISOString(),
      startHands: options.startHands,
    });
  }

  context(signal = this.signal): RestoreContext {
    return { signal, report: new CountingReporter() };
  }

  /** An error as a repository reports it. */
  damage(what: string, kind: ErrorKind = 'repository-damaged'): StillpointError {
    return new StillpointError({ kind, message: `${what} is damaged`, guidance: '' });
  }

  async find(snapshotId: SnapshotId, path: string): Promise<TreeNode | undefined> {
    const { tree } = await this.repository.snapshots.load(snapshotId);
    for await (const walked of this.repository.walk(tree)) if (walked.path === path) return walked.node;
    return undefined;
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  make(...names: readonly string[]): string {
    const path = this.path(...names);
    mkdirSync(path, { recursive: true });
    return path;
  }

  backup(path: string, more: SnapshotMore = {}): Promise<SnapshotId> {
    return this.backupView(diskView(path), [path], more);
  }

  async backupView(view: StillView, paths: readonly string[], more: SnapshotMore = {}): Promise<SnapshotId> {
    return this.#publish(paths, more, async (store) => {
      const options = {
        signal: this.signal,
        report: new CountingReporter(),
        parentTree: null,
        parentFlushedAtNs: null,
      };
      const captured = await capture(view, store, options);
      assertSafe(captured.totals);
      if (more.evidence === undefined) return captured.rootTree;
      const content = Buffer.from(JSON.stringify(more.evidence));
      return addFiles(store, captured.rootTree, [{ path: evidencePath, content }]);
    });
  }

  /** One snapshot of several places, as other programs make them. All of them lie in the folder of the scene. */
  mergeRoots(paths: readonly string[], trees: readonly SnapshotTree[], more: SnapshotMore = {}): Promise<SnapshotId> {
    return this.#publish(paths, more, async (store) => {
      const merge = async (some: readonly SnapshotTree[]): Promise<SnapshotTree> => {
        const byName = new Map<string, TreeNode[]>();
        for (const node of (await Promise.all(some.map((tree) => store.loadTree(tree)))).flat()) {
          byName.set(node.name.toString(), [...(byName.get(node.name.toString()) ?? []), node]);
        }
        const merged = [...byName.values()].map(async ([first, ...others]): Promise<TreeNode> => {
          if (!first) throw new Error('a name without a node');
          if (!first.subtree || others.length === 0) return first;
          return { ...first, subtree: await merge([first, ...others].flatMap(({ subtree }) => subtree ?? [])) };
        });
        return (await store.saveTree(await Promise.all(merged))).id;
      };
      return merge(trees);
    });
  }

  /** A snapshot of a tree as somebody else might have made it. */
  publishTree(
    paths: readonly string[],
    build: (store: ReturnType<typeof blobStoreFor>) => Promise<readonly TreeNode[]>,
  ): Promise<SnapshotId> {
    return this.#publish(paths, {}, async (store) => (await store.saveTree(await build(store))).id);
  }

  request(
    snapshotId: SnapshotId,
    changes: Partial<Omit<RestoreRequest, 'point'>> & { readonly mode?: RestoreMode } = {},
  ): RestoreRequest {
    return {
      point: { repositoryId: this.repository.id, snapshotId, instant: null },
      selection: [],
      target: { kind: 'original' },
      mode: 'keep',
      ...changes,
    };
  }

  prepare(snapshotId: SnapshotId, changes: Partial<Omit<RestoreRequest, 'point'>> = {}): Promise<PreparedRestore> {
    return this.driver.prepare(this.request(snapshotId, changes), {
      signal: this.signal,
      report: new CountingReporter(),
    });
  }

  /** As the pipeline does it: safety snapshot of what is endangered, then the run. */
  async run(prepared: PreparedRestore, options: RunOptions = {}): Promise<{ runId: RunId; outcome: RestoreOutcome }> {
    const unticked = options.unticked ?? [];
    const runId = options.runId ?? (randomBytes(16).toString('hex') as RunId);
    const isEndangered = prepared.endangered(unticked).length > 0;
    const safetySnapshotId =
      isEndangered && !options.refuseSafety
        ? await this.backupView(prepared.endangeredView(unticked), prepared.safetyPaths(unticked))
        : null;
    options.beforeRun?.();
    const context = this.context(options.signal);
    return { runId, outcome: await prepared.run({ runId, unticked, safetySnapshotId }, context) };
  }

  async restore(
    snapshotId: SnapshotId,
    changes: Partial<Omit<RestoreRequest, 'point'>> = {},
    options: RunOptions = {},
  ) {
    return this.run(await this.prepare(snapshotId, changes), options);
  }

  async undo(runId: RunId, options: RunOptions = {}): Promise<{ runId: RunId; outcome: RestoreOutcome }> {
    return this.driver.undo(runId, this.context(), (prepared) => this.run(prepared, options));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #publish(
    paths: readonly string[],
    { excludes = [], isOurs = false }: SnapshotMore,
    store: (store: ReturnType<typeof blobStoreFor>) => Promise<SnapshotTree>,
  ): Promise<SnapshotId> {
    return this.repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      await this.repository.loadIndex();
      const tree = await this.repository.withWriter(lock, {}, (writer) => store(blobStoreFor(this.repository, writer)));
      // Well before anything a test does next: file times lag behind the clock by a tick.
      const timeNs = BigInt(Date.now() - 60_000) * 1_000_000n;
      const author = { hostname: 'test', username: 'test', uid: 0, gid: 0 };
      const snapshot = await this.repository.snapshots.publish(lock, {
        timeNs,
        tree,
        paths,
        excludes,
        tags: isOurs ? encodeSnapshotTags(ourTags) : [],
        ...author,
      });
      return snapshot.id;
    });
  }
}

type SnapshotTree = Awaited<ReturnType<typeof capture>>['rootTree'];
