import { expect, it } from 'vitest';
import { listSwaps } from './swaps.ts';

it('reads files and partitions, with odd names', () => {
  const text = `Filename				Type		Size		Used		Priority
/dev/sda2                               partition	1046524		512		-2
/home/my\\040swap                        file		2048		0		-3
`;
  expect(listSwaps(text)).toEqual([
    { path: '/dev/sda2', kind: 'partition', size: 1046524 * 1024, used: 512 * 1024 },
    { path: '/home/my swap', kind: 'file', size: 2048 * 1024, used: 0 },
  ]);
  expect(listSwaps('Filename Type Size Used Priority\n')).toEqual([]);
});
