import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ErrnoError } from '../../system/errno.ts';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { Journal } from '../journal/contract.ts';
import type { ChangeTracker } from '../tracking/contract.ts';
import { levelOf, openPrecopyScene, textOf } from './testing/precopy-scene.ts';

const EIO = 5;
const EOVERFLOW = 75;

/** A journal whose tracker cannot tell what stands under a name, as where the disk is damaged. */
function failingAt(journal: Journal, name: string, errno: number): Journal {
  const failing = (tracker: ChangeTracker): ChangeTracker =>
    new Proxy(tracker, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (property === 'keyAt')
          return (dirFd: number, entry: Buffer) => {
            if (entry.toString() === name) throw new ErrnoError(errno, 'name_to_handle_at', name);
            return target.keyAt(dirFd, entry);
          };
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return {
    lend: (facts, rootFd) => {
      const loan = journal.lend(facts, rootFd);
      const tracker = failing(loan.tracker);
      return new Proxy(loan, {
        get: (target, property) => {
          if (property === 'tracker') return tracker;
          const value: unknown = Reflect.get(target, property, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
    countsOf: (source) => journal.countsOf(source),
    [Symbol.asyncDispose]: async () => {},
  };
}

const missing = whyNoLoopFilesystem('ext4');
describe.skipIf(missing !== undefined)(missing ?? 'what refuses to be looked at', () => {
  it.each([
    ['EIO', EIO, /disk reported an error/],
    ['EOVERFLOW', EOVERFLOW, /EOVERFLOW/],
  ])('with %s is reported like a file that cannot be read, and ends no attempt', async (_code, errno, words) => {
    await using scene = await openPrecopyScene('ext4');
    writeFileSync(join(scene.root, 'good'), 'good');
    writeFileSync(join(scene.root, 'folder', 'bad'), 'as it was');
    await scene.copy();
    appendFileSync(join(scene.root, 'folder', 'bad'), ', and more');
    const second = await scene.copy({ environment: { journal: failingAt(scene.journal, 'bad', errno) } });
    expect(second.files.get('folder/bad')?.verdict).toMatchObject({
      state: 'unreadable',
      reason: expect.stringMatching(words),
    });
    expect(textOf(second, 'good')).toBe('good');
    expect(levelOf(second)).toBe('filesystem');
    // Nothing is taken for known of it: the next run reads it.
    const third = await scene.copy();
    expect(textOf(third, 'folder/bad')).toBe('as it was, and more');
  });

  it('when its folder is listed is left out of the copy, and the folder is listed again by the next run', async () => {
    await using scene = await openPrecopyScene('ext4');
    writeFileSync(join(scene.root, 'folder', 'bad'), 'here');
    const first = await scene.copy({ environment: { journal: failingAt(scene.journal, 'bad', EIO) } });
    expect(first.files.has('folder/bad')).toBe(false);
    expect(textOf(first, 'folder/file')).toBe('content');
    const second = await scene.copy();
    expect(textOf(second, 'folder/bad')).toBe('here');
  });
});
