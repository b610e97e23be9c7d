import type { PlanDirectory, PlanItem } from '../plan/plan-item.ts';

/** Entries of the plan that are put in place one by one, or one folder with everything in it. */
export type Unit =
  | { readonly kind: 'entries'; readonly items: readonly PlanItem[] }
  | { readonly kind: 'tree'; readonly items: readonly PlanItem[] };

/** More than this is not made as one tree: that much is lost when it is interrupted. */
export interface TreeLimits {
  readonly entries: number;
  readonly bytes: number;
}

/** Paths of folders below a tree's top, in bytes: the kernel takes 4095 at once. */
const longestPath = 3000;

/**
 * Parts a plan into folders that are made anew with all that is in them, as large as the limits let them be, and the rest.
 * Items come with a directory before what is in it, and so do they here.
 */
export function* unitsOf(items: readonly PlanItem[], limits: TreeLimits): Generator<Unit, void, undefined> {
  let from = 0;
  for (let at = 0; at < items.length; ) {
    const until = endOfTree(items, at, limits);
    if (until === at) {
      at += 1;
      continue;
    }
    if (from < at) yield { kind: 'entries', items: items.slice(from, at) };
    yield { kind: 'tree', items: items.slice(at, until) };
    at = until;
    from = until;
  }
  if (from < items.length) yield { kind: 'entries', items: items.slice(from) };
}

/** Where the tree ends that begins at `at`; `at` itself where there is none. */
function endOfTree(items: readonly PlanItem[], at: number, limits: TreeLimits): number {
  const top = items[at];
  if (!top || !isNew(top) || top.type !== 'dir' || !top.directory?.node || top.isHidden || top.name.length === 0)
    return at;
  const lengths = new Map<PlanDirectory, number>([[top.directory, 0]]);
  let bytes = 0;
  let until = at + 1;
  for (; until < items.length; until += 1) {
    const item = items[until] as PlanItem;
    const length = lengths.get(item.in);
    if (length === undefined) return until;
    if (!isNew(item) || until - at >= limits.entries) return at;
    if (item.type === 'file') bytes += item.stored?.size ?? 0;
    if (bytes > limits.bytes) return at;
    if (item.type !== 'dir') continue;
    const below = length + item.name.length + 1;
    // One that the snapshot does not know keeps what its parent passes on.
    if (!item.directory?.node || below > longestPath) return at;
    lengths.set(item.directory, below);
  }
  return until;
}

function isNew({ action, now, isTypeChange, insideOf }: PlanItem): boolean {
  return action === 'add' && now === null && !isTypeChange && insideOf === null;
}
