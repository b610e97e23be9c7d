import type { Lane } from '../../../../shared/ipc/timeline.ts';
import type { Tokens } from '../../../ui/theme/tokens.ts';
import { axisHeight, drawAxis } from '../draw/draw-axis.ts';
import { drawLanes } from '../draw/draw-lanes.ts';
import { waterfallGutter } from '../draw/draw-waterfall.ts';
import { laneMetrics } from '../draw/lane-metrics.ts';
import type { LiveRun, RunSpan } from '../draw/scene.ts';
import type { MarkWidths } from '../layout/cluster.ts';
import { ClusterCache } from '../layout/cluster-cache.ts';
import { clusterAt } from '../layout/hit.ts';
import { indexLane, type LaneIndex } from '../layout/lane-index.ts';
import { type LogPick, pickInstant } from '../layout/log-pick.ts';
import { layoutRows, type Rows, rowAt } from '../layout/rows.ts';
import { pickStep, ticksIn } from '../time/ticks.ts';
import {
  between,
  centerOn,
  confine,
  endOf,
  type Limits,
  panBy,
  startOf,
  toTime,
  toX,
  type Viewport,
  viewportOf,
  zoomAt,
} from '../time/viewport.ts';
import { candidateRun, fillsView } from './choose-run.ts';
import { type Extent, extentOf, limitsFor, type Preset, presetView } from './limits.ts';
import { Signal } from './signal.ts';
import { itemOf } from './step.ts';

const tickPixels = 76;
const animationMs = 220;
const runMargin = 16;
/** How far from the middle of a log band a click still means it. */
const logReach = 7;
const roomyWidths: MarkWidths = { single: 15, cluster: 46, gap: 2 };
const compactWidths: MarkWidths = { single: 12, cluster: 42, gap: 2 };

export interface Hit {
  readonly lane: number;
  /** First and last item of what was hit. */
  readonly first: number;
  readonly last: number;
}

/**
 * The moving parts of the timeline: what is in view, and when a frame is drawn. It lives outside React, because a frame
 * must not wait for a render; React hears of changes through `viewChanged`, `rowsChanged` and `framed`.
 */
export class TimelineController {
  readonly viewChanged = new Signal();
  readonly rowsChanged = new Signal();
  /** After each frame: overlays move to where things are now. */
  readonly framed = new Signal();

  lanes: readonly LaneIndex[] = [];
  extent: Extent | null = null;
  viewport: Viewport;
  rows: Rows = layoutRows(0, 0, null);
  width = 0;
  height = 0;
  scrollTop = 0;
  selectedLane = -1;
  selectedItem = -1;
  /** Set by a preset: the view moves along with now until the user moves it. */
  following: Preset | null;

  private tokens: Tokens;
  private readonly clock: () => number;
  private live: readonly LiveRun[] = [];
  private runs: (runId: string) => RunSpan | null = () => null;
  private hover: Hit | null = null;
  private unfolded: { lane: number; run: RunSpan } | null = null;
  private readonly clusters = new ClusterCache();
  private readonly indexes = new WeakMap<Lane, LaneIndex>();
  private canvases: { lanes: HTMLCanvasElement; axis: HTMLCanvasElement } | null = null;
  private frame = 0;
  private animation: { from: Viewport; to: Viewport; startedAt: number } | null = null;

  /** `initial` is where the view was left: a preset that follows now, or a range. */
  constructor(tokens: Tokens, clock: () => number, initial: Preset | { readonly from: number; readonly to: number }) {
    this.tokens = tokens;
    this.clock = clock;
    this.following = typeof initial === 'string' ? initial : null;
    this.viewport =
      typeof initial === 'string'
        ? presetView(initial, null, clock())
        : viewportOf(initial.from, Math.max(initial.to, initial.from + 1));
  }

  get now(): number {
    return this.clock();
  }

  get limits(): Limits {
    return limitsFor(this.extent, this.now);
  }

  get widths(): MarkWidths {
    return this.rows.compact ? compactWidths : roomyWidths;
  }

  get unfoldedRun(): RunSpan | null {
    return this.unfolded?.run ?? null;
  }

  attach(lanes: HTMLCanvasElement, axis: HTMLCanvasElement): () => void {
    this.canvases = { lanes, axis };
    this.requestFrame();
    return () => {
      this.canvases = null;
      cancelAnimationFrame(this.frame);
      this.frame = 0;
    };
  }

