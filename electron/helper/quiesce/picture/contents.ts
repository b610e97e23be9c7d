import type { EntryMeta, TakenContent } from '../contract.ts';
import { grown } from './columns.ts';
import type { PictureContent } from './contract.ts';
import type { InodeTable } from './inode-table.ts';

const none = 0;
const taken = 1;
const other = 2;
/** No flush. */
const never = -(2n ** 63n);

/**
 * What this run has of the contents of files. Those stored ahead are many: their metadata is kept apart only where it
 * differs from what the last look showed.
 */
export class Contents {
  readonly #inodes: InodeTable;
  #state = new Uint8Array(0);
  #readFrom = new BigInt64Array(0);
  #flushed = new BigInt64Array(0);
  readonly #taken = new Map<number, TakenContent>();
  readonly #metas = new Map<number, EntryMeta>();
  readonly #others = new Map<number, PictureContent>();

  constructor(inodes: InodeTable) {
    this.#inodes = inodes;
  }

  has(id: number): boolean {
    return (this.#state[id] ?? none) !== none;
  }

  get(id: number): PictureContent | null {
    const state = this.#state[id] ?? none;
    if (state === other) return this.#others.get(id) ?? null;
    const content = state === taken ? this.#taken.get(id) : undefined;
    if (content === undefined) return null;
    const flushedNs = this.#flushed[id] ?? never;
    return {
      state: 'taken',
      content,
      meta: this.#metas.get(id) ?? this.#inodes.metaOf(id),
      readFromNs: this.#readFrom[id] ?? 0n,
      flushedNs: flushedNs === never ? null : flushedNs,
    };
  }

  set(id: number, content: PictureContent): void {
    this.delete(id);
    if (id >= this.#state.length) this.#grow();
    if (content.state !== 'taken') {
      this.#state[id] = other;
      this.#others.set(id, content);
      return;
    }
    this.#state[id] = taken;
    this.#taken.set(id, content.content);
    this.#readFrom[id] = content.readFromNs;
    this.#flushed[id] = content.flushedNs ?? never;
    if (this.#inodes.difference(id, content.meta) !== 'none') this.#metas.set(id, content.meta);
  }

  delete(id: number): void {
    const state = this.#state[id] ?? none;
    if (state === none) return;
    this.#state[id] = none;
    this.#others.delete(id);
    this.#taken.delete(id);
    this.#metas.delete(id);
  }

  /** The inode's metadata is about to be replaced. */
  keepMeta(id: number): void {
    if ((this.#state[id] ?? none) === taken && !this.#metas.has(id)) this.#metas.set(id, this.#inodes.metaOf(id));
  }

  clear(): void {
    this.#state = new Uint8Array(0);
    this.#readFrom = new BigInt64Array(0);
    this.#flushed = new BigInt64Array(0);
    this.#taken.clear();
    this.#metas.clear();
    this.#others.clear();
  }

  #grow(): void {
    const length = Math.ceil(this.#inodes.high * 1.1) + 64;
    this.#state = grown(this.#state, length);
    this.#readFrom = grown(this.#readFrom, length);
    this.#flushed = grown(this.#flushed, length);
  }
}
