import { describe, expect, it } from 'vitest';
import { isSnapshotFolder, snapshotFolderName } from './own-snapshots.ts';

const name = Buffer.from(snapshotFolderName);
const folder = { mode: 0o40700, uid: 0 };

describe('the folder where snapshots are kept', () => {
  it('is known by its name, its owner and that it is closed to all others', () => {
    expect(isSnapshotFolder(name, folder)).toBe(true);
  });

  it.each([
    ['by another name', Buffer.from('.snapshots'), folder],
    ['of somebody else', name, { ...folder, uid: 1000 }],
    ['open to others', name, { ...folder, mode: 0o40755 }],
    ['that is a file', name, { ...folder, mode: 0o100700 }],
  ])('is none %s: what people have made is never left out', (_name, called, stat) => {
    expect(isSnapshotFolder(called, stat)).toBe(false);
  });
});