  setTokens(tokens: Tokens): void {
    this.tokens = tokens;
    this.requestFrame();
  }

  setLanes(lanes: readonly Lane[]): void {
    this.lanes = lanes.map((lane) => {
      const known = this.indexes.get(lane) ?? indexLane(lane);
      this.indexes.set(lane, known);
      return known;
    });
    this.extent = extentOf(this.lanes);
    this.hover = null;
    this.layout();
    this.requestFrame();
  }

  setLive(live: readonly LiveRun[]): void {
    this.live = live;
    this.requestFrame();
  }

  /** How the phases of a run are looked up; null while they are not known. */
  setRuns(runs: (runId: string) => RunSpan | null): void {
    this.runs = runs;
    this.requestFrame();
  }

  setSelection(laneKey: string | null, snapshotId: string | null): void {
    this.selectedLane = this.lanes.findIndex(({ lane }) => lane.key === laneKey);
    const index = this.lanes[this.selectedLane];
    this.selectedItem = index === undefined || snapshotId === null ? -1 : itemOf(index, snapshotId, null);
    this.requestFrame();
  }

  resize(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    this.layout();
    this.requestFrame();
  }

  scrollTo(scrollTop: number): void {
    this.scrollTop = scrollTop;
    this.requestFrame();
  }

  zoom(x: number, factor: number): void {
    this.moveTo(zoomAt(this.viewport, this.width, x, factor, this.limits));
  }

  zoomMiddle(factor: number): void {
    const selected = this.lanes[this.selectedLane]?.times[this.selectedItem];
    const x = selected === undefined ? this.width / 2 : toX(this.viewport, this.width, selected);
    const anchor = x < 0 || x > this.width ? this.width / 2 : x;
    this.glideTo(zoomAt(this.animation?.to ?? this.viewport, this.width, anchor, factor, this.limits));
  }

  pan(pixels: number): void {
    this.moveTo(panBy(this.viewport, this.width, pixels, this.limits));
  }

  showPreset(preset: Preset): void {
    this.glideTo(confine(presetView(preset, this.extent, this.now), this.limits));
    this.following = preset;
  }

  /** Shows a stretch of time with a little room around it. */
  fit(from: number, to: number): void {
    const room = Math.max(0.5, (to - from) * 0.12);
    this.glideTo(confine(viewportOf(from - room, to + room), this.limits));
  }

  /** Shows a whole run beside the names of its phases, or the given stretch while its phases are not known. */
  fitRun(runId: string | null, from: number, to: number): void {
    const run = runId === null ? null : this.runs(runId);
    if (run === null) {
      this.fit(from, to);
      return;
    }
    const length = Math.max(1, (run.to ?? this.now) - run.from);
    const perPixel = length / Math.max(100, this.width - waterfallGutter - 3 * runMargin);
    this.glideTo(
      confine(
        viewportOf(run.from - (waterfallGutter + runMargin) * perPixel, run.from + length + 2 * runMargin * perPixel),
        this.limits,
      ),
    );
  }

  center(time: number): void {
    this.glideTo(centerOn(this.viewport, time, this.limits));
  }

  /** Centers on a time at once: the overview is being dragged. */
  jump(time: number): void {
    this.moveTo(centerOn(this.viewport, time, this.limits));
  }

  /** Brings a time into view, without moving when it is there already. */
  reveal(time: number): void {
    const margin = this.viewport.span * 0.06;
    if (time < startOf(this.viewport) + margin || time > endOf(this.viewport) - margin) this.center(time);
  }

  /** What is at a place on the lanes' canvas; `lane` -1 beside all of them, `first` -1 between marks. */
  hit(x: number, y: number): Hit {
    const lane = rowAt(this.rows, y + this.scrollTop);
    const index = this.lanes[lane];
    const row = this.rows.rows[lane];
    if (index === undefined || row === undefined || y + this.scrollTop - row.top > row.lane)
      return { lane, first: -1, last: -1 };
    const clusters = this.clusters.get(index, this.viewport.span / this.width, this.widths);
    const at = clusterAt(clusters, this.viewport, this.width, x, this.widths.cluster / 2);
    const single = (clusters.runs[at] ?? 1) === 1;
    const exact = single ? clusterAt(clusters, this.viewport, this.width, x, this.widths.single / 2 + 4) : at;
    return { lane, first: clusters.first[exact] ?? -1, last: clusters.last[exact] ?? -1 };
  }

