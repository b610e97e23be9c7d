import { randomUUID } from 'node:crypto';
import type { PictureVersion } from './contract.ts';

export interface Version extends PictureVersion {
  /** Step of the picture: what changed in a later one changed after it. */
  readonly step: number;
}

/** Runs that were not published leave versions that nobody counts from. */
const kept = 16;

/** The versions a run may count from. Their ids are good for one picture only: no other has the same. */
export class Versions {
  readonly #id = randomUUID();
  readonly #versions: Version[] = [];

  add(step: number, flushedNs: bigint | null): Version {
    const version: Version = { id: `${this.#id}.${step}`, flushedNs, step };
    this.#versions.push(version);
    if (this.#versions.length > kept) this.#versions.shift();
    return version;
  }

  find(id: string | null): Version | null {
    return this.#versions.find((version) => version.id === id) ?? null;
  }

  get last(): Version | undefined {
    return this.#versions.at(-1);
  }
}
