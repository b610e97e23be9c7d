import { type Evidence, evidencePath, evidenceSchema } from '../../../../shared/domain/evidence.ts';
import { excludesOf } from '../../sources/index.ts';
import { displayPath } from '../display-path.ts';
import type { SnapshotSource, StoredSnapshot } from '../snapshot-source.ts';
import { pathOf } from './anchor.ts';
import type { RootRules } from './left-out-rules.ts';
import { parseSnapshotPath } from './selection.ts';
import type { SourceRoot } from './source-roots.ts';
import type { StoredTree } from './stored-tree.ts';

/** Evidence is small; a file that claims to be more is not read. */
const longestEvidence = 64 * 1024 * 1024;

/** What a snapshot says about itself that a restore must know. */
export interface SnapshotNotes {
  /** Local paths that were not taken: their absence in the snapshot means nothing. */
  readonly leftOut: ReadonlySet<string>;
  /** Presets and own rules it was made with: what they say of an entry is as good as its being listed. */
  readonly rules: readonly RootRules[];
  /** Why not everything that is missing in the snapshot may be deleted; null when its absence can be relied on. */
  readonly absenceUnsure: string | null;
  /** Quoted paths in the snapshot of files that changed while they were read. */
  readonly torn: ReadonlySet<string>;
}

/** Reads the evidence inside a snapshot. Snapshots of other programs have none: then only their excludes are known. */
export async function readSnapshotNotes(
  snapshot: StoredSnapshot,
  source: SnapshotSource,
  tree: StoredTree,
  roots: readonly SourceRoot[],
): Promise<SnapshotNotes> {
  const evidence = await readEvidence(snapshot, source, tree);
  if (!evidence) {
    const absenceUnsure =
      snapshot.excludes.length === 0 ? null : 'It was made with excludes, and does not say what they left out.';
    return { leftOut: new Set(), rules: [], absenceUnsure, torn: new Set() };
  }
  const { leftOut, leftOutTotal, files } = evidence;
  const isComplete = leftOutTotal <= leftOut.length && files.unreadableTotal <= files.unreadable.length;
  const rules = rulesOf(evidence, roots);
  return {
    leftOut: new Set([...leftOut, ...files.unreadable].map(({ path }) => path).concat(snapshot.excludes)),
    rules: rules ?? [],
    absenceUnsure: !isComplete
      ? 'So much could not be read when it was made that not all of it is listed.'
      : rules === null
        ? 'It was made with rules that this version of Stillpoint does not understand.'
        : null,
    torn: new Set(files.torn.map(({ path }) => path)),
  };
}

/** Both ways in which a path is written down: as text for people, and quoted as in the snapshot. */
export function isLeftOut(notes: SnapshotNotes, localPath: Buffer, snapshotPath: string): boolean {
  if (notes.leftOut.size === 0) return false;
  return notes.leftOut.has(displayPath(localPath)) || notes.leftOut.has(snapshotPath);
}

/** Null when it has rules that nobody here can apply. */
function rulesOf(evidence: Evidence, roots: readonly SourceRoot[]): readonly RootRules[] | null {
  const rules: RootRules[] = [];
  for (const root of roots) {
    const excludes = excludesOf(evidence.detail, pathOf(root.localSteps));
    if (excludes === null) return null;
    rules.push({ root, excludes });
  }
  return rules;
}

async function readEvidence(snapshot: StoredSnapshot, source: SnapshotSource, tree: StoredTree) {
  const nodes = await tree.along(snapshot.tree, parseSnapshotPath(evidencePath, 'evidence'));
  const file = nodes.length === 2 ? nodes[1] : undefined;
  if (!file?.content || file.size > longestEvidence) return null;
  const parts: Uint8Array[] = [];
  for (const id of file.content) parts.push(await source.loadData(id));
  try {
    return evidenceSchema.safeParse(JSON.parse(Buffer.concat(parts).toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}
