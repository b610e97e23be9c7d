import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { MappedWriterOrder } from './program.ts';

export interface MappedWriter extends AsyncDisposable {
  readonly pid: number;
  /** Maps the first `bytes` of a file. The descriptor is closed unless `keepDescriptor`: the mapping needs it no more. */
  map(path: string, bytes: number, keepDescriptor?: boolean): Promise<void>;
  /** Sets bytes of the mapping. Resolves when it is done. */
  store(offset: number, value: number, length?: number): Promise<void>;
  /** Reads one byte of the mapping. */
  touch(offset: number): Promise<void>;
  /** A descriptor that was kept is closed with it, unless it is to stay open. */
  unmap(keepDescriptor?: boolean): Promise<void>;
}

export async function startMappedWriter(): Promise<MappedWriter> {
  const program = fileURLToPath(new URL('./program.ts', import.meta.url));
  const child = fork(program, [], { execArgv: ['--no-warnings'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const tell = (order: MappedWriterOrder): Promise<void> =>
    new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error(`the mapped writer ended while it was told to ${order.do}`));
      child.once('exit', onExit);
      child.once('message', () => {
        child.off('exit', onExit);
        resolve();
      });
      child.send(order);
    });
  return {
    pid: child.pid ?? -1,
    map: (path, bytes, keepDescriptor = false) => tell({ do: 'map', path, bytes, keepDescriptor }),
    store: (offset, value, length = 1) => tell({ do: 'store', offset, value, length }),
    touch: (offset) => tell({ do: 'touch', offset }),
    unmap: (keepDescriptor = false) => tell({ do: 'unmap', keepDescriptor }),
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
