import { describe, expect, it } from 'vitest';
import { runIdSchema, sourceIdSchema } from './ids.ts';
import { decodeSnapshotTags, encodeSnapshotTags, withPin } from './snapshot-tags.ts';

const runId = runIdSchema.parse('0123456789abcdef0123456789abcdef');
const sourceId = sourceIdSchema.parse('documents-0a1b2c');

describe('snapshot tags', () => {
  it('come back as they were written, and hold no comma', () => {
    const tags = { runId, sourceId, level: 'observed-static', safety: true, pinned: true } as const;
    const encoded = encodeSnapshotTags(tags);
    expect(decodeSnapshotTags(encoded)).toEqual(tags);
    expect(encoded.some((tag) => tag.includes(','))).toBe(false);
  });

  it('claim nothing for snapshots of other programs', () => {
    const tags = decodeSnapshotTags(['level:application', `run:${runId}`, 'stillpoint-safety']);
    expect(tags).toEqual({ runId: null, sourceId: null, level: null, safety: false, pinned: false });
  });

  it('claim nothing where ours make no sense', () => {
    expect(decodeSnapshotTags(['stillpoint:1', 'level:perfect', 'run:xyz']).level).toBeNull();
    expect(decodeSnapshotTags(['stillpoint:1', 'run:xyz']).runId).toBeNull();
  });

  it('pins once, whatever program made the snapshot', () => {
    expect(withPin(['a', 'pin'], true)).toEqual(['a', 'pin']);
    expect(withPin(['a', 'pin'], false)).toEqual(['a']);
  });
});
