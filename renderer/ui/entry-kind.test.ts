import { describe, expect, it } from 'vitest';
import { entryKind } from './entry-kind.ts';

describe('the kind of an entry', () => {
  it.each([
    ['Projects', 'dir', 'folder'],
    ['photo.jpg', 'dir', 'folder'],
    ['current', 'symlink', 'link'],
    ['socket', 'socket', 'special'],
    ['overview.SVG', 'file', 'image'],
    ['chapter-3.md', 'file', 'text'],
    ['.zip', 'file', 'file'],
    ['README', 'file', 'file'],
    ['backup.tar.gz', 'file', 'archive'],
  ])('of %s (%s) is %s', (name, type, kind) => expect(entryKind(name, type)).toBe(kind));
});
