import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../../shared/domain/evidence.ts';
import { consistencyLevels } from '../../../shared/domain/level.ts';
import { evidenceOf } from './evidence.ts';
import { markOf } from './marks.ts';
import { plans } from './plans.ts';
import type { Plan } from './world.ts';

describe('made-up evidence', () => {
  it.each(consistencyLevels)('earns the level %s that its snapshot shows, and is valid', (level) => {
    const plan: Plan = { ...plans.documents, level };
    const evidence = evidenceOf(plan, markOf(plan, Date.UTC(2026, 10, 20, 2)));
    expect(evidence.level).toBe(level);
    expect(() => evidenceSchema.parse(evidence)).not.toThrow();
  });
});
