import type { PhaseName } from '../../../../shared/domain/run.ts';
import type { RunView } from '../../../../shared/ipc/runs.ts';
import { preciseMs } from './precise-ms.ts';

export interface WaterfallRow {
  /** `held`: freeze, taking the rest and thaw as one. */
  readonly name: PhaseName | 'held';
  readonly durationMs: number;
  /** Where the bar begins and how long it is, as shares of the whole run, 0 to 1. */
  readonly start: number;
  readonly length: number;
}

const heldPhases: ReadonlySet<PhaseName> = new Set(['freeze', 'delta', 'thaw']);

/** The phases of a finished run to one scale, those in which writers are held as one row. */
export function waterfallOf(run: RunView): WaterfallRow[] {
  const spans = run.phases.flatMap(({ name, startedAt, durationMs }) =>
    durationMs === null ? [] : [{ name, from: preciseMs(startedAt), to: preciseMs(startedAt) + durationMs }],
  );
  const first = Math.min(...spans.map(({ from }) => from));
  const total = Math.max(...spans.map(({ to }) => to)) - first;
  if (!(total > 0)) return [];
  const rows: WaterfallRow[] = [];
  for (const { name, from, to } of joinHeld(spans)) {
    rows.push({ name, durationMs: to - from, start: (from - first) / total, length: (to - from) / total });
  }
  return rows;
}

interface Span<N> {
  readonly name: N;
  readonly from: number;
  readonly to: number;
}

function joinHeld(spans: readonly Span<PhaseName>[]): Span<WaterfallRow['name']>[] {
  const joined: Span<WaterfallRow['name']>[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    const held = heldPhases.has(span.name);
    if (held && last?.name === 'held') joined[joined.length - 1] = { ...last, to: span.to };
    else joined.push(held ? { ...span, name: 'held' } : span);
  }
  return joined;
}
