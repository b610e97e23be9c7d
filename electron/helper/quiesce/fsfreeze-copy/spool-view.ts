import type { StillEntry, StillView } from '../contract.ts';
import { isReusable } from '../ctime/reusable.ts';
import { stillContentOf } from '../holding/kept-content.ts';
import type { Spool } from '../holding/spool.ts';
import type { RootPlace } from '../view/ancestors.ts';
import type { CopiedEntry, TreeCopy } from './copy-tree.ts';

/** What was copied while writers were held, as a view. Good as long as the spool is. */
export function spoolView(
  place: RootPlace,
  copy: TreeCopy,
  spool: Spool,
  fsType: string,
  unreadable: StillView['unreadable'],
): StillView {
  const toStillEntry = (entry: CopiedEntry): StillEntry => ({
    name: entry.name,
    meta: entry.meta,
    children: entry.children === null ? null : () => each(entry.children ?? []),
    content: entry.content === null ? null : stillContentOf(entry.content, entry.meta, spool),
    reusable: isReusable(fsType, entry.meta),
  });

  async function* each(entries: readonly CopiedEntry[]): AsyncIterable<StillEntry> {
    for (const entry of entries) yield toStillEntry(entry);
  }

  return {
    ancestors: place.ancestors,
    root: {
      name: place.name,
      meta: copy.rootMeta,
      children: () => each(copy.children),
      content: null,
      reusable: false,
    },
    unreadable,
  };
}
