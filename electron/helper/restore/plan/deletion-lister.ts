import { joinSnapshotPath } from '../../../../shared/domain/path-text.ts';
import { quoteName } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { Breather } from '../breather.ts';
import type { TargetTree } from '../target/target-tree.ts';
import { directoryBelow } from './anchor.ts';
import { isLeftOut, type SnapshotNotes } from './left-alone.ts';
import type { LeftOutRules } from './left-out-rules.ts';
import type { OwnPlaces } from './own-places.ts';
import { type Found, localPath, type PlanDirectory, type PlanItem, stepsTo } from './plan-item.ts';
import type { PlanNotes } from './plan-notes.ts';

interface Parts {
  readonly target: TargetTree;
  readonly own: OwnPlaces;
  readonly notes: PlanNotes;
  readonly snapshotNotes: SnapshotNotes;
  readonly leftOutRules: LeftOutRules;
}

/**
 * Lists every single deletion, a directory before what is in it. Never one of our own places, of what the snapshot left
 * out, or of another filesystem mounted below: a directory that holds such a thing stays, with it.
 */
export class DeletionLister {
  readonly #with: Parts;
  readonly #breather: Breather;

  constructor(parts: Parts, breather: Breather) {
    this.#with = parts;
    this.#breather = breather;
  }

  async list(parent: PlanDirectory, name: Buffer, now: Found): Promise<readonly PlanItem[]> {
    const items: PlanItem[] = [];
    if (this.#with.snapshotNotes.absenceUnsure) {
      this.#with.notes.add('own-data', joinSnapshotPath(parent.snapshotPath, quoteName(name)));
      return items;
    }
    await this.#collect(parent, name, now, this.#deviceOf(parent), null, items);
    return items;
  }

  /**
   * What is in a directory that is replaced by something else: it goes with it, once that was moved aside. Null when
   * something in it must stay: then the directory cannot be replaced at all.
   */
  async inside(replacing: PlanItem): Promise<readonly PlanItem[] | null> {
    const { in: parent, directory } = replacing;
    if (!directory) return [];
    const items: PlanItem[] = [];
    return (await this.#collectBelow(directory, this.#deviceOf(parent), replacing, items)) ? items : null;
  }

  /** Whether all of it goes. */
  async #collect(
    parent: PlanDirectory,
    name: Buffer,
    now: Found,
    deviceId: bigint,
    insideOf: PlanItem | null,
    into: PlanItem[],
  ): Promise<boolean> {
    await this.#breather.pause();
    const path = joinSnapshotPath(parent.snapshotPath, quoteName(name));
    const local = localPath(parent.root, [...stepsTo(parent), name]);
    const { own, notes, snapshotNotes, leftOutRules } = this.#with;
    if (
      own.isInside(local) ||
      isLeftOut(snapshotNotes, local, path) ||
      leftOutRules.leftOut(parent, name, now) ||
      now.deviceId !== deviceId
    ) {
      notes.add('own-data', path);
      return false;
    }
    const directory =
      now.type === 'dir' ? directoryBelow(parent, name, { snapshotPath: path, tree: null, node: null }) : null;
    const below: PlanItem[] = [];
    const isWhole = directory === null || (await this.#collectBelow(directory, deviceId, insideOf, below));
    if (isWhole) {
      into.push({
        in: parent,
        name,
        action: 'delete',
        type: now.type,
        stored: null,
        now,
        directory,
        isTypeChange: false,
        isHidden: false,
        insideOf,
      });
    }
    for (const item of below) into.push(item);
    return isWhole;
  }

  async #collectBelow(
    directory: PlanDirectory,
    deviceId: bigint,
    insideOf: PlanItem | null,
    into: PlanItem[],
  ): Promise<boolean> {
    const { target } = this.#with;
    let isWhole = true;
    for (const name of this.#namesIn(directory)) {
      const now = target.lookAt(directory, name);
      if (now && !(await this.#collect(directory, name, now, deviceId, insideOf, into))) isWhole = false;
    }
    return isWhole;
  }

  #namesIn(directory: PlanDirectory): readonly Buffer[] {
    try {
      return this.#with.target.list(directory);
    } catch (error) {
      if (!hasCode(error, 'EACCES', 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
      if (hasCode(error, 'EACCES')) this.#with.notes.add('no-rights', directory.snapshotPath);
      return [];
    }
  }

  #deviceOf(directory: PlanDirectory): bigint {
    return this.#with.target.ops.fstatSync(this.#with.target.open(directory)).dev;
  }
}
