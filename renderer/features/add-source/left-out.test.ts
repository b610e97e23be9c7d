import { expect, it } from 'vitest';
import { groupLeftOut } from './left-out.ts';

it('says each reason once, with all its paths', () => {
  const own = 'A place of Stillpoint’s own.';
  expect(
    groupLeftOut([
      { path: '/home/ada/.config/stillpoint', reason: own },
      { path: '/home/ada/mnt', reason: 'Another filesystem.' },
      { path: '/home/ada/.local/state/stillpoint', reason: own },
    ]),
  ).toEqual([
    { reason: own, paths: ['/home/ada/.config/stillpoint', '/home/ada/.local/state/stillpoint'] },
    { reason: 'Another filesystem.', paths: ['/home/ada/mnt'] },
  ]);
  expect(groupLeftOut([])).toEqual([]);
});
