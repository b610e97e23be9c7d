import { statxDescriptor } from '../../system/statx.ts';
import type { probeWriters } from '../../system/writer-probe.ts';
import type { Picture, PictureFile } from '../picture/contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import type { MemoryPass, ReadLive } from './memory-pass.ts';
import { isSettled, type WriterSight } from './settled.ts';

export interface YoungFilesParts {
  readonly memory: Pick<MemoryPass, 'read' | 'descriptorOf'>;
  readonly picture: Pick<Picture, 'file'>;
  /** How a file may have been written to since it was read. */
  readonly sightOf: (key: HandleKey) => WriterSight;
  /** See `FrozenDeltaParts`. */
  readonly probeSees: boolean;
  readonly probe: typeof probeWriters;
}

/**
 * Of the files that were read into memory, those that would have to be read once more in the pause if it began now, judged as
 * they will be then: somebody can write to them, and they were written to a moment before the flush that came before.
 */
export class YoungFiles {
  readonly #parts: YoungFilesParts;

  constructor(parts: YoungFilesParts) {
    this.#parts = parts;
  }

  now(): PictureFile[] {
    return this.#those((key, live) => this.#isYoung(key, live, live.meta.ctimeNs));
  }

  /** Of these, what one more flush and reading settles: stores through a mapping may last longer than any flush. */
  worthFlushing(): PictureFile[] {
    return this.now().filter(({ key }) => this.#parts.sightOf(key) === 'open');
  }

  /** Those that a reading after this flush settles. */
  settledBy(flushedNs: bigint | null): PictureFile[] {
    return this.#those((key, live, fd) => {
      if (live.flushedNs === flushedNs || !this.#isYoung(key, live, live.meta.ctimeNs)) return false;
      const { ctimeNs } = statxDescriptor(fd);
      return !this.#isYoung(key, { ...live, meta: { ...live.meta, ctimeNs }, flushedNs }, ctimeNs);
    });
  }

  #those(isMeant: (key: HandleKey, live: ReadLive, fd: number) => boolean): PictureFile[] {
    const { memory, picture } = this.#parts;
    const found: PictureFile[] = [];
    for (const [key, live] of memory.read) {
      const fd = memory.descriptorOf(key);
      const file = picture.file(key);
      if (fd !== undefined && file !== undefined && isMeant(key, live, fd)) found.push(file);
    }
    return found;
  }

  #isYoung(key: HandleKey, content: ReadLive, ctimeNs: bigint): boolean {
    const { memory, probeSees, probe, sightOf } = this.#parts;
    if (isSettled(sightOf(key), { meta: { ctimeNs }, content, base: null, isReadAfterLook: true })) return false;
    const fd = memory.descriptorOf(key);
    return !probeSees || fd === undefined || probe(fd) !== 'none';
  }
}
