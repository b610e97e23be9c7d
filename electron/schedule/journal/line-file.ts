import { constants } from 'node:fs';
import { type FileHandle, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { notWritten, replaceDurably, syncFolder } from '../durable.ts';
import { openOwnFile, ownFolder } from '../own-folder.ts';

/** A file of lines that only grows, or is replaced as a whole. */
export interface LineFile {
  /** Changes whenever the content may have. */
  version(): Promise<string>;
  /** All of it; empty when there is none. */
  read(): Promise<string>;
  /** Adds lines; they are durable when it resolves. What a crash or a full disk cuts off is a part of the last one. */
  append(lines: readonly string[]): Promise<void>;
  /** A crash leaves the old content or the new one. */
  replace(lines: readonly string[]): Promise<void>;
}

/** Mode 0600. Rejects with `io`, in words. */
export function lineFile(path: string): LineFile {
  return {
    async version() {
      const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw notWritten(path, error);
      });
      return found ? [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join() : '';
    },
    async read() {
      return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw notWritten(path, error);
      });
    },
    async append(lines) {
      await ownFolder(dirname(path));
      try {
        const file = await openOwnFile(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
        try {
          const { size } = await file.stat();
          // A crash may have cut the last line off: what is added begins on its own.
          const separator = size > 0 && (await lastByte(file, size)) !== newline ? '\n' : '';
          await file.appendFile(`${separator}${lines.join('\n')}\n`);
          await file.sync();
          if (size === 0) await syncFolder(dirname(path));
        } finally {
          await file.close();
        }
      } catch (cause) {
        throw notWritten(path, cause);
      }
    },
    replace: (lines) => replaceDurably(path, lines.map((line) => `${line}\n`).join('')),
  };
}

const newline = 0x0a;

async function lastByte(file: FileHandle, size: number): Promise<number | undefined> {
  const buffer = Buffer.alloc(1);
  await file.read(buffer, 0, 1, size - 1);
  return buffer[0];
}