  /** The instant under a place, where that is on a lane's log band. */
  logAt(x: number, y: number): LogPick | null {
    const lane = rowAt(this.rows, y + this.scrollTop);
    const [index, row] = [this.lanes[lane], this.rows.rows[lane]];
    if (index === undefined || row === undefined) return null;
    const { logTop, logHeight } = laneMetrics(row);
    const distance = Math.abs(y + this.scrollTop - row.top - logTop - logHeight / 2);
    return distance > logReach ? null : pickInstant(index, toTime(this.viewport, this.width, x));
  }

  setHover(hit: Hit | null): void {
    if (hit?.lane === this.hover?.lane && hit?.first === this.hover?.first) return;
    this.hover = hit;
    this.requestFrame();
  }

  /** Moves along with now; called by a clock. */
  tick(): void {
    if (this.following !== null && this.animation === null) {
      this.viewport = confine(presetView(this.following, this.extent, this.now), this.limits);
      this.viewChanged.emit();
    }
    this.requestFrame();
  }

  requestFrame(): void {
    if (this.frame !== 0 || this.canvases === null) return;
    this.frame = requestAnimationFrame((time) => this.draw(time));
  }

  private moveTo(viewport: Viewport): void {
    this.animation = null;
    this.following = null;
    this.viewport = viewport;
    this.viewChanged.emit();
    this.requestFrame();
  }

  private glideTo(viewport: Viewport): void {
    this.following = null;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.moveTo(viewport);
      return;
    }
    this.animation = { from: this.viewport, to: viewport, startedAt: performance.now() };
    this.requestFrame();
  }

  private layout(): void {
    const unfolded =
      this.unfolded === null ? null : { lane: this.unfolded.lane, phases: this.unfolded.run.phases.length };
    const rows = layoutRows(this.lanes.length, this.height, unfolded);
    if (rows.total === this.rows.total && rows.rows.length === this.rows.rows.length && sameTops(rows, this.rows))
      return;
    this.rows = rows;
    this.rowsChanged.emit();
  }

  private unfold(): void {
    const candidate = candidateRun(this.lanes, this.viewport, { lane: this.selectedLane, item: this.selectedItem });
    const run = candidate === null ? null : this.runs(candidate.runId);
    const wanted = candidate !== null && run !== null && fillsView(run, this.viewport, this.now);
    if (wanted ? this.unfolded?.run === run && this.unfolded.lane === candidate.lane : this.unfolded === null) return;
    this.unfolded = wanted ? { lane: candidate.lane, run } : null;
    this.layout();
  }

  private draw(time: number): void {
    this.frame = 0;
    if (this.canvases === null || this.width === 0 || this.height === 0) return;
    this.animate(time);
    this.unfold();
    const step = pickStep(this.viewport, this.width, tickPixels);
    const ticks = ticksIn(this.viewport, step);
    const { viewport, width, height, scrollTop, tokens, lanes, rows, widths, clusters, live, unfolded } = this;
    drawAxis(contextOf(this.canvases.axis, width, axisHeight), { viewport, width, ticks, step, tokens });
    drawLanes(contextOf(this.canvases.lanes, width, height), {
      viewport,
      width,
      height,
      scrollTop,
      now: this.now,
      tokens,
      lanes,
      rows,
      widths,
      clusters,
      ticks,
      selectedLane: this.selectedLane,
      selectedItem: this.selectedItem,
      hoveredLane: this.hover?.lane ?? -1,
      hoveredItem: this.hover?.first ?? -1,
      live,
      unfolded,
    });
    this.framed.emit();
  }

  private animate(time: number): void {
    if (this.animation === null) return;
    const progress = Math.min(1, Math.max(0, (time - this.animation.startedAt) / animationMs));
    this.viewport = between(this.animation.from, this.animation.to, 1 - (1 - progress) ** 3);
    if (progress >= 1) this.animation = null;
    this.viewChanged.emit();
    if (this.animation !== null) this.requestFrame();
  }
}

function sameTops(a: Rows, b: Rows): boolean {
  return a.rows.every((row, at) => row.top === b.rows[at]?.top && row.height === b.rows[at]?.height);
}

/** The context of a canvas, sized and scaled for the screen's pixels. */
function contextOf(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const scale = window.devicePixelRatio;
  const [deviceWidth, deviceHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth;
    canvas.height = deviceHeight;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this window cannot draw');
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}
