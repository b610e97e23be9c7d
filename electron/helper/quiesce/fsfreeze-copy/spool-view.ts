import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { ContentSink, ContentVerdict, StillContent, StillEntry, StillView } from '../contract.ts';
import { isReusable } from '../ctime/reusable.ts';
import type { RootPlace } from '../view/ancestors.ts';
import type { CopiedContent, CopiedEntry, TreeCopy } from './copy-tree.ts';
import type { Spool } from './spool.ts';

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
    content: entry.content === null ? null : contentOf(entry, entry.content, spool),
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

function contentOf(entry: CopiedEntry, content: CopiedContent, spool: Spool): StillContent {
  return {
    base: null,
    async readInto(sink: ContentSink, signal: AbortSignal): Promise<ContentVerdict> {
      if (content.state === 'unreadable') return content;
      for (const piece of content.pieces) {
        if (piece.kind === 'hole') {
          await sink.hole(piece.length);
          continue;
        }
        for (let done = 0; done < piece.length; ) {
          throwIfAborted(signal);
          const bytes = await spool.read(piece.position + done, piece.length - done);
          await sink.data(bytes);
          done += bytes.length;
        }
      }
      return { state: 'whole', meta: entry.meta };
    },
  };
}
