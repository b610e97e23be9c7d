/** Any of the typed arrays that hold one number for each inode, name or directory. */
type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** A larger one with the same beginning. */
export function grown<T extends Column>(column: T, length: number): T {
  const Larger = column.constructor as new (length: number) => T;
  const larger = new Larger(length);
  larger.set(column as never);
  return larger;
}

/** Small ones double; of large ones at most a fifth stands empty. */
export function nextCapacity(capacity: number): number {
  return capacity < 65_536 ? capacity * 2 : Math.ceil(capacity * 1.25);
}

/** Numbers from 0, given out, taken back and given out again. */
export class Ids {
  /** One more than the largest ever given out. */
  high = 0;
  readonly #free: number[] = [];

  take(): number {
    const id = this.#free.pop();
    if (id !== undefined) return id;
    this.high += 1;
    return this.high - 1;
  }

  give(id: number): void {
    this.#free.push(id);
  }

  get count(): number {
    return this.high - this.#free.length;
  }
}
