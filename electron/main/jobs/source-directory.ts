import type { SourceId } from '../../../shared/domain/ids.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { HelperCalls } from './ports.ts';

/** The registered sources, and what was last known of them while the helper is away. */
export class SourceDirectory {
  readonly #helper: HelperCalls;
  readonly #remembered: () => Promise<readonly Source[]>;
  #lastKnown: readonly Source[] | undefined;

  /** `remembered`: what a former start knew; a helper that does not start must not make what it protected disappear. */
  constructor(helper: HelperCalls, remembered: () => Promise<readonly Source[]> = async () => []) {
    this.#helper = helper;
    this.#remembered = remembered;
  }

  async list(): Promise<readonly Source[]> {
    this.#lastKnown = await this.#helper.call('sources.list', {});
    return this.#lastKnown;
  }

  /** For showing, not for acting: rejects only when they were never known. */
  async listOrLastKnown(): Promise<readonly Source[]> {
    try {
      return await this.list();
    } catch (error) {
      if (this.#lastKnown) return this.#lastKnown;
      const remembered = await this.#remembered().catch(() => []);
      if (remembered.length > 0) return remembered;
      throw error;
    }
  }

  async get(id: SourceId): Promise<Source> {
    const source = (await this.list()).find((other) => other.id === id);
    if (source) return source;
    throw new StillpointError({
      kind: 'unknown-source',
      message: 'This source is not protected any more.',
      guidance: 'Refresh; somebody may have removed it. Its snapshots are still in the repository.',
    });
  }
}
