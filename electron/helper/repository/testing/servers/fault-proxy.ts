import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What happens to one connection. `afterBytes` counts what the server has sent (`down`) or was sent (`up`) on it.
 * - `cut`: both ends are torn down. - `stall`: nothing moves any more, nobody is told. - `truncate`: the answer ends there as
 *   if it were whole. - `answer`: the server is not asked; these bytes come back. - `flip`: one byte of the answer differs.
 */
export type Fault =
  | { readonly kind: 'cut' | 'stall'; readonly direction: 'up' | 'down'; readonly afterBytes: number }
  | { readonly kind: 'truncate'; readonly afterBytes: number }
  | { readonly kind: 'flip'; readonly atByte: number }
  | { readonly kind: 'answer'; readonly text: string };

export const answer500 = 'HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\nconnection: close\r\n\r\noops';
export const answer503 =
  'HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** A server notices so long after its client is gone that a line is dead, ms: between a retry and the end of all tries. */
const noticedAfterMs = 600;

/** A line between a client and a real server that fails as told. */
export class FaultProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #faults: (connection: number) => Fault | undefined = () => undefined;
  #connections = 0;
  #happened = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async before(targetPort: number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new FaultProxy(server);
    server.on('connection', (client) => proxy.#serve(client, targetPort));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many faults came true. */
  get happened(): number {
    return this.#happened;
  }

  /** Asked for each new connection, counted from 1 since this call. */
  fail(faults: (connection: number) => Fault | undefined): void {
    this.#faults = faults;
    this.#connections = 0;
    // Kept connections would escape.
    this.cutAll();
  }

  /** Each new connection, until the fault came true so many times. How long a slow machine takes to connect plays no part. */
  failTimes(fault: Fault | undefined, times: number): void {
    const upTo = this.#happened + times;
    this.fail(() => (this.#happened < upTo ? fault : undefined));
  }

  heal(): void {
    this.fail(() => undefined);
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket, targetPort: number): void {
    this.#connections += 1;
    const fault = this.#faults(this.#connections);
    this.#track(client);
    if (fault?.kind === 'answer') {
      client.once('data', () => {
        this.#happened += 1;
        client.end(fault.text);
      });
      return;
    }
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    this.#track(server);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('close', () => other.destroy());
    // Behind a dead line nobody tells the server; it asks by itself, later.
    if (fault?.kind === 'stall')
      client.once('end', () => void setTimeout(() => server.resetAndDestroy(), noticedAfterMs).unref());
    this.#carry(client, server, 'up', fault);
    this.#carry(server, client, 'down', fault);
  }

  #carry(from: Socket, to: Socket, direction: 'up' | 'down', fault: Fault | undefined): void {
    let moved = 0;
    let isOver = false;
    from.on('data', (piece: Buffer) => {
      if (isOver) return;
      const before = moved;
      moved += piece.length;
      const at = limitOf(fault, direction);
      if (fault === undefined || at === undefined || moved <= at || (before > at && fault.kind === 'flip')) {
        if (!to.write(piece)) this.#pauseUntilDrained(from, to);
        return;
      }
      this.#happened += 1;
      if (fault.kind === 'flip') {
        const changed = Buffer.from(piece);
        changed[at - before] = (changed[at - before] ?? 0) ^ 0x55;
        to.write(changed);
        return;
      }
      isOver = true;
      to.write(piece.subarray(0, Math.max(0, at - before)));
      if (fault.kind === 'cut') this.#destroyBoth(from, to);
      if (fault.kind === 'truncate') to.end(() => from.destroy());
      // Of a stall nobody is told.
    });
    from.on('end', () => {
      if (!isOver) to.end();
    });
  }

  #pauseUntilDrained(from: Socket, to: Socket): void {
    from.pause();
    to.once('drain', () => from.resume());
  }

  #destroyBoth(one: Socket, other: Socket): void {
    setImmediate(() => {
      one.resetAndDestroy();
      other.resetAndDestroy();
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

function limitOf(fault: Fault | undefined, direction: 'up' | 'down'): number | undefined {
  switch (fault?.kind) {
    case 'cut':
    case 'stall':
      return fault.direction === direction ? fault.afterBytes : undefined;
    case 'truncate':
      return direction === 'down' ? fault.afterBytes : undefined;
    case 'flip':
      return direction === 'down' ? fault.atByte : undefined;
    default:
      return undefined;
  }
}
