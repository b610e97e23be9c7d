import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Two ends of one line inside this process, both of the kernel's making. HTTP/2 is not to be spoken over streams of our own:
 * node ends the whole process when two of its writes meet there. The name of the line is in a folder that only this user
 * enters, and is gone when this resolves.
 */
export async function socketPair(): Promise<readonly [Socket, Socket]> {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-line-'));
  const server = createServer({ allowHalfOpen: true });
  try {
    const path = join(folder, 'line');
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const one = connect({ path, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      one.once('connect', resolve);
      one.once('error', reject);
    });
    return [one, await accepted];
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
