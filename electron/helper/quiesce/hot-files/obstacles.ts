import { constants, fstatSync } from 'node:fs';
import { findWriterHolders, type WriterHolder } from '../../system/writer-holders.ts';
import { probeWriters } from '../../system/writer-probe.ts';
import type { HotFile } from './contract.ts';
import type { Coverage } from './coverage.ts';

const anyExecute = constants.S_IXUSR | constants.S_IXGRP | constants.S_IXOTH;

/** Why what is written to this file could not all be seen beforehand; null when it could. One sentence for people. */
export function obstacleOf(
  file: HotFile,
  coverage: Coverage,
  writersOf: typeof findWriterHolders = findWriterHolders,
): string | null {
  const stat = fstatSync(file.fd, { bigint: true });
  if (!stat.isFile() || stat.dev !== file.deviceId || stat.ino !== file.inode)
    return 'It is not the file that was looked at before.';
  // Starting a program holds a lock that looking at whoever starts it would wait for.
  if ((Number(stat.mode) & anyExecute) !== 0) return 'It is a program: it may be executed.';
  const probe = probeWriters(file.fd);
  if (probe === 'none') return coverage.has(file) ? null : 'It cannot be told who writes to it.';
  if (probe === 'unknown') return 'It cannot be told who writes to it.';
  const { holders, gaps } = writersOf([file]);
  if (gaps[0] !== undefined) return gaps[0];
  const unseen = holders.map(unseenWay).find((way) => way !== null);
  if (unseen !== undefined) return unseen;
  if (holders.length === 0) return 'Something that does not show itself has it open for writing.';
  return coverage.has(file) ? null : 'A program has had it open for writing since before Stillpoint watched.';
}

function unseenWay(holder: WriterHolder): string | null {
  switch (holder.how) {
    case 'mapping':
      return 'A program has it mapped into memory, where its changes cannot be seen.';
    case 'loop-device':
      return `The device ${holder.device} is made of it, whose writes cannot be seen.`;
    case 'swap':
      return 'The system swaps to it.';
    case 'descriptor':
      return null;
  }
}
