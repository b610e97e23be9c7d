import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { errorOf, isRefused, type RestoreHands } from '../hands/contract.ts';
import { Slots } from '../hands/slots.ts';
import { longestWhole } from '../hands/threaded-stage.ts';
import type { PlanItem } from '../plan/plan-item.ts';
import type { RestoreContext } from '../write/restore-context.ts';
import { judge, type WrittenFile } from '../write/verify-files.ts';
import { verifyOnThreads } from '../write/verify-on-threads.ts';
import type { FolderRow, ProofRow } from './contract.ts';
import { foundOfLine } from './found-line.ts';
import type { FolderOfTree, FreshTree, WrittenHere } from './fresh-tree.ts';

const filesPerJob = 64;
const bytesPerJob = 4 * 1024 * 1024;

interface Proof {
  readonly tree: FreshTree;
  readonly folder: FolderOfTree;
  readonly file: WrittenHere;
}

/** Reads back what was written of trees that have their names. Large files are read by several threads at once. */
export async function proveTrees(
  context: RestoreContext,
  hands: RestoreHands,
  trees: readonly FreshTree[],
): Promise<void> {
  const slots = new Slots(hands.count * 2 + 1);
  const large: WrittenFile[] = [];
  try {
    for (const group of groupsOf(trees, (tree, file) => large.push(largeOf(context, tree, file)))) {
      throwIfAborted(context.signal);
      await slots.begin(() => proveGroup(context, hands, group));
    }
  } finally {
    await slots.done();
  }
  if (large.length > 0) await verifyOnThreads(context, hands, large);
}

function largeOf({ zeros }: RestoreContext, tree: FreshTree, file: WrittenHere): WrittenFile {
  const item = tree.items[file.index] as PlanItem;
  const content = file.node.content ?? [];
  for (const index of file.zeros) zeros.add(content[index] as (typeof content)[number]);
  const found = foundOfLine(tree.lines[file.index] ?? '', 'file', tree.deviceId);
  return { item, content, blobLengths: file.lengths, found };
}

async function proveGroup(context: RestoreContext, hands: RestoreHands, group: readonly Proof[]): Promise<void> {
  const known = new Map<FolderOfTree, number>();
  const folders: FolderRow[] = [];
  const files = group.map(({ tree, folder, file }): ProofRow => {
    const at = known.get(folder) ?? folders.push([tree.fd, folder.path]) - 1;
    known.set(folder, at);
    const { name } = tree.items[file.index] as PlanItem;
    const { lengths, zeros, node } = file;
    const line = tree.lines[file.index] ?? '';
    return { folder: at, name: name.toString('latin1'), line, ids: node.content ?? [], lengths, zeros };
  });
  const device = String(group[0]?.tree.deviceId ?? 0);
  const answers = await hands.do({ kind: 'prove', folders, device, files });
  let bytes = 0;
  let made = 0;
  for (const [index, { tree, file }] of group.entries()) {
    const answer = answers[index] ?? 'changed';
    if (isRefused(answer)) throw errorOf(answer);
    const length = file.lengths.reduce((sum, each) => sum + each, 0);
    bytes += length;
    // No longer and no shorter than what was written to it: pieces that read back right say nothing of what follows them.
    const hasItsLength = tree.lines[file.index]?.split(' ')[3] === String(length);
    if (answer === 'same' && hasItsLength) {
      context.tally.verified += 1;
      made += 1;
    } else judge(context, largeOf(context, tree, file), answer);
  }
  context.report.advance(made, bytes);
}

function* groupsOf(
  trees: readonly FreshTree[],
  onLarge: (tree: FreshTree, file: WrittenHere) => void,
): Generator<readonly Proof[], void, undefined> {
  let group: Proof[] = [];
  let bytes = 0;
  for (const tree of trees) {
    if (group[0] && group[0].tree.deviceId !== tree.deviceId) {
      yield group;
      group = [];
      bytes = 0;
    }
    const folderOf = [...tree.folders().values()].reduce((folders, folder) => {
      for (const entry of folder.entries) folders[entry] = folder;
      return folders;
    }, [] as FolderOfTree[]);
    for (const file of tree.written) {
      const size = Number(file.node.size);
      if (size > longestWhole) {
        onLarge(tree, file);
        continue;
      }
      group.push({ tree, folder: folderOf[file.index] as FolderOfTree, file });
      bytes += size;
      if (group.length < filesPerJob && bytes < bytesPerJob) continue;
      yield group;
      group = [];
      bytes = 0;
    }
  }
  if (group.length > 0) yield group;
}
