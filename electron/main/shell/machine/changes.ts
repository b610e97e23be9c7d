/** Tells when a value is another one than before; the first is not news. */
export class Changes<T> {
  readonly #onChange: () => void;
  #known: { readonly value: T } | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  is(value: T): void {
    const isNews = this.#known !== undefined && this.#known.value !== value;
    this.#known = { value };
    if (isNews) this.#onChange();
  }
}
