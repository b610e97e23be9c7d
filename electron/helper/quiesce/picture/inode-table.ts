import { nodeTypes } from '../../../../shared/domain/snapshot.ts';
import type { EntryMeta } from '../contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import { grown, Ids, nextCapacity } from './columns.ts';
import { Details } from './details.ts';
import { IdIndex, none } from './id-index.ts';
import { KeyTable } from './key-table.ts';

/** Bits of `flags`, above those of the type. */
const typeBits = 0x0f;
export const standsIn = 0x10;
/** Written to since the last look: a look that shows another size or time is no news. */
export const isHeard = 0x20;
/** Its id is given out. */
const isTaken = 0x80;

const fileType = nodeTypes.indexOf('file');
const directoryType = nodeTypes.indexOf('dir');

/** What is equal and what is not between a look and the one before. */
export type Difference = 'none' | 'metadata' | 'written';

/**
 * Inodes by number (`id`), each a row of columns: some hundred bytes, and nothing on the heap. Metadata is put together when
 * somebody asks.
 */
export class InodeTable {
  readonly #ids = new Ids();
  readonly #keys = new KeyTable();
  readonly #numbers = new IdIndex();
  readonly #details = new Details();
  readonly #devices: bigint[] = [];
  #capacity = 1024;
  #flags = new Uint8Array(this.#capacity);
  #mode = new Uint16Array(this.#capacity);
  #device = new Uint16Array(this.#capacity);
  #uid = new Uint32Array(this.#capacity);
  #gid = new Uint32Array(this.#capacity);
  #links = new Uint32Array(this.#capacity);
  #detail = new Uint32Array(this.#capacity);
  #size = new BigUint64Array(this.#capacity);
  #mtime = new BigInt64Array(this.#capacity);
  #ctime = new BigInt64Array(this.#capacity);
  #atime = new BigInt64Array(this.#capacity);
  #inode = new BigUint64Array(this.#capacity);
  /** When the content, at the places it has, last changed: in steps of the picture. */
  contentChanged = new Uint32Array(this.#capacity);
  /** When anything of it last changed, below a directory not counted: in steps of the picture. */
  changed = new Uint32Array(this.#capacity);
  /** The walk in which it was last looked at, its lowest bits. */
  #walk = new Uint16Array(this.#capacity);
  /** Of its names the one that was met last; -1: none. */
  firstName = new Int32Array(this.#capacity).fill(-1);
  /** Its row among the directories; -1: it is none. */
  directory = new Int32Array(this.#capacity).fill(-1);
  readonly #hashOfId = (id: number): number => hashOfNumber(this.#inode[id] ?? 0n);

  /** One more than the largest id. */
  get high(): number {
    return this.#ids.high;
  }

  get count(): number {
    return this.#ids.count;
  }

  /** -1 for what is not known. */
  find(key: HandleKey): number {
    return this.#keys.find(key);
  }

  add(key: HandleKey, meta: EntryMeta, isStandIn: boolean): number {
    const id = this.#ids.take();
    if (id >= this.#capacity) this.#grow();
    this.#keys.set(id, key);
    this.#flags[id] = nodeTypes.indexOf(meta.type) | isTaken | (isStandIn ? standsIn : 0);
    this.#detail[id] = 0;
    this.firstName[id] = -1;
    this.directory[id] = -1;
    this.#inode[id] = meta.inode;
    this.#write(id, meta);
    if (!isStandIn) this.#numbers.add(hashOfNumber(meta.inode), id, this.#hashOfId);
    return id;
  }

  delete(id: number): void {
    if (!this.isStandIn(id)) this.#numbers.delete(this.#hashOfId(id), id);
    this.#keys.delete(id);
    this.#details.letGo(this.#detail[id] ?? 0);
    this.#flags[id] = 0;
    this.firstName[id] = -1;
    this.directory[id] = -1;
    this.#ids.give(id);
  }

  isKnown(id: number): boolean {
    return (this.#flags[id] ?? 0) !== 0;
  }

  isFile(id: number): boolean {
    return this.isKnown(id) && ((this.#flags[id] ?? 0) & typeBits) === fileType;
  }

  isDirectory(id: number): boolean {
    return this.isKnown(id) && ((this.#flags[id] ?? 0) & typeBits) === directoryType;
  }

  isStandIn(id: number): boolean {
    return ((this.#flags[id] ?? 0) & standsIn) !== 0;
  }

  isHeard(id: number): boolean {
    return ((this.#flags[id] ?? 0) & isHeard) !== 0;
  }

  setHeard(id: number, is: boolean): void {
    const flags = this.#flags[id] ?? 0;
    this.#flags[id] = is ? flags | isHeard : flags & ~isHeard;
  }

  isLookedAtIn(walk: number, id: number): boolean {
    return this.#walk[id] === (walk & 0xffff);
  }

  setLookedAtIn(walk: number, id: number): void {
    this.#walk[id] = walk;
  }

  keyOf(id: number): HandleKey {
    return this.#keys.of(id);
  }

  sizeOf(id: number): number {
    return Number(this.#size[id]);
  }

  ctimeOf(id: number): bigint {
    return this.#ctime[id] ?? 0n;
  }

  isOf(id: number, type: EntryMeta['type'], isStandIn: boolean): boolean {
    return nodeTypes[(this.#flags[id] ?? 0) & typeBits] === type && this.isStandIn(id) === isStandIn;
  }

  metaOf(id: number): EntryMeta {
    const detail = this.#details.of(this.#detail[id] ?? 0);
    return {
      type: nodeTypes[(this.#flags[id] ?? 0) & typeBits] ?? 'irregular',
      mode: this.#mode[id] ?? 0,
      uid: this.#uid[id] ?? 0,
      gid: this.#gid[id] ?? 0,
      size: this.#size[id] ?? 0n,
      mtimeNs: this.#mtime[id] ?? 0n,
      ctimeNs: this.#ctime[id] ?? 0n,
      atimeNs: this.#atime[id] ?? 0n,
      inode: this.#inode[id] ?? 0n,
      deviceId: this.#devices[this.#device[id] ?? 0] ?? 0n,
      links: BigInt(this.#links[id] ?? 0),
      rdev: detail.rdev,
      linkTarget: detail.linkTarget,
      xattrs: detail.xattrs,
    };
  }

  /** Reading moves the time of last access, and nobody tells of it: it is no difference. */
  difference(id: number, meta: EntryMeta): Difference {
    if (this.#size[id] !== meta.size || this.#mtime[id] !== meta.mtimeNs) return 'written';
    const isEqual =
      this.#ctime[id] === meta.ctimeNs &&
      this.#mode[id] === meta.mode &&
      this.#uid[id] === meta.uid &&
      this.#gid[id] === meta.gid &&
      this.#links[id] === Number(meta.links) &&
      this.#inode[id] === meta.inode &&
      this.#devices[this.#device[id] ?? 0] === meta.deviceId &&
      this.#details.isEqual(this.#detail[id] ?? 0, meta);
    return isEqual ? 'none' : 'metadata';
  }

  setMeta(id: number, meta: EntryMeta): void {
    if (this.#inode[id] !== meta.inode && !this.isStandIn(id)) {
      this.#numbers.delete(this.#hashOfId(id), id);
      this.#inode[id] = meta.inode;
      this.#numbers.add(hashOfNumber(meta.inode), id, this.#hashOfId);
    }
    this.#write(id, meta);
  }

  setAccessTime(id: number, atimeNs: bigint): void {
    this.#atime[id] = atimeNs;
  }

  idsOfInode(number: bigint): number[] {
    const found: number[] = [];
    let slot = this.#numbers.first(hashOfNumber(number));
    for (let id = this.#numbers.at(slot); id !== none; id = this.#numbers.at(slot)) {
      if (this.#inode[id] === number) found.push(id);
      slot = this.#numbers.after(slot);
    }
    return found;
  }

  #write(id: number, meta: EntryMeta): void {
    this.#mode[id] = meta.mode;
    this.#uid[id] = meta.uid;
    this.#gid[id] = meta.gid;
    this.#links[id] = Number(meta.links);
    this.#size[id] = meta.size;
    this.#mtime[id] = meta.mtimeNs;
    this.#ctime[id] = meta.ctimeNs;
    this.#atime[id] = meta.atimeNs;
    this.#device[id] = this.#deviceNumber(meta.deviceId);
    const before = this.#detail[id] ?? 0;
    if (this.#details.isEqual(before, meta)) return;
    this.#detail[id] = this.#details.use(meta);
    this.#details.letGo(before);
  }

  /** One, nearly always. */
  #deviceNumber(device: bigint): number {
    const known = this.#devices.indexOf(device);
    return known >= 0 ? known : this.#devices.push(device) - 1;
  }

  #grow(): void {
    const before = this.#capacity;
    this.#capacity = nextCapacity(before);
    this.#flags = grown(this.#flags, this.#capacity);
    this.#mode = grown(this.#mode, this.#capacity);
    this.#device = grown(this.#device, this.#capacity);
    this.#uid = grown(this.#uid, this.#capacity);
    this.#gid = grown(this.#gid, this.#capacity);
    this.#links = grown(this.#links, this.#capacity);
    this.#detail = grown(this.#detail, this.#capacity);
    this.#size = grown(this.#size, this.#capacity);
    this.#mtime = grown(this.#mtime, this.#capacity);
    this.#ctime = grown(this.#ctime, this.#capacity);
    this.#atime = grown(this.#atime, this.#capacity);
    this.#inode = grown(this.#inode, this.#capacity);
    this.#walk = grown(this.#walk, this.#capacity);
    this.contentChanged = grown(this.contentChanged, this.#capacity);
    this.changed = grown(this.changed, this.#capacity);
    this.firstName = grown(this.firstName, this.#capacity);
    this.directory = grown(this.directory, this.#capacity);
  }
}

const low = 0xffff_ffffn;

function hashOfNumber(number: bigint): number {
  const folded = Math.imul(Number(number & low) ^ Math.imul(Number((number >> 32n) & low), 0x9e3779b1), 0x85ebca6b);
  return (folded ^ (folded >>> 15)) >>> 0;
}
