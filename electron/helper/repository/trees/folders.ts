import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { TreeNode } from '../format/node.ts';
import { decodeTree } from '../format/tree.ts';
import { TreeText } from '../format/tree-text.ts';

/** A directory that is looked at in part: only what is asked for is decoded where it is written as ours and restic's are. */
export class Folder {
  /** Number of entries. */
  readonly size: number;
  /** Bytes it takes in memory, about. */
  readonly memory: number;
  readonly #nodeAt: (at: number) => TreeNode;
  readonly #find: (name: Uint8Array) => TreeNode | undefined;
  /** Places as they are shown: folders first, then everything else. */
  readonly #order: Uint32Array;

  private constructor(
    memory: number,
    folders: Uint8Array,
    nodeAt: (at: number) => TreeNode,
    find: (name: Uint8Array) => TreeNode | undefined,
  ) {
    this.size = folders.length;
    this.memory = memory;
    this.#nodeAt = nodeAt;
    this.#find = find;
    this.#order = foldersFirst(folders);
  }

  /** Of a blob that is known to be a tree. `repository-damaged` where it is none. */
  static of(id: BlobId, bytes: Buffer): Folder {
    const text = TreeText.of(id, bytes);
    const folders = text && foldersOf(text);
    if (text === undefined || folders === undefined) return Folder.#decoded(bytes);
    // A name may be written in several ways: one that is not found as we write it is looked for in all of them.
    const find = (name: Uint8Array): TreeNode | undefined => text.node(name) ?? Folder.#decoded(bytes).find(name);
    return new Folder(text.memory, folders, (at) => text.nodeAt(at), find);
  }

  static #decoded(bytes: Buffer): Folder {
    const { nodes } = decodeTree(bytes);
    const folders = Uint8Array.from(nodes, ({ type }) => (type === 'dir' ? 1 : 0));
    const find = (name: Uint8Array): TreeNode | undefined => nodes.find((node) => node.name.equals(name));
    return new Folder(bytes.length * decodedTimes, folders, (at) => nodes[at] as TreeNode, find);
  }

  find(name: Uint8Array): TreeNode | undefined {
    return this.#find(name);
  }

  /** Folders first, then everything else, each in stored order. `repository-damaged` where one of them cannot be decoded. */
  page(offset: number, limit: number): TreeNode[] {
    return Array.from(this.#order.subarray(offset, offset + limit), (at) => this.#nodeAt(at));
  }
}

/** What decoded nodes take, in lengths of their text. */
const decodedTimes = 3;

function foldersFirst(folders: Uint8Array): Uint32Array {
  const order = new Uint32Array(folders.length);
  let next = 0;
  for (const wanted of [1, 0])
    for (let at = 0; at < folders.length; at += 1) if (folders[at] === wanted) order[next++] = at;
  return order;
}

function foldersOf(text: TreeText): Uint8Array | undefined {
  const folders = new Uint8Array(text.size);
  for (let at = 0; at < folders.length; at += 1) {
    const isFolder = text.isFolderAt(at);
    if (isFolder === undefined) return undefined;
    folders[at] = isFolder ? 1 : 0;
  }
  return folders;
}

const mostKept = 16;
const mostBytes = 64 * 1024 * 1024;

/** The folders shown last: pages of one are asked for one after the other. Trees never change. */
export class Folders {
  readonly #kept = new Map<BlobId, Folder>();

  async load(id: BlobId, loadBlob: (id: BlobId) => Promise<Buffer>): Promise<Folder> {
    const folder = this.#kept.get(id) ?? Folder.of(id, await loadBlob(id));
    this.#kept.delete(id);
    this.#kept.set(id, folder);
    let memory = 0;
    for (const { memory: more } of this.#kept.values()) memory += more;
    for (const [oldest, { memory: freed }] of this.#kept) {
      if (this.#kept.size <= mostKept && memory <= mostBytes) break;
      this.#kept.delete(oldest);
      memory -= freed;
    }
    return folder;
  }

  clear(): void {
    this.#kept.clear();
  }
}
