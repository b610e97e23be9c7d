import type { WriterPlan } from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { type BenchPlace, longestBetween, underLoad } from '../product/bench-place.ts';

export const plan: WriterPlan = { kinds: ['in-place', 'append', 'rename-over'], files: 20, blocks: 16 };
export const stepsPerSecond = 500;

/**
 * One backup through the whole product with an ordered writer beside it. `hold ms`: around the kernel's calls, as recorded;
 * `writer ms`: the writer's longest step while it was held.
 */
export async function ourRound(place: BenchPlace): Promise<Record<string, number>> {
  const { value, report } = await underLoad(place.mountPoint, { plan, stepsPerSecond }, () => place.backup());
  const { held, result, wallMs } = value;
  if (held === null) throw new Error(`nobody was held: ${result.summary}`);
  return {
    'hold ms': result.stallMs ?? Number.NaN,
    'writer ms': longestBetween(report, held.fromMs - 1, held.toMs + 1),
    'writer ever ms': report.longestStepMs,
    'wall ms': wallMs,
  };
}
