import { describe, expect, it } from 'vitest';
import { suspectSchema } from '../../../../shared/domain/evidence.ts';
import { hookMomentSchema } from '../../../../shared/domain/hooks.ts';
import { conditionNames } from '../../../../shared/domain/level-conditions.ts';
import { quiesceMethodSchema } from '../../../../shared/domain/method.ts';
import { i18n } from '../../../i18n/i18n.ts';
import { evidenceOf } from '../../../testing/model/evidence.ts';
import { markOf } from '../../../testing/model/marks.ts';
import { plans } from '../../../testing/model/plans.ts';
import { pauseParts } from './pause-parts.ts';

const has = (key: string): boolean => i18n.exists(key);

describe('words that are put together from names', () => {
  it.each(quiesceMethodSchema.options)('are there for the method %s', (method) => {
    expect([`methods:name.${method}`, `methods:how.${method}`].map(has)).toEqual([true, true]);
  });

  it.each(conditionNames)('are there for the condition %s', (name) => {
    expect(has(`snapshot-details:why.condition.${name}`)).toBe(true);
  });

  it('are there for every suspect and every call of a hook', () => {
    const keys = [
      ...suspectSchema.shape.kind.options.map((kind) => `proof.suspectKind.${kind}`),
      ...hookMomentSchema.options.map((when) => `proof.hookText.${when}`),
    ];
    expect(keys.filter((key) => !has(`snapshot-details:${key}`))).toEqual([]);
  });

  it('say what was left for the pause, nothing included', () => {
    const say = (count: number): string => i18n.t('snapshot-details:sentence.copiedFirst', { count, size: '9 KiB' });
    expect(say(0)).toBe('Copied first; nothing was left to read while it was held.');
    expect(say(1)).toBe('Copied first; 1 file, 9 KiB, was read while it was held.');
    expect(say(1_200)).toBe('Copied first; 1,200 files, 9 KiB, were read while it was held.');
  });
});

describe('the parts of a pause', () => {
  const { hold } = evidenceOf(plans.documents, markOf(plans.documents, Date.UTC(2026, 10, 20, 2)));
  if (hold === null) throw new Error('documents are held');

  it('come to the whole of it', () => {
    const { freezeMs, restMs, thawMs } = pauseParts(hold);
    expect(freezeMs + restMs + thawMs).toBeCloseTo(hold.stallMs, 2);
    expect(Math.min(freezeMs, restMs, thawMs)).toBeGreaterThan(0);
  });

  it('are never negative where a clock was set meanwhile', () => {
    const back = { ...hold, frozenAt: hold.thawedAt, thawRequestedAt: hold.requestedAt };
    expect(pauseParts(back).restMs).toBe(0);
  });
});
