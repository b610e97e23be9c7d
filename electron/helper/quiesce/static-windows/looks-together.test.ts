import { expect, it } from 'vitest';
import { sourceIdSchema } from '../../../../shared/domain/ids.ts';
import type { QuietLook } from '../../../../shared/domain/static-windows.ts';
import { LooksTogether } from './looks-together.ts';

const source = { id: sourceIdSchema.parse('shop-1'), places: ['/data', '/logs'] };
const second = 1000;

function look(atMs: number, more: Partial<QuietLook> = {}): QuietLook {
  return { atMs, awakeMs: atMs, changes: 0, canBeWrittenUnseen: false, isDoubted: false, ...more };
}

it('is a look at all when every place was looked at, and only then', () => {
  const together = new LooksTogether();
  expect(together.add(source, '/data', look(0))).toBeNull();
  expect(together.add(source, '/logs', look(0))).toEqual(look(0));
  expect(together.add(source, '/logs', look(60 * second))).toBeNull();
  expect(together.add(source, '/logs', look(120 * second))).toBeNull();
});

it('counts what changed in any of them, and what could have', () => {
  const together = new LooksTogether();
  together.add(source, '/data', look(0, { changes: 2, isDoubted: true }));
  expect(together.add(source, '/logs', look(0, { changes: 3, canBeWrittenUnseen: true }))).toEqual(
    look(0, { changes: 5, canBeWrittenUnseen: true, isDoubted: true }),
  );
  together.add(source, '/data', look(second, { changes: 1 }));
  together.add(source, '/data', look(2 * second));
  expect(together.add(source, '/logs', look(2 * second))).toEqual(look(2 * second, { changes: 1 }));
});

it('claims nothing for a time of which one place was not looked at yet', () => {
  const together = new LooksTogether();
  together.add(source, '/data', look(0));
  // What changed in the logs may lie before the look at the data, or after it.
  expect(together.add(source, '/logs', look(30 * second, { changes: 1 }))).toEqual(look(0, { changes: 1 }));
  together.add(source, '/data', look(60 * second));
  expect(together.add(source, '/logs', look(90 * second))).toEqual(look(60 * second, { changes: 1 }));
  together.add(source, '/data', look(120 * second));
  expect(together.add(source, '/logs', look(150 * second))).toEqual(look(120 * second));
});

it('does not wait for a place that is no longer part of the source', () => {
  const together = new LooksTogether();
  together.add(source, '/logs', look(0, { changes: 1 }));
  expect(together.add({ ...source, places: ['/data', '/mail'] }, '/data', look(second))).toBeNull();
  expect(together.add({ ...source, places: ['/data', '/mail'] }, '/mail', look(second))).toEqual(look(second));
});
