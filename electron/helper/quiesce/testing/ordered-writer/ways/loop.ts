import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { bind, check } from '../../../../system/libc.ts';
import { blockBytes, blockOfStep } from '../plan.ts';
import { makeBlockFiles, required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';
import { allocate, store } from './memory.ts';

const pwrite = bind<(fd: number, from: number, length: number, offset: number) => number>(
  'intptr_t pwrite(int, uintptr_t, size_t, int64_t)',
);

/**
 * Unbuffered writes to loop devices whose files are in the source: the kernel writes those, and tells nobody. The devices
 * go when this process does.
 */
export const openLoop: OpenWriter = (place) => {
  for (const fd of makeBlockFiles(place).values()) closeSync(fd);
  const devices = new Map(place.files.map((file) => [file, openDevice(join(place.directory, file))]));
  const page = allocate(blockBytes);
  return {
    write: ({ file, block }, step) => {
      store(page, blockOfStep(step));
      const written = check(pwrite(required(devices, file), page, blockBytes, block * blockBytes), 'pwrite', file);
      if (written !== blockBytes) throw new Error(`${written} bytes of ${blockBytes} were written`);
    },
  };
};

function openDevice(path: string): number {
  const device = losetup('--find', '--show', path).trim();
  const fd = openSync(device, constants.O_RDWR | constants.O_DIRECT);
  // In use, so the kernel does it at the last close.
  losetup('--detach', device);
  return fd;
}

function losetup(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('/usr/sbin/losetup', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`losetup ${args.join(' ')}: ${stderr}`);
  return stdout;
}
