import type { ContentSink, ContentVerdict, EntryMeta, MostlyAs, StillContent, StillEntry } from '../contract.ts';
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
    const mostlyAs = isSame || base === null ? undefined : (): MostlyAs | undefined => changedIn(id, base, parts);
    return { ...entry, children: () => childrenOf(id, parts), content: null, sameAs, mostlyAs };
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

/** Told at once: what changes later is in the next version. */
function changedIn(directory: number, base: Version, parts: ViewParts): MostlyAs | undefined {
  const { tree, contentOf } = parts;
  const { inodes, directories } = tree;
  const row = tree.rowOf(directory);
  if (row < 0 || (directories.namesChanged[row] ?? 0) > base.step) return undefined;
  const rest = { ...tree.below(directory) };
  const changed: StillEntry[] = [];
  let names = 0;
  for (let name = directories.firstName[row] ?? -1; name >= 0; name = tree.names.next[name] ?? -1) {
    const child = tree.names.child[name] ?? 0;
    names += 1;
    if (tree.isUntouchedSince(base.step, child) && (!inodes.isFile(child) || contentOf(child).state === 'same'))
      continue;
    changed.push(newViewEntry(tree.names.of(name), child, parts));
    const [kind, bytes] = inodes.isFile(child)
      ? (['files', inodes.sizeOf(child)] as const)
      : ([inodes.isDirectory(child) ? 'directories' : 'others', 0] as const);
    const below = tree.below(child);
    for (const part of ['files', 'directories', 'others', 'bytes'] as const) rest[part] -= below[part];
    rest[kind] -= 1;
    rest.bytes -= bytes;
  }
  return { version: base.id, names, changed, rest };
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
