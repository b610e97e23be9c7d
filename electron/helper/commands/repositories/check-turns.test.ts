import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import { openCheckTurns } from './check-turns.ts';

const folder = mkdtempSync(join(tmpdir(), 'stillpoint-turns-'));
afterAll(() => rmSync(folder, { recursive: true }));

const one = '1'.repeat(64) as RepositoryId;
const other = '2'.repeat(64) as RepositoryId;

it('goes through all parts in turn, for each repository, and begins anew where it knows nothing', () => {
  const path = join(folder, 'turns.json');
  const open = () => openCheckTurns(path, (to, text) => writeFileSync(to, text));
  const taken: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const part = open().next(one, 3);
    taken.push(part);
    open().done(one, 3, part);
  }
  expect(taken).toEqual([1, 2, 3, 1, 2]);
  expect(open().next(other, 3)).toBe(1);
  expect(open().next(one, 4)).toBe(1);
  open().done(other, 2, 1);
  expect(open().next(one, 3)).toBe(3);
  writeFileSync(path, '{"1":');
  expect(open().next(one, 3)).toBe(1);
});

it('takes the same part again when a check did not come to its end', () => {
  const turns = openCheckTurns(join(folder, 'none.json'), (to, text) => writeFileSync(to, text));
  expect([turns.next(one, 10), turns.next(one, 10)]).toEqual([1, 1]);
});
