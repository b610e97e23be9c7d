import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { bind, check, cString } from '../../../../system/libc.ts';
import { blockOfStep, nameAt } from '../plan.ts';
import { afterUnlink } from '../states/unlinked.ts';
import { required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';

/** asm-generic/fcntl.h. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const linkat = bind<(from: number, path: Uint8Array, to: number, name: Uint8Array, flags: number) => number>(
  'int linkat(int, const void *, int, const void *, int)',
);
/** A file that is written before it has a name, and again after it has lost it. */
export const openUnlinked: OpenWriter = ({ directory, files }) => {
  const newest = new Map<string, { readonly fd: number; readonly path: string }>();
  const replace = (file: string, step: number): void => {
    const fd = openSync(directory, O_TMPFILE | constants.O_RDWR, 0o600);
    writeSync(fd, blockOfStep(step));
    const path = join(directory, nameAt(file, step));
    const own = cString(`/proc/self/fd/${fd}`);
    check(linkat(AT_FDCWD, own, AT_FDCWD, cString(path), AT_SYMLINK_FOLLOW), 'linkat', path);
    const before = newest.get(file);
    newest.set(file, { fd, path });
    if (before === undefined) return;
    unlinkSync(before.path);
    writeSync(before.fd, blockOfStep(afterUnlink), 0, undefined, 0);
    closeSync(before.fd);
  };
  for (const file of files) replace(file, 0);
  return {
    write: ({ file }, step) => {
      required(newest, file);
      replace(file, step);
    },
  };
};
