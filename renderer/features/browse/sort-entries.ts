import type { TreeEntry } from '../../../shared/domain/snapshot.ts';

export type SortColumn = 'name' | 'size' | 'modified';

export interface Sorting {
  readonly column: SortColumn;
  readonly descending: boolean;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Folders first, whatever the column; then the column; equal ones by name, so that the order is always the same. */
export function sortEntries(entries: readonly TreeEntry[], sorting: Sorting): readonly TreeEntry[] {
  const turn = sorting.descending ? -1 : 1;
  return [...entries].sort(
    (a, b) =>
      Number(b.type === 'dir') - Number(a.type === 'dir') ||
      turn * compare(a, b, sorting.column) ||
      collator.compare(a.name, b.name),
  );
}

function compare(a: TreeEntry, b: TreeEntry, column: SortColumn): number {
  switch (column) {
    case 'name':
      return collator.compare(a.name, b.name);
    case 'size':
      return a.size - b.size;
    case 'modified':
      return a.modifiedAt < b.modifiedAt ? -1 : a.modifiedAt > b.modifiedAt ? 1 : 0;
  }
}

/** What a click on a column head does: the column anew in its natural direction, or the other way round. */
export function nextSorting(current: Sorting | null, column: SortColumn): Sorting {
  if (current?.column === column) return { column, descending: !current.descending };
  return { column, descending: column !== 'name' };
}
