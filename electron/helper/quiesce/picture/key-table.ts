import type { HandleKey } from '../tracking/contract.ts';
import { IdIndex, none } from './id-index.ts';

/** Longer keys are kept as they are: those of stand-ins, and of filesystems with handles of several sizes. */
const longestPacked = 47;

/** Keys of inodes by id, and back. Those of one filesystem have one length, nearly always: they lie side by side. */
export class KeyTable {
  /** Bytes of one key, its length first. */
  #stride = 0;
  #bytes = Buffer.alloc(0);
  readonly #index = new IdIndex();
  readonly #odd = new Map<HandleKey, number>();
  readonly #oddById = new Map<number, HandleKey>();
  readonly #hashOfId = (id: number): number => this.#hashOfBytes(id);
  /** Events come several at a time for one key. */
  #lastKey: HandleKey | null = null;
  #lastId = none;

  /** -1 for a key that is not known. */
  find(key: HandleKey): number {
    if (key === this.#lastKey) return this.#lastId;
    const id = this.#isPacked(key) ? this.#findPacked(key) : (this.#odd.get(key) ?? none);
    this.#lastKey = key;
    this.#lastId = id;
    return id;
  }

  set(id: number, key: HandleKey): void {
    this.#lastKey = null;
    if (this.#stride === 0) this.#stride = Math.min(longestPacked, key.length) + 1;
    if (!this.#isPacked(key)) {
      this.#odd.set(key, id);
      this.#oddById.set(id, key);
      return;
    }
    const start = id * this.#stride;
    if (start + this.#stride > this.#bytes.length) {
      const length = Math.max(start + this.#stride, Math.ceil(this.#bytes.length * 1.25), 1024 * this.#stride);
      const before = this.#bytes;
      this.#bytes = Buffer.alloc(length);
      before.copy(this.#bytes);
    }
    this.#bytes[start] = key.length;
    this.#bytes.write(key, start + 1, 'latin1');
    this.#index.add(hashOf(key), id, this.#hashOfId);
  }

  of(id: number): HandleKey {
    const odd = this.#oddById.get(id);
    if (odd !== undefined) return odd;
    const start = id * this.#stride;
    return this.#bytes.toString('latin1', start + 1, start + 1 + (this.#bytes[start] ?? 0)) as HandleKey;
  }

  delete(id: number): void {
    this.#lastKey = null;
    const odd = this.#oddById.get(id);
    if (odd === undefined) {
      this.#index.delete(this.#hashOfBytes(id), id);
      return;
    }
    this.#oddById.delete(id);
    this.#odd.delete(odd);
  }

  #findPacked(key: HandleKey): number {
    let slot = this.#index.first(hashOf(key));
    let id = this.#index.at(slot);
    while (id !== none && !this.#isKeyOf(id, key)) {
      slot = this.#index.after(slot);
      id = this.#index.at(slot);
    }
    return id;
  }

  #isPacked(key: HandleKey): boolean {
    return key.length < this.#stride;
  }

  #isKeyOf(id: number, key: HandleKey): boolean {
    const start = id * this.#stride;
    if (this.#bytes[start] !== key.length) return false;
    for (let at = 0; at < key.length; at += 1) if (this.#bytes[start + 1 + at] !== key.charCodeAt(at)) return false;
    return true;
  }

  #hashOfBytes(id: number): number {
    const start = id * this.#stride + 1;
    let hash = seed;
    for (let at = 0; at < (this.#bytes[start - 1] ?? 0); at += 1)
      hash = Math.imul(hash ^ (this.#bytes[start + at] ?? 0), prime);
    return mixed(hash);
  }
}

const seed = 0x811c9dc5;
const prime = 0x01000193;

/** FNV-1a, its bits mixed once more: tables look at the lowest ones only. */
function hashOf(key: HandleKey): number {
  let hash = seed;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), prime);
  return mixed(hash);
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (once ^ (once >>> 13)) >>> 0;
}
