import type { StillEntry } from '../../contract.ts';
import type { StoredEntry, StoredTree } from './simulated-run.ts';

export interface Base {
  readonly version: string;
  readonly tree: StoredTree;
}

/**
 * Takes a view as capture does: what is `sameAs` the version at hand is taken from what that version had at the same path,
 * unseen. `meanwhile` is called before each step.
 */
export async function storeView(root: StillEntry, base: Base | null, meanwhile: () => void): Promise<StoredTree> {
  const tree = new Map<string, StoredEntry>();
  const pending: [string, StillEntry][] = [['', root]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    meanwhile();
    const [path, entry] = next;
    const before = base?.tree.get(path);
    const isSame = entry.sameAs !== undefined && entry.sameAs.version === base?.version;
    if (isSame && before === undefined) throw new Error(`${path} is said to be as before, and was not there`);
    if (entry.children === null) {
      tree.set(path, { meta: entry.meta, content: isSame && before ? before.content : await contentOf(entry) });
      continue;
    }
    tree.set(path, { meta: entry.meta, content: null });
    if (isSame && base !== null && entry.sameAs !== undefined) {
      const below = [...base.tree].filter(([other]) => other.startsWith(`${path}/`));
      for (const [other, stored] of below) tree.set(other, stored);
      checkBelow(path, entry.sameAs.below, below);
      continue;
    }
    const mostly = entry.mostlyAs?.();
    if (mostly !== undefined && mostly.version === base?.version) {
      const changed = new Map(
        mostly.changed.map((child) => [`${path}/${Buffer.from(child.name).toString('latin1')}`, child]),
      );
      pending.push(...changed);
      const isBelow = (other: string, above: string): boolean => other.startsWith(`${above}/`);
      const names = [...base.tree].filter(([other]) => isBelow(other, path) && other.lastIndexOf('/') === path.length);
      if (names.length !== mostly.names) throw new Error(`${path} had ${names.length} names, told ${mostly.names}`);
      const rest = [...base.tree].filter(
        ([other]) =>
          isBelow(other, path) && ![...changed.keys()].some((each) => each === other || isBelow(other, each)),
      );
      for (const [other, stored] of rest) tree.set(other, stored);
      checkBelow(path, mostly.rest, rest);
      continue;
    }
    for await (const child of entry.children())
      pending.push([`${path}/${Buffer.from(child.name).toString('latin1')}`, child]);
  }
  return tree;
}

function checkBelow(
  path: string,
  told: NonNullable<StillEntry['sameAs']>['below'],
  below: readonly (readonly [string, StoredEntry])[],
): void {
  const found = { files: 0, directories: 0, others: 0, bytes: 0 };
  for (const [, { meta }] of below) {
    if (meta.type === 'dir') found.directories += 1;
    else if (meta.type === 'file') found.files += 1;
    else found.others += 1;
    if (meta.type === 'file') found.bytes += Number(meta.size);
  }
  for (const part of ['files', 'directories', 'others', 'bytes'] as const)
    if (told[part] !== found[part]) throw new Error(`${path}: ${part} below are ${found[part]}, told ${told[part]}`);
}

async function contentOf({ content, meta }: StillEntry): Promise<number | null> {
  if (meta.type !== 'file') return null;
  if (content === null) throw new Error('a file without content');
  if (content.taken !== undefined) {
    if (!('contentId' in content.taken)) throw new Error('a content that is not ours');
    return Number(content.taken.contentId);
  }
  let read = '';
  const verdict = await content.readInto(
    {
      data: async (bytes) => {
        read += Buffer.from(bytes).toString();
      },
      hole: async () => {},
      same: () => Promise.reject(new Error('the version is not at hand')),
      restart: () => {},
    },
    new AbortController().signal,
  );
  if (verdict.state === 'unreadable') return null;
  if (verdict.state !== 'whole') throw new Error(`content is ${verdict.state}`);
  return Number(read);
}
