import { describe, expect, it } from 'vitest';
import { repositoryStateSchema } from '../../../shared/domain/repository.ts';
import { stateTone } from './repository-state.ts';
import { isKept, keepingPlaces } from './sheet-keeping.ts';

describe('the state of a repository', () => {
  it('is never shown as a failure while it only waits for its disk', () => {
    expect(stateTone('waiting')).toBe('wait');
  });

  it('is good only when the repository can be used without anybody’s help', () => {
    expect(repositoryStateSchema.options.filter((state) => stateTone(state) === 'ok')).toEqual(['ready']);
  });
});

describe('where a recovery sheet is kept', () => {
  it('counts every place but the computer that it is for', () => {
    expect(keepingPlaces.filter((place) => !isKept(place))).toEqual(['here']);
  });
});
