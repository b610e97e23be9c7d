import type { Suspect } from '../../../../shared/domain/evidence.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import type { OpenWriter, OpenWriters } from '../../system/open-writers.ts';
import type { Picture } from '../picture/contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import { type WriterSight, worseSight } from './settled.ts';

export type FilesBySight = ReadonlyMap<HandleKey, WriterSight>;

function kindOf({ how, canWriteLater }: OpenWriter): Suspect['kind'] {
  if (how === 'mapping') return 'writable-mapping';
  if (how === 'loop-device') return 'loop-device';
  if (how === 'swap') return 'swap-file';
  return canWriteLater ? 'asynchronous-io' : 'open-for-writing';
}

const sights: Readonly<Record<Suspect['kind'], WriterSight>> = {
  'open-for-writing': 'open',
  'writable-mapping': 'mapped',
  'loop-device': 'later',
  'asynchronous-io': 'later',
  'swap-file': 'later',
};

/**
 * Writes past memory may be under way by themselves (libaio) though nobody has anything for that any more when one looks:
 * what began them may be gone, its descriptor sent to another program or left open.
 */
function sightOf(writer: OpenWriter): WriterSight {
  return writer.isDirect ? 'later' : sights[kindOf(writer)];
}

/** Inode numbers of swap files in use. What is in them means nothing to anybody else. */
function swapInodes({ writers }: Pick<OpenWriters, 'writers'>): ReadonlySet<bigint> {
  return new Set(writers.flatMap(({ how, inode, isCertain }) => (how === 'swap' && isCertain ? [inode] : [])));
}

/** Files of a picture that somebody has open for writing, as one look at all programs showed them. */
export class KnownWriters {
  readonly #sights = new Map<HandleKey, WriterSight>();
  readonly #suspects = new Map<HandleKey, Suspect[]>();

  constructor(picture: Picture, tree: Pick<OpenTree, 'describe'>, { writers }: Pick<OpenWriters, 'writers'>) {
    const swap = swapInodes({ writers });
    for (const writer of writers) {
      if (swap.has(writer.inode)) continue;
      for (const key of picture.keysOfInode(writer.inode)) {
        const path = picture.file(key)?.path() ?? null;
        if (path !== null) this.#add(key, writer, tree.describe(path));
      }
    }
  }

  #add(key: HandleKey, writer: OpenWriter, path: string): void {
    const kind = kindOf(writer);
    this.#sights.set(key, worseSight(this.#sights.get(key), sightOf(writer)));
    if (kind === 'open-for-writing') return;
    const known = this.#suspects.get(key) ?? [];
    if (known.some((each) => each.kind === kind && each.pid === writer.pid)) return;
    known.push({ kind, path, ...(writer.pid === undefined ? {} : { pid: writer.pid }) });
    this.#suspects.set(key, known);
  }

  /** Every file of the picture that somebody has open for writing, and the worst way to change it. */
  get files(): FilesBySight {
    return this.#sights;
  }

  /** Those that somebody could write to unseen. */
  get suspects(): ReadonlyMap<HandleKey, readonly Suspect[]> {
    return this.#suspects;
  }
}
