import { describe, expect, it } from 'vitest';
import { EntryWarnings } from './entry-warnings.ts';

describe('warnings of a restore', () => {
  it('tell losses of metadata once per kind, and entries one by one up to a limit', () => {
    const warnings = new EntryWarnings();
    for (let index = 0; index < 1200; index += 1) {
      warnings.lose('owner', `/f${index}`);
      warnings.add(`/g${index}`, 'No permission.');
    }
    warnings.lose('times', '/t');
    expect(warnings.total).toBe(1202);
    expect(warnings.list).toHaveLength(1000);
    expect(warnings.list[0]).toEqual({
      path: '/f0',
      text: 'The owner of 1,200 entries could not be set: only an administrator may give files to others.',
    });
    expect(warnings.list[1]).toEqual({ path: '/t', text: 'The times of 1 entry could not be set here.' });
    expect(warnings.list[2]).toEqual({ path: '/g0', text: 'No permission.' });
  });
});
