import { describe, expect, it } from 'vitest';
import { findLength, findPlaces, longestFile } from './text-rules.ts';

// Put together here, so that this file does not hold what it forbids.
const planted = [
  ['https://registry.npm', 'js.org/x'],
  ['http://deb.deb', 'ian.org/debian'],
  ['"resol', 'ved": "https://example.org/x.tgz"'],
  ['cd /wor', 'k/main'],
  ['cat /tmp/s', 'p/notes'],
].map((parts) => parts.join(''));

describe('findPlaces', () => {
  it('finds package hosts and paths of one machine, with their line', () => {
    for (const text of planted) {
      expect(findPlaces({ path: 'a.md', text: `fine\n${text}\n` }, '/')).toEqual([expect.stringMatching(/^a\.md:2: /)]);
    }
  });

  it('finds the path of the checkout it runs in', () => {
    const text = 'see /home/someone/stillpoint/build/checks';
    expect(findPlaces({ path: 'a.md', text }, '/home/someone/stillpoint/')).toHaveLength(1);
    expect(findPlaces({ path: 'a.md', text }, '/srv/other/')).toEqual([]);
  });

  it('lets ordinary paths be', () => {
    const text = 'Put /home/anna/work back into /srv/homework/main-office, or /tmp/special; see the registry of names.';
    expect(findPlaces({ path: 'a.md', text }, '/home/someone/stillpoint/')).toEqual([]);
  });
});

describe('findLength', () => {
  const lines = (count: number): string => 'x\n'.repeat(count);

  it('counts lines of code, not of data', () => {
    expect(findLength({ path: 'a.ts', text: lines(longestFile) })).toEqual([]);
    expect(findLength({ path: 'a.ts', text: lines(longestFile + 1) })).toHaveLength(1);
    expect(findLength({ path: 'a.ts', text: `${lines(longestFile)}x` })).toHaveLength(1);
    expect(findLength({ path: 'a.json', text: lines(longestFile + 1) })).toEqual([]);
  });
});
