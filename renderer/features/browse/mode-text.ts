import type { NodeType } from '../../../shared/domain/snapshot.ts';

const letters: Readonly<Record<NodeType, string>> = {
  file: '-',
  dir: 'd',
  symlink: 'l',
  fifo: 'p',
  chardev: 'c',
  dev: 'b',
  socket: 's',
  irregular: '?',
};

/** Rights in the form `ls -l` has them. `mode` holds the twelve permission bits of stat(2). */
export function modeText(mode: number, type: NodeType): string {
  const triple = (shift: number, special: boolean, sign: string): string => {
    const bits = (mode >> shift) & 7;
    const run = bits & 1 ? (special ? sign : 'x') : special ? sign.toUpperCase() : '-';
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${run}`;
  };
  const setuid = (mode & 0o4000) !== 0;
  const setgid = (mode & 0o2000) !== 0;
  const sticky = (mode & 0o1000) !== 0;
  return `${letters[type]}${triple(6, setuid, 's')}${triple(3, setgid, 's')}${triple(0, sticky, 't')}`;
}
