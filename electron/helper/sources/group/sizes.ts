import type { ExcludeSizes } from '../../../../shared/domain/excludes/presets.ts';

type Item = ExcludeSizes['items'][number];

const namedPlaces = 20;
const maxItems = 2000;

/** What the members leave out, as of one source: the same preset or rule counts for all that have it. */
export function excludeSizesOfAll(sizes: readonly ExcludeSizes[]): ExcludeSizes {
  const items = new Map<string, Item>();
  for (const item of sizes.flatMap((each) => each.items)) {
    const key = `${item.kind} ${item.value}`;
    const known = items.get(key);
    items.set(key, known === undefined ? item : sum(known, item));
  }
  return {
    items: [...items.values()].slice(0, maxItems),
    keptFiles: sizes.reduce((all, { keptFiles }) => all + keptFiles, 0),
    keptBytes: sizes.reduce((all, { keptBytes }) => all + keptBytes, 0),
    complete: sizes.every(({ complete }) => complete),
  };
}

function sum(a: Item, b: Item): Item {
  return {
    ...a,
    files: a.files + b.files,
    bytes: a.bytes + b.bytes,
    places: [...a.places, ...b.places].slice(0, namedPlaces),
  };
}
