import type { Lane, SnapshotMark } from '../../../../shared/ipc/timeline.ts';
import { type ItemKind, kindOfOutcome, kindOfSnapshot, rankOf } from '../layout/item-kind.ts';

/** What a row is: something on a lane, or a run that is still to come. */
export type RowKind = ItemKind | 'planned';

/** One row of the table: a snapshot, a run without one, runs that were not made, or a planned run. As on the lanes. */
export interface TableRow {
  readonly key: string;
  readonly laneKey: string;
  readonly source: string;
  readonly time: number;
  readonly kind: RowKind;
  readonly mark: SnapshotMark | null;
  readonly runId: string | null;
  /** Why a run has no snapshot. */
  readonly text: string;
  /** How many runs were not made, and when the last of them was planned; null for anything else. */
  readonly notMade: { readonly runs: number; readonly to: number } | null;
}

export const tableColumns = ['when', 'source', 'level', 'pause', 'new', 'size', 'files', 'checked'] as const;
export type TableColumn = (typeof tableColumns)[number];

export interface TableOrder {
  readonly column: TableColumn;
  readonly descending: boolean;
}

export function rowsOf(lanes: readonly Lane[], now: number): TableRow[] {
  return lanes.flatMap((lane) => [
    ...lane.snapshots.map(
      (mark): TableRow => ({
        key: mark.id,
        laneKey: lane.key,
        source: lane.name,
        time: mark.time,
        kind: kindOfSnapshot(mark.level),
        mark,
        runId: mark.runId,
        text: '',
        notMade: null,
      }),
    ),
    ...lane.failures.map(
      (failure): TableRow => ({
        key: failure.runId,
        laneKey: lane.key,
        source: lane.name,
        time: failure.at,
        kind: kindOfOutcome(failure.outcome),
        mark: null,
        runId: failure.runId,
        text: failure.text,
        notMade: null,
      }),
    ),
    ...lane.missed.map(
      ({ from, to, runs, text }): TableRow => ({
        key: `missed ${lane.key} ${from} ${to}`,
        laneKey: lane.key,
        source: lane.name,
        time: from,
        kind: 'missed',
        mark: null,
        runId: null,
        text,
        notMade: { runs, to },
      }),
    ),
    ...lane.planned
      .filter((time) => time > now)
      .map(
        (time): TableRow => ({
          key: `planned ${lane.key} ${time}`,
          laneKey: lane.key,
          source: lane.name,
          time,
          kind: 'planned',
          mark: null,
          runId: null,
          text: '',
          notMade: null,
        }),
      ),
  ]);
}

/** Sorted by a column; equal rows and rows without a value stand newest first, the latter always at the end. */
export function sortRows(rows: readonly TableRow[], { column, descending }: TableOrder, locale: string): TableRow[] {
  const names = new Intl.Collator(locale, { numeric: true });
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (column === 'source') return sign * names.compare(a.source, b.source) || b.time - a.time;
    const left = columnValue(a, column);
    const right = columnValue(b, column);
    if (left === null || right === null) return Number(left === null) - Number(right === null) || b.time - a.time;
    return sign * (left - right) || b.time - a.time;
  });
}

function columnValue({ time, kind, mark }: TableRow, column: Exclude<TableColumn, 'source'>): number | null {
  switch (column) {
    case 'when':
      return time;
    case 'level':
      return kind === 'planned' ? null : rankOf(kind);
    case 'pause':
      return mark?.stallMs ?? null;
    case 'files':
      return mark?.files ?? null;
    case 'size':
      return mark?.bytes ?? null;
    case 'new':
      return mark?.newBytes ?? null;
    case 'checked':
      return mark === null ? null : Number(mark.verified);
  }
}
