import {
  leastHeldShare,
  oracleTypes,
  underLoadName,
  wellKnownWriters,
  writerKinds,
} from '../../../electron/helper/quiesce/testing/oracle-soak.ts';
import type { CaseResult, Judgement, SoakResults } from '../../harness/soak.ts';

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
    const all = names.flatMap((name) => results[name] ?? []).flatMap(({ facts }) => copiesIn(facts));
    const held = all.filter(({ level }) => level === 'filesystem');
    const pauses = held.map(({ stallMs }) => stallMs).sort((a, b) => a - b);
    const share = held.length / all.length;
    const isTooFew = wellKnownWriters.some((each) => each === kind) && share < leastHeldShare;
    if (isTooFew) ok = false;
    const middle = pauses[Math.floor(pauses.length / 2)] ?? Number.NaN;
    const text = `${held.length} of ${all.length} (${(share * 100).toFixed(1)} %), ${middle} ms, ${pauses.at(-1)} ms`;
    if (all.length > 0) lines.push(`  ${kind.padEnd(20)} ${text}${isTooFew ? ' TOO FEW' : ''}`);
  }
  return { lines, ok };
}

/** A repetition may hold a second copy. One that failed without a level counts as not held. */
function copiesIn(facts: CaseResult['facts']): { readonly level: string; readonly stallMs: number }[] {
  const first = { level: String(facts.level), stallMs: Number(facts.stallMs) };
  if (facts['again level'] === undefined) return [first];
  return [first, { level: String(facts['again level']), stallMs: Number(facts['again stallMs']) }];
}
