import { describe, expect, it } from 'vitest';
import { goModeOfStat, type NodeType, nodeTypeOfStat, permissionsOfGoMode } from './modes.ts';

/** st_mode, node type, and the value of Go's os.FileMode. */
const known: readonly [number, NodeType, number][] = [
  [0o100644, 'file', 0o644],
  [0o104755, 'file', 8389101],
  [0o040755, 'dir', 2147484141],
  [0o041777, 'dir', 2148532735],
  [0o042770, 'dir', 2151678456],
  [0o120777, 'symlink', 134218239],
  [0o060660, 'dev', 67109296],
  [0o020620, 'chardev', 69206416],
  [0o010600, 'fifo', 33554816],
  [0o140755, 'socket', 16777709],
];

describe('modes', () => {
  it.each(known)('st_mode %o is a %s with Go mode %d', (statMode, type, goMode) => {
    expect(nodeTypeOfStat(statMode)).toBe(type);
    expect(goModeOfStat(statMode)).toBe(goMode);
    expect(permissionsOfGoMode(goMode)).toBe(statMode & 0o7777);
  });
});
