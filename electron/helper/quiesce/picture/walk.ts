/** What a full walk finds, and what was told meanwhile: what differs without having been told is a defect. */
export class Walk {
  /** How many there have been. */
  number = 0;
  isUnderWay = false;
  /** A ctime older than this is older than the last version's flush; null: nothing is. */
  settledBeforeNs: bigint | null = null;
  readonly #heard = new Set<number>();
  readonly #different = new Set<number>();

  begin(settledBeforeNs: bigint | null, told: Iterable<number>): void {
    this.number += 1;
    this.isUnderWay = true;
    this.settledBeforeNs = settledBeforeNs;
    this.#different.clear();
    this.#heard.clear();
    for (const id of told) this.#heard.add(id);
  }

  heard(id: number): void {
    if (this.isUnderWay) this.#heard.add(id);
  }

  differs(id: number): void {
    if (this.isUnderWay) this.#different.add(id);
  }

  forget(id: number): void {
    if (!this.isUnderWay) return;
    this.#heard.delete(id);
    this.#different.delete(id);
  }

  /** Returns how many were different that nobody told of. */
  end(): number {
    this.isUnderWay = false;
    let untold = 0;
    for (const id of this.#different) if (!this.#heard.has(id)) untold += 1;
    this.#different.clear();
    this.#heard.clear();
    return untold;
  }
}
