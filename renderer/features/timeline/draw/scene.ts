import type { PhaseName } from '../../../../shared/domain/run.ts';
import type { Tokens } from '../../../ui/theme/tokens.ts';
import type { MarkWidths } from '../layout/cluster.ts';
import type { ClusterCache } from '../layout/cluster-cache.ts';
import type { LaneIndex } from '../layout/lane-index.ts';
import type { Rows } from '../layout/rows.ts';
import type { Tick } from '../time/ticks.ts';
import type { Viewport } from '../time/viewport.ts';

export interface PhaseSpan {
  readonly name: PhaseName;
  readonly label: string;
  readonly from: number;
  /** Null while under way: it reaches to now. */
  readonly to: number | null;
}

/** A run whose phases are known, times in milliseconds since the epoch. */
export interface RunSpan {
  readonly runId: string;
  readonly from: number;
  readonly to: number | null;
  readonly phases: readonly PhaseSpan[];
}

/** A run under way. It carries no level yet. */
export interface LiveRun {
  readonly runId: string;
  readonly laneKey: string;
  readonly from: number;
  /** Share done, 0 to 1; null while unknown. */
  readonly share: number | null;
  /** `storing 58 %` */
  readonly text: string;
}

/** Everything a frame is drawn from; drawing decides nothing. */
export interface Scene {
  readonly viewport: Viewport;
  /** Pixels of the lanes' canvas. */
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly now: number;
  readonly tokens: Tokens;
  readonly lanes: readonly LaneIndex[];
  readonly rows: Rows;
  readonly widths: MarkWidths;
  readonly clusters: ClusterCache;
  readonly ticks: readonly Tick[];
  /** Index of the highlighted lane; -1 for none. */
  readonly selectedLane: number;
  /** Item of the highlighted lane; -1 for none. */
  readonly selectedItem: number;
  readonly hoveredLane: number;
  /** Item that begins the cluster under the pointer; -1 for none. */
  readonly hoveredItem: number;
  readonly live: readonly LiveRun[];
  readonly unfolded: { readonly lane: number; readonly run: RunSpan } | null;
}
