import { toX, type Viewport } from '../time/viewport.ts';
import type { Clusters } from './cluster.ts';
import { nearest } from './cull.ts';

/** The cluster under a pixel, or the nearest one within `reach` pixels of it; -1 where there is none. */
export function clusterAt(clusters: Clusters, viewport: Viewport, width: number, x: number, reach: number): number {
  const time = viewport.origin + viewport.from + (x * viewport.span) / width;
  const at = nearest(clusters.center, time);
  const center = clusters.center[at];
  if (center === undefined) return -1;
  return Math.abs(toX(viewport, width, center) - x) <= reach ? at : -1;
}
