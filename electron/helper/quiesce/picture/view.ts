import type { ContentSink, ContentVerdict, StillContent, StillEntry } from '../contract.ts';
import { isReusable } from '../ctime/reusable.ts';
import type { PictureContent, PictureCounts } from './contract.ts';
import type { Inode, Version } from './picture.ts';

export interface ViewParts {
  readonly fsType: string;
  readonly base: Version | null;
  readonly contentOf: (inode: Inode) => PictureContent;
  readonly below: (directory: Inode) => PictureCounts;
}

const nothingBelow = { files: 0, directories: 0, others: 0, bytes: 0 };

export function newViewEntry(name: Buffer, inode: Inode, parts: ViewParts): StillEntry {
  const { meta } = inode;
  const entry = { name, meta, reusable: isReusable(parts.fsType, meta) };
  if (meta.type === 'dir') {
    const { base } = parts;
    const isSame = base !== null && inode.belowChanged <= base.seq && !inode.isStandIn;
    const sameAs = isSame ? { version: base.id, below: parts.below(inode) } : undefined;
    return { ...entry, children: () => childrenOf(inode, parts), content: null, sameAs };
  }
  if (meta.type !== 'file') return { ...entry, children: null, content: null };
  const content = parts.contentOf(inode);
  const sameAs =
    content.state === 'same' && parts.base !== null ? { version: parts.base.id, below: nothingBelow } : undefined;
  return { ...entry, children: null, content: stillContent(inode, content, parts.base), sameAs };
}

async function* childrenOf(directory: Inode, parts: ViewParts): AsyncGenerator<StillEntry> {
  for (const { name, child } of directory.children?.values() ?? []) yield newViewEntry(name, child, parts);
}

function stillContent(inode: Inode, content: PictureContent, base: Version | null): StillContent {
  switch (content.state) {
    case 'taken':
      return { base: null, taken: content.content, readInto: () => Promise.reject(new Error('stored ahead')) };
    case 'unreadable':
      return { base: null, readInto: async () => content };
    case 'inside':
      return content.read ?? { base: null, readInto: () => Promise.reject(new Error('read inside, and lost')) };
    case 'same':
      return { base: base?.id ?? null, readInto: (sink) => sendSame(inode, sink) };
    case 'wanted':
      return { base: null, readInto: () => Promise.reject(new Error('nobody read it before the view')) };
  }
}

/** Nothing was read: where the version is not at hand after all, the sink says so. */
async function sendSame({ meta }: Inode, sink: ContentSink): Promise<ContentVerdict> {
  if (meta.size > 0n) await sink.same(Number(meta.size));
  return { state: 'whole', meta };
}
