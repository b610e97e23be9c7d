import { describe, expect, it } from 'vitest';
import type { MethodPromise, Preflight } from '../../../shared/domain/preflight.ts';
import { readPreflight } from './preflight-words.ts';

const freeze: MethodPromise = {
  method: 'precopy-freeze',
  available: true,
  level: 'filesystem',
  expectedStallMs: 15,
  reasons: [],
  remedies: [],
};
const live: MethodPromise = {
  method: 'live',
  available: true,
  level: 'observed-static',
  expectedStallMs: 0,
  reasons: ['Nothing is held.'],
  remedies: [],
};

function preflight(chosen: MethodPromise, considered: MethodPromise[]): Preflight {
  return {
    chosen,
    considered,
    filesystem: 'ext4',
    mountPoint: '/home',
    device: '/dev/sda2',
    freezesWholeFilesystem: false,
    leftOut: [],
    files: 1,
    bytes: 1,
    counted: true,
  };
}

describe('reading a preflight', () => {
  it('tells a hold with its length, and no excuse when it is the strongest', () => {
    expect(readPreflight(preflight(freeze, [freeze, live]))).toEqual({
      manner: 'held',
      level: 'filesystem',
      stallMs: 15,
      because: null,
      notShorter: null,
      rightsWouldHelp: false,
      remedies: [],
    });
  });

  it('tells why nobody is held, from the method that would have, and that rights would help', () => {
    const refused: MethodPromise = {
      ...freeze,
      available: false,
      reasons: ['Stillpoint may not hold this filesystem.'],
      remedies: ['grant-helper', 'raise-longest-stall'],
    };
    expect(readPreflight(preflight(live, [refused, live]))).toMatchObject({
      manner: 'watched',
      because: 'Stillpoint may not hold this filesystem.',
      rightsWouldHelp: true,
      remedies: ['grant-helper', 'raise-longest-stall'],
    });
  });

  it('does not let a weaker method explain a stronger one', () => {
    const weaker: MethodPromise = { ...freeze, method: 'fsfreeze-copy', available: false, remedies: ['grant-helper'] };
    expect(readPreflight(preflight(freeze, [freeze, weaker, live])).rightsWouldHelp).toBe(false);
  });

  it('does not blame storage of another kind, and names what can be done about', () => {
    const foreign: MethodPromise = {
      ...freeze,
      method: 'btrfs-snapshot',
      available: false,
      level: 'torn',
      reasons: ['This is no btrfs.'],
    };
    const volume: MethodPromise = { ...foreign, method: 'lvm-snapshot', level: 'filesystem', reasons: ['No space.'] };
    const untried: MethodPromise = {
      ...freeze,
      available: false,
      reasons: ['Holding / has to be tried once.'],
      remedies: ['trial'],
    };
    expect(readPreflight(preflight(freeze, [foreign, volume, freeze, live]))).toMatchObject({
      ...{ because: null, notShorter: null, remedies: [] },
    });
    expect(readPreflight(preflight(live, [foreign, volume, untried, live]))).toMatchObject({
      ...{ manner: 'watched', because: 'Holding / has to be tried once.', remedies: ['trial'] },
    });
    expect(readPreflight(preflight(live, [foreign, volume, live])).because).toBe('No space.');
  });

  it('says what would make the pause shorter, where something would', () => {
    const textbook: MethodPromise = { ...freeze, method: 'fsfreeze-copy', expectedStallMs: 900 };
    const refused: MethodPromise = {
      ...freeze,
      available: false,
      reasons: ['The repository is on the same filesystem.'],
      remedies: ['move-repository'],
    };
    expect(readPreflight(preflight(textbook, [refused, textbook, live]))).toMatchObject({
      ...{ manner: 'held', because: null, remedies: ['move-repository'] },
      notShorter: 'The repository is on the same filesystem.',
    });
    const hopeless = { ...refused, remedies: [] };
    expect(readPreflight(preflight(textbook, [hopeless, textbook, live])).notShorter).toBeNull();
  });

  it('calls an atomic snapshot one instant', () => {
    const btrfs: MethodPromise = { ...freeze, method: 'btrfs-snapshot', level: 'crash', expectedStallMs: 0 };
    expect(readPreflight(preflight(btrfs, [btrfs, live])).manner).toBe('instant');
  });

  it('falls back to the reason of the chosen method when nothing stronger was asked', () => {
    expect(readPreflight(preflight(live, [live])).because).toBe('Nothing is held.');
  });
});
