import type { ContentSink, ContentVerdict, EntryMeta, StillContent, StillEntry } from '../contract.ts';
import { isReusable } from '../ctime/reusable.ts';
import type { PictureContent } from './contract.ts';
import type { Tree } from './tree.ts';
import type { Version } from './versions.ts';

export interface ViewParts {
  readonly tree: Tree;
  readonly fsType: string;
  readonly base: Version | null;
  readonly contentOf: (id: number) => PictureContent;
}

const nothingBelow = { files: 0, directories: 0, others: 0, bytes: 0 };

export function newViewEntry(name: Buffer, id: number, parts: ViewParts): StillEntry {
  const { tree, base } = parts;
  const meta = tree.inodes.metaOf(id);
  const entry = { name, meta, reusable: isReusable(parts.fsType, meta) };
  if (meta.type === 'dir') {
    const row = tree.rowOf(id);
    const isSame = base !== null && row >= 0 && (tree.directories.belowChanged[row] ?? 0) <= base.step;
    const sameAs = isSame ? { version: base.id, below: tree.below(id) } : undefined;
    return { ...entry, children: () => childrenOf(id, parts), content: null, sameAs };
  }
  if (meta.type !== 'file') return { ...entry, children: null, content: null };
  const content = parts.contentOf(id);
  const isSame = base !== null && content.state === 'same';
  const sameAs = isSame ? { version: base.id, below: nothingBelow } : undefined;
  return { ...entry, children: null, content: stillContent(meta, content, base), sameAs };
}

async function* childrenOf(directory: number, parts: ViewParts): AsyncGenerator<StillEntry> {
  for (const { name, child } of parts.tree.childrenOf(directory))
    yield newViewEntry(parts.tree.names.of(name), child, parts);
}

function stillContent(meta: EntryMeta, content: PictureContent, base: Version | null): StillContent {
  switch (content.state) {
    case 'taken':
      return { base: null, taken: content.content, readInto: () => fail('it was stored ahead, and is not read again') };
    case 'unreadable':
      return { base: null, readInto: async () => content };
    case 'inside':
      return content.read ?? { base: null, readInto: () => fail('it was read inside, and what was read is gone') };
    case 'same':
      return { base: base?.id ?? null, readInto: (sink) => sendSame(meta, sink) };
    case 'wanted':
      return { base: null, readInto: () => fail('nobody read it before the view') };
  }
}

function fail(why: string): Promise<never> {
  return Promise.reject(new Error(`a content was asked for: ${why}`));
}

/** Nothing was read: where the version is not at hand after all, the sink says so. */
async function sendSame(meta: EntryMeta, sink: ContentSink): Promise<ContentVerdict> {
  if (meta.size > 0n) await sink.same(Number(meta.size));
  return { state: 'whole', meta };
}
