import { describe, expect, it } from 'vitest';
import type { OpenWriter } from '../../system/open-writers.ts';
import type { Picture, PictureFile } from '../picture/contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import { KnownWriters } from './writers.ts';

const key = 'a file' as HandleKey;
const picture = {
  keysOfInode: () => [key],
  file: () => ({ path: () => Buffer.from('file') }) as unknown as PictureFile,
} as unknown as Picture;

const known = (writer: Partial<OpenWriter>): KnownWriters => {
  const plain: OpenWriter = {
    ...{ how: 'descriptor', inode: 1n, pid: 2, isDirect: false, canWriteLater: false, isCertain: true },
  };
  return new KnownWriters(picture, { describe: String }, { writers: [{ ...plain, ...writer }] });
};

describe('how who has a file open may change it', () => {
  it('is through a mapping, or through a descriptor that was none when one looked', () => {
    expect(known({}).files.get(key)).toBe('open');
    expect(known({ how: 'mapping' }).files.get(key)).toBe('mapped');
    expect(known({}).suspects.size).toBe(0);
    expect(known({ how: 'mapping' }).suspects.get(key)).toMatchObject([{ kind: 'writable-mapping' }]);
  });

  it('is by itself where writes pass by memory, though nothing of what began them is left', () => {
    expect(known({ isDirect: true }).files.get(key)).toBe('later');
    expect(known({ canWriteLater: true }).files.get(key)).toBe('later');
    expect(known({ how: 'loop-device' }).files.get(key)).toBe('later');
  });
});
