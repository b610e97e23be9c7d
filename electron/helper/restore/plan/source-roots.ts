import type { TreeNode } from '../../repository/index.ts';
import { badInput } from '../errors.ts';
import type { StoredSnapshot } from '../snapshot-source.ts';
import { splitPath } from '../target/target-tree.ts';
import { type Choice, choose, isEmptyChoice, newChoice, parseSnapshotPath } from './selection.ts';
import type { StoredTree } from './stored-tree.ts';

/** One place that was backed up: where it is in the snapshot's tree, and where it was on the machine. */
export interface SourceRoot {
  readonly treeSteps: readonly Buffer[];
  readonly localSteps: readonly Buffer[];
  /** Nodes along `treeSteps`; empty when the snapshot's root is the place. */
  readonly nodes: readonly TreeNode[];
}

export interface ChosenRoot extends SourceRoot {
  readonly choice: Choice;
}

/**
 * The places a snapshot was made of. Restic keeps the absolute path of a folder it was given by a relative name, but
 * hangs its tree at that name: then the longest end of the path that the tree has is taken.
 */
export async function sourceRoots(snapshot: StoredSnapshot, tree: StoredTree): Promise<readonly SourceRoot[]> {
  const roots: SourceRoot[] = [];
  for (const path of snapshot.paths) {
    const localSteps = splitPath(Buffer.from(path));
    for (let from = 0; from <= localSteps.length; from += 1) {
      const treeSteps = localSteps.slice(from);
      const nodes = await tree.along(snapshot.tree, treeSteps);
      if (nodes.length !== treeSteps.length) continue;
      roots.push({ treeSteps, localSteps, nodes });
      break;
    }
  }
  return roots;
}

/**
 * Distributes a selection over the places it lies in: where one is inside another, over the inner one. Nothing selected means
 * everything.
 */
export async function chooseFrom(
  roots: readonly SourceRoot[],
  selection: readonly string[],
  snapshot: StoredSnapshot,
  tree: StoredTree,
): Promise<readonly ChosenRoot[]> {
  const chosen = roots.map((root): ChosenRoot => ({ ...root, choice: newChoice(selection.length === 0) }));
  for (const path of selection) {
    const steps = parseSnapshotPath(path, 'selection');
    if ((await tree.along(snapshot.tree, steps)).length !== steps.length) {
      throw badInput('selection', `${path} is not in this snapshot.`, 'Choose the entry again from the snapshot.');
    }
    const inside = chosen.filter(({ treeSteps }) => startsWith(steps, treeSteps));
    const around = chosen.filter(({ treeSteps }) => startsWith(treeSteps, steps));
    const [innermost] = inside.toSorted((a, b) => b.treeSteps.length - a.treeSteps.length);
    if (innermost !== undefined) choose(innermost.choice, steps.slice(innermost.treeSteps.length));
    for (const root of around) choose(root.choice, []);
    if (inside.length + around.length === 0) {
      throw badInput(
        'selection',
        `${path} is not part of what was backed up here.`,
        'Choose something inside a folder that this snapshot was made of.',
      );
    }
  }
  return chosen.filter(({ choice }) => !isEmptyChoice(choice));
}

export function startsWith(steps: readonly Buffer[], start: readonly Buffer[]): boolean {
  return start.length <= steps.length && start.every((step, index) => steps[index]?.equals(step));
}
