import { closeSync, constants, realpathSync } from 'node:fs';
import type { ExcludeSizes } from '../../../../shared/domain/excludes/presets.ts';
import type { FilesystemSpec } from '../../../../shared/domain/source.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { mountOfDescriptor } from '../../system/mounts.ts';
import { statxDescriptor } from '../../system/statx.ts';
import type { Activity, ExamineContext, OwnPlaces, SourceKind } from '../contract.ts';
import { countChanges } from './activity.ts';
import { boundariesOf, chosenPaths } from './boundaries.ts';
import { countTree, nothingCounted, type TreeCount } from './count.ts';
import {
  type ExcludeRules,
  excludesForSnapshot,
  noRules,
  rulesDetail,
  rulesOf,
  storeRules,
} from './excludes/exclude-rules.ts';
import { Excludes } from './excludes/excludes.ts';
import type { FilesystemFacts } from './facts.ts';
import { measureExcludes } from './measure.ts';
import { type CopiedRoot, newOpenTree, type OnLeftOut } from './open-tree.ts';
import { normalPath } from './path-bytes.ts';
import { pathText } from './path-text.ts';
import type { OpenTree } from './tree.ts';

export interface FilesystemSourceOptions {
  /** In whose name files are looked at and read: everything later done with the facts uses the same. */
  readonly files: FileOps;
  /** How long counting may take, ms. Default 2000. */
  readonly countLimitMs?: number;
  /** Counts as last looked at, without counting, where somebody has them; see `Journal.countsOf`. */
  readonly knownCounts?: (source: Pick<FilesystemFacts, 'spec' | 'deviceId' | 'inode'>) => KnownCounts | undefined;
}

export type KnownCounts = Pick<FilesystemFacts, 'files' | 'directories' | 'others' | 'bytes'>;

/** What can be asked of folders beside what every kind of source is asked. */
export interface FilesystemSource extends SourceKind<FilesystemSpec, FilesystemFacts> {
  readonly kind: 'filesystem';
  /** How much presets, rules and paths leave out. Takes at most `limitMs`; `complete: false` when that was too short. */
  excludeSizes(spec: FilesystemSpec, context: ExamineContext, limitMs?: number): Promise<ExcludeSizes>;
  /** What changed of all that is backed up, after an instant. */
  activity(spec: FilesystemSpec, context: ExamineContext, sinceNs: bigint): Promise<Activity>;
}

/** The command that asks has two minutes. */
const measureLimitMs = 60_000;

/** Folders and mount points. One instance for each identity that files are read as. */
export function createFilesystemSource(options: FilesystemSourceOptions): FilesystemSource {
  const { files } = options;
  return {
    kind: 'filesystem',
    examine: (spec, context) => examine(spec, context, options),
    excludeSizes: async (spec, { own, signal }, limitMs = measureLimitMs) => {
      const root = realDirectory(spec, files);
      const rules = rulesOf(spec);
      const excludes = new Excludes(rules, root, chosenPaths(spec, root));
      // Paths are asked about like rules here: a walk that knows them beforehand would not even look at them.
      const bare = { ...spec, excludes: [] };
      return measureExcludes(
        spec,
        {
          openKept: (onLeftOut) => openRoot(bare, root, files, own, rules, { excludes, onLeftOut }),
          openWhole: () => openRoot(bare, root, files, own, noRules),
        },
        limitMs,
        signal,
      );
    },
    activity: async (spec, { own, signal }, sinceNs) => {
      const tree = openRoot(spec, realDirectory(spec, files), files, own, rulesOf(spec));
      try {
        return await countChanges(tree, sinceNs, signal);
      } finally {
        tree.close();
      }
    },
  };
}

async function examine(
  spec: FilesystemSpec,
  context: ExamineContext,
  { files, countLimitMs = 2000, knownCounts }: FilesystemSourceOptions,
): Promise<FilesystemFacts> {
  const root = realDirectory(spec, files);
  const rules = rulesOf(spec);
  const tree = openRoot(spec, root, files, context.own, rules);
  try {
    const { deviceId, inode } = tree.root.stat;
    const mount = mountOfDescriptor(tree.rootFd);
    const known = knownCounts?.({ spec, deviceId, inode });
    const isPutOff = known === undefined && context.counting === 'when-asked';
    const counts = isPutOff
      ? nothingCounted
      : known === undefined
        ? await countTree(tree, countLimitMs, context.signal)
        : { ...known, storedBytes: known.bytes, counted: true };
    const facts: FilesystemFacts = {
      kind: 'filesystem',
      spec,
      root,
      location: pathText(root),
      followedFrom: root.equals(normalPath(spec.path)) ? null : spec.path,
      filesystem: mount.fsType,
      mountPoint: mount.mountPoint,
      device: mount.source,
      mount,
      deviceId,
      inode,
      leftOut: tree.leftOut(),
      excludes: excludesForSnapshot(spec),
      detail: { [rulesDetail]: storeRules(rules) },
      ...counts,
      openTree: () => reopen(spec, root, files, context.own, rules, { deviceId, inode }),
      openCopy: (rootFd) => {
        const copyOf = { deviceId, inode, fsType: mount.fsType };
        return openCopy(spec, root, files, context.own, rules, copyOf, rootFd);
      },
    };
    return isPutOff ? { ...facts, count: countedOnce(facts, countLimitMs, context.signal) } : facts;
  } finally {
    tree.close();
  }
}

