import { throwIfAborted } from '../../../shared/errors/index.ts';
import type { AheadStore, FileToTake, PhaseReporter, Taken } from '../quiesce/contract.ts';
import { quoteName } from '../repository/index.ts';
import { ContentReader } from './content-reader.ts';
import type { BlobStore, ParentOptions } from './contract.ts';
import { ParentTree } from './parent-tree.ts';
import { StoredContent } from './stored-content.ts';

/**
 * Stores contents before the still point, for one run: see `AheadStore`. It lives as long as the writer behind `store`, and
 * what one method took is known, by content, to the method that is tried next.
 */
export function createAhead(store: BlobStore, parent: ParentOptions, report: PhaseReporter): AheadStore {
  return new Ahead(store, parent, report);
}

class Ahead implements AheadStore {
  readonly #store: BlobStore;
  readonly #report: PhaseReporter;
  readonly #parent: ParentTree;
  readonly #reader: ContentReader;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(store: BlobStore, parent: ParentOptions, report: PhaseReporter) {
    this.#store = store;
    this.#report = report;
    this.#parent = new ParentTree(store, parent);
    this.#reader = new ContentReader(store, parent.parentBase, () => {});
  }

  async take(file: FileToTake, signal: AbortSignal): Promise<Taken> {
    const taking = this.#take(file, signal);
    this.#underWay.add(taking);
    try {
      return await taking;
    } finally {
      this.#underWay.delete(taking);
    }
  }

  async settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    await this.#store.settle();
  }

  async #take(file: FileToTake, signal: AbortSignal): Promise<Taken> {
    throwIfAborted(signal);
    const { path, meta, reusable, sameAs, content } = file;
    const before = this.#parent.mayHelp(file) ? await this.#parent.find(path) : undefined;
    const unread =
      this.#parent.sameContent(before, meta, sameAs) ?? (reusable ? this.#parent.unchangedContent(before, meta) : null);
    if (unread) {
      this.#report.advance(1, Number(meta.size), textOf(path));
      return { state: 'taken', content: new StoredContent(unread, Number(meta.size), true), isReused: true, meta };
    }
    const text = textOf(path);
    const onProgress = (bytes: number) => this.#report.advance(0, bytes, text);
    const { verdict, blobs, length } = await this.#reader.read(content, { before, signal, onProgress });
    if (verdict.state === 'vanished' || verdict.state === 'unreadable') return verdict;
    this.#report.advance(1, 0, text);
    const taken = new StoredContent(blobs, length, false);
    return { state: 'taken', content: taken, isReused: false, meta: verdict.meta };
  }
}

function textOf(path: readonly Uint8Array[]): string {
  return path.map((name) => `/${quoteName(name)}`).join('');
}
