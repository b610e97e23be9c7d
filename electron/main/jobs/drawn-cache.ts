import type { Catalog } from './catalog-port.ts';

type Drawn = Awaited<ReturnType<Catalog['drawn']>>;

/** What the catalog draws, asked for once until something changes: lanes and health are both made from it. */
export class DrawnCache {
  readonly #catalog: Catalog;
  #drawn: Promise<Drawn> | undefined;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  get(): Promise<Drawn> {
    if (!this.#drawn) {
      const asked = this.#catalog.drawn();
      this.#drawn = asked;
      // A failure is not kept.
      asked.catch(() => {
        if (this.#drawn === asked) this.#drawn = undefined;
      });
    }
    return this.#drawn;
  }

  /** To be called after every change of the catalog. */
  invalidate(): void {
    this.#drawn = undefined;
  }
}
