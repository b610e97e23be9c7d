import { MarkSet } from './mark-set.ts';

/** What is to be listed, looked at or read. */
export class Marks {
  readonly names = new MarkSet();
  readonly look = new MarkSet();
  /** Files written to since somebody last began to read them. */
  readonly written = new MarkSet();
  /** Files whose content this run does not have. */
  readonly wanted = new MarkSet();

  /** What there is to do. */
  get open(): readonly MarkSet[] {
    return [this.names, this.look, this.wanted];
  }

  /** What was told. */
  *told(): Generator<number, undefined> {
    yield* this.names;
    yield* this.look;
    yield* this.written;
  }

  forget(id: number): void {
    for (const marks of [this.names, this.look, this.written, this.wanted]) marks.delete(id);
  }
}
