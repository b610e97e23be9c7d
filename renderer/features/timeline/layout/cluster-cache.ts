import { type Clusters, cluster, type MarkWidths, quantizeZoom } from './cluster.ts';
import type { LaneIndex } from './lane-index.ts';

const keptPerLane = 6;

/** Clusters of each lane for the last few zooms. A lane that changed is another index and starts anew. */
export class ClusterCache {
  private readonly lanes = new WeakMap<LaneIndex, Map<number, Clusters>>();

  get(index: LaneIndex, msPerPixel: number, widths: MarkWidths): Clusters {
    const zoom = quantizeZoom(msPerPixel);
    let zooms = this.lanes.get(index);
    if (zooms === undefined) {
      zooms = new Map();
      this.lanes.set(index, zooms);
    }
    // Wider marks (fewer lanes) group differently; widths are few, so they share the key.
    const key = zoom * 1000 + widths.single;
    let clusters = zooms.get(key);
    if (clusters === undefined) {
      clusters = cluster(index, zoom, widths);
      const oldest = zooms.keys().next().value;
      if (zooms.size >= keptPerLane && oldest !== undefined) zooms.delete(oldest);
      zooms.set(key, clusters);
    }
    return clusters;
  }
}
