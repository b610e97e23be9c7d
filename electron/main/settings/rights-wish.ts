import { z } from 'zod';
import { type JsonFile, jsonFile } from './json-file.ts';

const schema = z.object({
  version: z.literal(1),
  /** An administrator allowed still points in an earlier start, and nobody has refused since. */
  granted: z.boolean(),
});

/** Whether the next start may ask for rights again: only where they were given before. */
export class RightsWish {
  readonly #file: JsonFile<z.infer<typeof schema>>;
  #granted = false;

  constructor(path: string, now: () => number) {
    this.#file = jsonFile(path, schema, { version: 1, granted: false }, now);
  }

  async load(): Promise<boolean> {
    this.#granted = (await this.#file.load()).value.granted;
    return this.#granted;
  }

  async set(granted: boolean): Promise<void> {
    if (granted === this.#granted) return;
    this.#granted = granted;
    await this.#file.save({ version: 1, granted });
  }
}
