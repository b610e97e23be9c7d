import type { EntryMeta } from '../contract.ts';

/** What most inodes have nothing of. */
export type Detail = Pick<EntryMeta, 'linkTarget' | 'xattrs' | 'rdev'>;

/** Nothing of it: its number is 0. */
const none: Detail = { linkTarget: null, xattrs: [], rdev: 0n };

interface Kept {
  readonly detail: Detail;
  readonly text: string;
  uses: number;
}

/** Each detail once, by number, as long as somebody uses it. */
export class Details {
  readonly #kept: (Kept | undefined)[] = [undefined];
  readonly #byText = new Map<string, number>();
  readonly #free: number[] = [];

  of(number: number): Detail {
    return this.#kept[number]?.detail ?? none;
  }

  isEqual(number: number, detail: Detail): boolean {
    const known = this.of(number);
    if (known.rdev !== detail.rdev || !isEqualBytes(known.linkTarget, detail.linkTarget)) return false;
    if (known.xattrs === detail.xattrs) return true;
    if (known.xattrs.length !== detail.xattrs.length) return false;
    return known.xattrs.every(({ name, value }, index) => {
      const other = detail.xattrs[index];
      return other !== undefined && isEqualBytes(name, other.name) && isEqualBytes(value, other.value);
    });
  }

  use(detail: Detail): number {
    if (detail.linkTarget === null && detail.xattrs.length === 0 && detail.rdev === 0n) return 0;
    const text = textOf(detail);
    const known = this.#byText.get(text);
    const kept = known === undefined ? undefined : this.#kept[known];
    if (known !== undefined && kept !== undefined) {
      kept.uses += 1;
      return known;
    }
    const number = this.#free.pop() ?? this.#kept.length;
    this.#kept[number] = { detail: ownCopy(detail), text, uses: 1 };
    this.#byText.set(text, number);
    return number;
  }

  letGo(number: number): void {
    const kept = this.#kept[number];
    if (kept === undefined) return;
    kept.uses -= 1;
    if (kept.uses > 0) return;
    this.#kept[number] = undefined;
    this.#byText.delete(kept.text);
    this.#free.push(number);
  }
}

/** What was looked at may be part of a larger buffer. */
function ownCopy({ linkTarget, xattrs, rdev }: Detail): Detail {
  return {
    linkTarget: linkTarget && Buffer.from(linkTarget),
    xattrs: xattrs.map(({ name, value }) => ({ name: Buffer.from(name), value: Buffer.from(value) })),
    rdev,
  };
}

function textOf({ linkTarget, xattrs, rdev }: Detail): string {
  const parts = xattrs.flatMap(({ name, value }) => [name, value]).map(latin1);
  const lengths = parts.map((part) => part.length);
  return [rdev, linkTarget?.length ?? -1, ...lengths, linkTarget === null ? '' : latin1(linkTarget), ...parts].join(
    ' ',
  );
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function isEqualBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === b || (a !== null && b !== null && Buffer.compare(a, b) === 0);
}
