import { describe, expect, it } from 'vitest';
import type { PlaceProbe } from '../../../shared/domain/repository.ts';
import { judgePlace, onSameFilesystem, suggestedFolder } from './place-verdict.ts';

const id = 'a'.repeat(64) as NonNullable<PlaceProbe['repositoryId']>;

function probe(state: PlaceProbe['state'], more: Partial<PlaceProbe> = {}): PlaceProbe {
  return {
    state,
    repositoryId: null,
    freeBytes: 1,
    filesystem: 'ext4 at /',
    removable: false,
    explanation: '',
    ...more,
  };
}

describe('judging a place', () => {
  it('takes a new or empty folder for a new repository', () => {
    expect(judgePlace(probe('new'), 'create').usable).toBe(true);
    expect(judgePlace(probe('empty'), 'create').usable).toBe(true);
  });

  it('never builds over a repository, and offers to adopt it', () => {
    expect(judgePlace(probe('repository', { repositoryId: id }), 'create')).toMatchObject({
      usable: false,
      instead: 'adopt',
    });
  });

  it('never builds among other files, and offers a folder of its own', () => {
    expect(judgePlace(probe('occupied'), 'create')).toMatchObject({ usable: false, instead: 'subfolder' });
  });

  it.each(['new', 'empty', 'occupied'] as const)('says that a %s place holds no repository', (state) => {
    expect(judgePlace(probe(state), 'adopt')).toMatchObject({ usable: false, tone: 'bad' });
  });

  it('adopts a repository that can only be read, to restore from it', () => {
    expect(judgePlace(probe('not-writable', { repositoryId: id }), 'adopt').usable).toBe(true);
    expect(judgePlace(probe('not-writable', { repositoryId: id }), 'create').usable).toBe(false);
  });

  it('uses nothing that cannot be reached', () => {
    expect(judgePlace(probe('unreachable'), 'create').usable).toBe(false);
    expect(judgePlace(probe('unreachable'), 'adopt').usable).toBe(false);
  });
});

describe('the same filesystem', () => {
  it('is known by the mount point', () => {
    expect(onSameFilesystem(probe('empty', { filesystem: 'ext4 at /' }), { mountPoint: '/' })).toBe(true);
    expect(onSameFilesystem(probe('empty', { filesystem: 'ext4 at /media/disk' }), { mountPoint: '/' })).toBe(false);
    expect(onSameFilesystem(probe('empty', { filesystem: 'ext4 at /home' }), { mountPoint: '/home/ana' })).toBe(false);
  });
});

describe('the suggested folder', () => {
  it('stands inside the parent, whatever its slashes', () => {
    expect(suggestedFolder('/media/disk/')).toBe('/media/disk/Stillpoint');
    expect(suggestedFolder('/')).toBe('/Stillpoint');
  });
});
