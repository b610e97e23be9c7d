import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { RestorePlan } from '../../../shared/domain/restore.ts';
import type { Instant } from '../../../shared/domain/time.ts';
import type { StillView } from '../quiesce/contract.ts';
import type { FileOps } from '../system/file-ops.ts';
import type { PreparedRestore, RestoreContext, RestoreExecution, RestoreOutcome } from './contract.ts';
import { displayPath } from './display-path.ts';
import { type EndangeredView, endangeredView } from './endangered-view.ts';
import { badInput, safetyMissing, wasRunAlready } from './errors.ts';
import type { StartHands } from './hands/contract.ts';
import type { RestoreRecords } from './journal/undo-record.ts';
import type { Abilities } from './plan/build-plan.ts';
import { presentText, storedText } from './plan/compare-text.ts';
import { placesHolding } from './plan/places.ts';
import {
  itemPath,
  localPath,
  type PlanDirectory,
  type PlanItem,
  stepsToItem,
  type TargetRoot,
} from './plan/plan-item.ts';
import { type PlanQuery, pageOf } from './plan/plan-page.ts';
import type { StoredTree } from './plan/stored-tree.ts';
import type { SnapshotSource } from './snapshot-source.ts';
import { TargetTree } from './target/target-tree.ts';
import { runRestore } from './write/run-restore.ts';

export interface PreparedParts {
  readonly plan: RestorePlan;
  readonly items: readonly PlanItem[];
  readonly roots: readonly TargetRoot[];
  readonly places: readonly Buffer[];
  readonly source: SnapshotSource;
  readonly tree: StoredTree;
  readonly ops: FileOps;
  readonly abilities: Abilities;
  readonly uid: number;
  readonly restoredSnapshotId: SnapshotId;
  readonly undoes: RunId | null;
  readonly stateDirectory: string;
  readonly records: RestoreRecords;
  readonly now: () => Instant;
  readonly startHands?: StartHands | undefined;
}

/** A plan kept in memory. It touches nothing until it is run, and it can be run once. */
export class PreparedFilesystemRestore implements PreparedRestore {
  readonly plan: RestorePlan;
  readonly #parts: PreparedParts;
  #safety: EndangeredView | null = null;
  #safetyTarget: TargetTree | null = null;
  #wasRun = false;

  constructor(parts: PreparedParts) {
    this.plan = parts.plan;
    this.#parts = parts;
  }

  entries(query: PlanQuery): ReturnType<PreparedRestore['entries']> {
    return pageOf(this.#parts.items, query);
  }

  async compareText(path: string): ReturnType<PreparedRestore['compareText']> {
    const { items, tree, source, ops } = this.#parts;
    const item = items.find((candidate) => !candidate.isHidden && itemPath(candidate) === path);
    if (!item) throw badInput('path', `${path} is not part of this plan.`, 'Choose an entry of the preview.');
    const target = new TargetTree(ops);
    try {
      const stored = await storedText(item, tree, source);
      return { past: stored, present: presentText(item, target) };
    } finally {
      target.close();
    }
  }

  endangered(unticked: readonly string[]): readonly string[] {
    return this.#endangered(unticked).map((item) => displayPath(localPath(item.in.root, stepsToItem(item))));
  }

  safetyPaths(unticked: readonly string[]): readonly string[] {
    return placesHolding(
      this.#parts.places,
      this.#endangered(unticked).map((item) => localPath(item.in.root, stepsToItem(item))),
    ).map(displayPath);
  }

  endangeredView(unticked: readonly string[]): StillView {
    this.#safetyTarget?.close();
    this.#safetyTarget = new TargetTree(this.#parts.ops);
    this.#safety = endangeredView(this.#endangered(unticked), this.#safetyTarget);
    return this.#safety.view;
  }

  async run(execution: RestoreExecution, context: RestoreContext): Promise<RestoreOutcome> {
    const { plan, ...parts } = this.#parts;
    const safety = this.#safety;
    this.#safetyTarget?.close();
    this.#safetyTarget = null;
    if (this.#wasRun) throw wasRunAlready();
    const isKept = execution.safetySnapshotId !== null;
    if (isKept && !safety) throw safetyMissing();
    this.#wasRun = true;
    const items = ticked(parts.items, execution.unticked);
    return runRestore(
      {
        ...parts,
        items,
        mode: plan.request.mode,
        targetPath: plan.targetPath,
        runId: execution.runId,
        safetySnapshotId: execution.safetySnapshotId,
        safetyRefused: !isKept && this.#endangered(execution.unticked).length > 0,
        expected: (item) => (isKept ? safety?.savedVersion(item) : item.now),
      },
      context,
    );
  }

  #endangered(unticked: readonly string[]): readonly PlanItem[] {
    const isAtRisk = ({ action, now }: PlanItem): boolean => action !== 'same' && action !== 'add' && now !== null;
    return ticked(this.#parts.items, unticked).filter(isAtRisk);
  }
}

/** Without the paths that are left as they are, and everything below them. */
export function ticked(items: readonly PlanItem[], unticked: readonly string[]): readonly PlanItem[] {
  if (unticked.length === 0) return items;
  const paths = new Set(unticked);
  const left = new Set<PlanDirectory>();
  const leftItems = new Set<PlanItem>();
  return items.filter((item) => {
    const isLeft =
      paths.has(itemPath(item)) || left.has(item.in) || (item.insideOf !== null && leftItems.has(item.insideOf));
    if (!isLeft) return true;
    leftItems.add(item);
    const directory = item.name.length === 0 ? null : item.directory;
    if (directory) left.add(directory);
    return false;
  });
}
