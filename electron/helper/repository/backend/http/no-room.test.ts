import { describe, expect, it } from 'vitest';
import { s3Error } from '../s3/failures.ts';
import type { HttpAnswer } from './contract.ts';
import { statusError } from './status.ts';

const answer = (status: number, body: string): HttpAnswer => ({ status, headers: {}, body: Buffer.from(body) });

describe('a server without room', () => {
  it.each([
    [507, ''],
    [413, 'Request Entity Too Large'],
    [500, 'write /srv/data/01/0123: no space left on device'],
    [500, 'Disk quota exceeded'],
    [503, 'googleapi: Error 403: The user’s Drive storage quota has been exceeded., storageQuotaExceeded'],
  ])('is told by status or words: %i %s', (status, text) => {
    const error = statusError(answer(status, text), 'write pack 01234567', 'rest:server', 0);
    expect(error).toMatchObject({ kind: 'repository-full', retryable: true });
    expect(error.context.transient).toBeUndefined();
  });

  it('is not every server that has a problem', () => {
    for (const text of ['Internal Server Error', 'the queue for storage is full of work', ''])
      expect(statusError(answer(500, text), 'write', 'rest:server', 0)).toMatchObject({ kind: 'io' });
    // Who may not, may not: whatever is said with it.
    expect(statusError(answer(403, 'quota exceeded'), 'write', 'rest:server', 0).kind).toBe('not-permitted');
  });

  it.each([
    [403, 'QuotaExceeded'],
    [507, 'XMinioStorageFull'],
    [400, 'XMinioAdminBucketQuotaExceeded'],
    [403, 'ObjectQuotaExceeded'],
    [507, 'InsufficientStorage'],
  ])('that is a bucket is told by its code: %i %s', (status, code) => {
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message></Error>`;
    const error = s3Error(answer(status, body), 'write pack 01234567', 's3:server/bucket', 0);
    expect(error).toMatchObject({ kind: 'repository-full', retryable: true, context: { code } });
    expect(error.context.transient).toBeUndefined();
  });
});
