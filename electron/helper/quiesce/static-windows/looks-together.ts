import type { SourceId } from '../../../../shared/domain/ids.ts';
import type { QuietLook } from '../../../../shared/domain/static-windows.ts';

/** A source that is made of several places, each looked at by itself. */
export interface PlacesOfSource {
  readonly id: SourceId;
  /** Every place by its `rulesText`. */
  readonly places: readonly string[];
}

interface Gathered {
  readonly looks: Map<string, readonly QuietLook[]>;
  /** Of places that were looked at after the last look at all: what they told lies before and after it. */
  carried: readonly QuietLook[];
}

/**
 * Makes looks at a source out of looks at its places. One is complete when each place has been looked at again, and is as old as
 * the oldest of the newest: up to then, and not later, is known of all. What was told of a place beyond that counts for this look
 * and for the next one, because it is not known which of them it lies before.
 */
export class LooksTogether {
  readonly #sources = new Map<SourceId, Gathered>();

  /** The look at all, when this one completes it. */
  add({ id, places }: PlacesOfSource, place: string, look: QuietLook): QuietLook | null {
    const gathered = this.#sources.get(id) ?? { looks: new Map(), carried: [] };
    this.#sources.set(id, gathered);
    gathered.looks.set(place, [...(gathered.looks.get(place) ?? []), look]);
    // Of a place that is not there any more, after an edit, nothing is waited for.
    for (const known of gathered.looks.keys()) if (!places.includes(known)) gathered.looks.delete(known);
    const newest = places.map((each) => gathered.looks.get(each)?.at(-1));
    const [first, ...others] = newest.flatMap((each) => each ?? []);
    if (first === undefined || others.length + 1 < places.length) return null;
    const oldest = others.reduce((least, each) => (each.atMs < least.atMs ? each : least), first);
    const told = [...gathered.carried, ...[...gathered.looks.values()].flat()];
    gathered.carried = [...gathered.looks.values()].flat().filter(({ atMs }) => atMs > oldest.atMs);
    gathered.looks.clear();
    return {
      atMs: oldest.atMs,
      awakeMs: oldest.awakeMs,
      changes: told.reduce((sum, { changes }) => sum + changes, 0),
      canBeWrittenUnseen: told.some((each) => each.canBeWrittenUnseen),
      isDoubted: told.some((each) => each.isDoubted),
    };
  }
}
