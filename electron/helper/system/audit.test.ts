import { expect, it } from 'vitest';
import { parseAuditStatus } from './audit.ts';

function status(...fields: readonly number[]): Buffer {
  const bytes = Buffer.alloc(fields.length * 4);
  for (const [index, value] of fields.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

it('reads what auditctl -s shows', () => {
  // mask, enabled, failure, pid, rate limit, backlog limit, lost, backlog, features, backlog wait time
  expect(parseAuditStatus(status(0, 1, 1, 612, 0, 8192, 0, 0, 127, 15000))).toEqual({
    ...{ enabled: true, daemonPid: 612, waits: true, panics: false },
  });
  expect(parseAuditStatus(status(0, 2, 2, 0, 0, 64, 0, 0, 127, 0))).toEqual({
    ...{ enabled: true, daemonPid: 0, waits: false, panics: true },
  });
});

it('takes an older kernel, that does not say how long it waits, for one that waits', () => {
  expect(parseAuditStatus(status(0, 0, 1, 0, 0, 64, 0, 0)).waits).toBe(true);
});
