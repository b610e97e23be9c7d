import {
  leastHeldShare,
  oracleTypes,
  underLoadName,
  wellKnownWriters,
  writerKinds,
} from '../../../electron/helper/quiesce/testing/oracle-soak.ts';
import type { Judgement, SoakResults } from '../../harness/soak.ts';

/** As the soak's report names it, and finds it again. */
export function productName(type: string, kind: string): string {
  return `${type}: the product beside ${kind}`;
}

/** By writer: how many copies of how many earned the held level; too few of the well-known ones is a failure. */
export function judgeShares(results: SoakResults): Judgement {
  const lines = ['writer: copies by precopy-freeze and by the product, those held still, pauses (median, longest)'];
  let ok = true;
  for (const kind of writerKinds) {
    const names = oracleTypes.flatMap((type) => [underLoadName(type, 'precopy-freeze', kind), productName(type, kind)]);
    const all = names.flatMap((name) => results[name] ?? []);
    const held = all.filter(({ facts }) => facts.level === 'filesystem');
    const pauses = held.map(({ facts }) => Number(facts.stallMs)).sort((a, b) => a - b);
    const share = held.length / all.length;
    const isTooFew = wellKnownWriters.some((each) => each === kind) && share < leastHeldShare;
    if (isTooFew) ok = false;
    const middle = pauses[Math.floor(pauses.length / 2)] ?? Number.NaN;
    const text = `${held.length} of ${all.length} (${(share * 100).toFixed(1)} %), ${middle} ms, ${pauses.at(-1)} ms`;
    if (all.length > 0) lines.push(`  ${kind.padEnd(20)} ${text}${isTooFew ? ' TOO FEW' : ''}`);
  }
  return { lines, ok };
}
