import { splitPath } from '../target/target-tree.ts';
import { startsWith } from './source-roots.ts';

/**
 * Of these places those that something lies in, each path counted for the innermost; what lies in none (a file where a
 * folder on the way to one was) stands for itself.
 */
export function placesHolding(places: readonly Buffer[], paths: Iterable<Buffer>): readonly Buffer[] {
  const innermostFirst = places
    .map((place) => ({ place, steps: splitPath(place) }))
    .toSorted((a, b) => b.steps.length - a.steps.length);
  const holding = new Map<string, Buffer>();
  for (const path of paths) {
    const steps = splitPath(path);
    const place = innermostFirst.find((each) => startsWith(steps, each.steps))?.place ?? path;
    holding.set(place.toString('latin1'), place);
  }
  return [...holding.values()].toSorted(Buffer.compare);
}