/** Several may ask: it is counted for the first. */
function countedOnce(facts: FilesystemFacts, limitMs: number, signal: AbortSignal): () => Promise<FilesystemFacts> {
  let counting: Promise<TreeCount> | undefined;
  const count = async (): Promise<TreeCount> => {
    const tree = facts.openTree();
    try {
      return await countTree(tree, limitMs, signal);
    } finally {
      tree.close();
    }
  };
  return async () => {
    counting ??= count();
    return { ...facts, ...(await counting) };
  };
}

function realDirectory(spec: FilesystemSpec, files: FileOps): Buffer {
  if (!spec.path.startsWith('/')) {
    throw new StillpointError({
      kind: 'bad-input',
      message: `${spec.path} is not an absolute path.`,
      guidance: 'Name the folder from the root on, beginning with /.',
      field: 'path',
    });
  }
  try {
    return files.run(() => realpathSync.native(spec.path, { encoding: 'buffer' }));
  } catch (error) {
    throw describeFailure(spec, error);
  }
}

/** `rules` are those of the specification as they were when it was looked at, so that every walk sees the same tree. */
function openRoot(
  spec: FilesystemSpec,
  root: Buffer,
  files: FileOps,
  own: OwnPlaces,
  rules: ExcludeRules,
  more: { readonly excludes?: Excludes; readonly onLeftOut?: OnLeftOut } = {},
): OpenTree {
  let rootFd: number | undefined;
  try {
    rootFd = files.openSync(root, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    const boundaries = boundariesOf(spec, root, own, files);
    return newOpenTree({ files, rootPath: root, rootFd, boundaries, excludes: new Excludes(rules, root), ...more });
  } catch (error) {
    if (rootFd !== undefined) closeSync(rootFd);
    throw describeFailure(spec, error);
  }
}

function reopen(
  spec: FilesystemSpec,
  root: Buffer,
  files: FileOps,
  own: OwnPlaces,
  rules: ExcludeRules,
  examined: { readonly deviceId: bigint; readonly inode: bigint },
): OpenTree {
  const tree = openRoot(spec, root, files, own, rules);
  const { deviceId, inode } = tree.root.stat;
  if (deviceId === examined.deviceId && inode === examined.inode) return tree;
  tree.close();
  throw changedIdentity(spec);
}

function openCopy(
  spec: FilesystemSpec,
  root: Buffer,
  files: FileOps,
  own: OwnPlaces,
  rules: ExcludeRules,
  copyOf: CopiedRoot & { readonly inode: bigint },
  rootFd: number,
): OpenTree {
  try {
    if (statxDescriptor(rootFd).inode !== copyOf.inode) throw changedIdentity(spec);
    const boundaries = boundariesOf(spec, root, own, files);
    return newOpenTree({ files, rootPath: root, rootFd, boundaries, excludes: new Excludes(rules, root), copyOf });
  } catch (error) {
    closeSync(rootFd);
    throw error;
  }
}

function changedIdentity(spec: FilesystemSpec): StillpointError {
  return new StillpointError({
    kind: 'source-changed-identity',
    message: `${spec.path} is not the folder it was a moment ago.`,
    guidance: 'A disk may have been unplugged, or the folder replaced. Check it, then try again.',
    field: 'path',
    retryable: true,
    context: { path: spec.path },
  });
}

function describeFailure(spec: FilesystemSpec, error: unknown): unknown {
  const context = { path: spec.path };
  if (hasCode(error, 'ENOTDIR'))
    return new StillpointError({
      kind: 'bad-input',
      message: `${spec.path} is not a folder.`,
      guidance: 'Choose the folder that holds it; single files cannot be protected.',
      field: 'path',
      context,
    });
  if (hasCode(error, 'ENOENT'))
    return new StillpointError({
      kind: 'source-absent',
      message: `${spec.path} is not there.`,
      guidance: 'Plug in its disk or mount it, or choose another folder.',
      field: 'path',
      retryable: true,
      context,
    });
  if (hasCode(error, 'EACCES', 'EPERM', 'ELOOP', 'EIO', 'ESTALE', 'ENAMETOOLONG'))
    return new StillpointError({
      kind: 'source-unreadable',
      message: `${spec.path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      guidance: 'Give your account the right to read it, or let Stillpoint’s system helper do it.',
      field: 'path',
      retryable: true,
      context,
      cause: error,
    });
  return error;
}
