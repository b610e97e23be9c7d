import { expect, it } from 'vitest';
import { repositoryIdSchema } from '../../shared/domain/ids.ts';
import { passwordFileOf } from './password.ts';

const one = { id: repositoryIdSchema.parse('ab'.repeat(32)), name: 'Backups' };
const two = { id: repositoryIdSchema.parse('cd'.repeat(32)), name: 'Disk two' };
const file = (of: typeof one | undefined, ...passwordFiles: readonly string[]) =>
  passwordFileOf({ passwordFiles, ask: null }, of);

it('is one file for all, or one for each by name or the beginning of its id', () => {
  expect([file(one, '/pw'), file(two, '/pw'), file(undefined, '/pw')]).toEqual(['/pw', '/pw', '/pw']);
  const each = ['Backups=/one', 'cdcdcd=/two', '/rest'];
  expect([file(one, ...each), file(two, ...each), file(undefined, ...each)]).toEqual(['/one', '/two', '/rest']);
  expect(file(two, 'Backups=/one')).toBeUndefined();
});

it('takes a file whose path has a = in it', () => {
  expect(file(one, '/keys/a=b')).toBe('/keys/a=b');
  expect(file(one, 'Backups=/keys/a=b')).toBe('/keys/a=b');
});

it('does not guess between two', () => {
  expect(() => file(one, '/a', '/b')).toThrowError(expect.objectContaining({ field: '--password-file' }));
  expect(() => file(one, 'Backups=/a', 'ababab=/b')).toThrowError(expect.objectContaining({ kind: 'wrong-usage' }));
});
