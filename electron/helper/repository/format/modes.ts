/** What a tree node is. `irregular` is anything the writing program could not name. */
export const nodeTypes = ['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular'] as const;
export type NodeType = (typeof nodeTypes)[number];

/** Bits of Go's os.FileMode (https://pkg.go.dev/io/fs#FileMode), which is what trees store. They exceed an int32. */
const dirBit = 2 ** 31;
const symlinkBit = 2 ** 27;
const deviceBit = 2 ** 26;
const fifoBit = 2 ** 25;
const socketBit = 2 ** 24;
const setuidBit = 2 ** 23;
const setgidBit = 2 ** 22;
const charDeviceBit = 2 ** 21;
const stickyBit = 2 ** 20;
const irregularBit = 2 ** 19;

/** File type bits of st_mode, inode(7). */
const typeMask = 0o170000;
const typeBits: Readonly<Record<NodeType, { readonly stat: number; readonly go: number }>> = {
  file: { stat: 0o100000, go: 0 },
  dir: { stat: 0o040000, go: dirBit },
  symlink: { stat: 0o120000, go: symlinkBit },
  dev: { stat: 0o060000, go: deviceBit },
  chardev: { stat: 0o020000, go: deviceBit + charDeviceBit },
  fifo: { stat: 0o010000, go: fifoBit },
  socket: { stat: 0o140000, go: socketBit },
  irregular: { stat: 0, go: irregularBit },
};

export function nodeTypeOfStat(statMode: number): NodeType {
  const wanted = statMode & typeMask;
  return nodeTypes.find((type) => typeBits[type].stat === wanted) ?? 'irregular';
}

/** st_mode as trees store it. */
export function goModeOfStat(statMode: number): number {
  let mode = (statMode & 0o777) + typeBits[nodeTypeOfStat(statMode)].go;
  if (statMode & 0o4000) mode += setuidBit;
  if (statMode & 0o2000) mode += setgidBit;
  if (statMode & 0o1000) mode += stickyBit;
  return mode;
}

/** Permission bits for chmod(2), special bits included, of a stored mode. */
export function permissionsOfGoMode(mode: number): number {
  const has = (bit: number): boolean => Math.floor(mode / bit) % 2 === 1;
  return (
    (mode % 0o1000) + (has(setuidBit) ? 0o4000 : 0) + (has(setgidBit) ? 0o2000 : 0) + (has(stickyBit) ? 0o1000 : 0)
  );
}
