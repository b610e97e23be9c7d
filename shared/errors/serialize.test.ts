import { describe, expect, it } from 'vitest';
import { serializedErrorSchema } from './schema.ts';
import { deserializeError, serializeError } from './serialize.ts';
import { asStillpointError, isStillpointError, StillpointError } from './stillpoint-error.ts';

describe('errors across processes', () => {
  it('arrive with kind, words, field and causes', () => {
    const cause = new StillpointError({
      kind: 'io',
      message: 'No space.',
      guidance: 'Free some.',
      context: { code: 'ENOSPC' },
    });
    const error = new StillpointError({
      kind: 'repository-full',
      message: 'The disk is full.',
      guidance: 'Free some space.',
      field: '--repo',
      retryable: true,
      cause,
    });
    const wire = serializedErrorSchema.parse(JSON.parse(JSON.stringify(serializeError(error))));
    const there = deserializeError(wire);
    expect(there).toMatchObject({ kind: 'repository-full', field: '--repo', retryable: true });
    expect(isStillpointError(there.cause, 'io')).toBe(true);
  });

  it('calls what is not ours a defect and keeps its text', () => {
    expect(serializeError(new TypeError('x is not a function'))).toMatchObject({ kind: 'internal' });
    expect(serializeError('a string').message).toContain('a string');
  });

  it('survives a loop of causes', () => {
    const loop = new Error('loop') as Error & { cause?: unknown };
    loop.cause = loop;
    expect(() => JSON.stringify(serializeError(loop))).not.toThrow();
  });

  it('knows an abort for a cancellation', () => {
    expect(asStillpointError(AbortSignal.abort().reason).kind).toBe('cancelled');
  });
});
