import { openRemote, type Patience, type RemotePlace } from '../../backend/open-remote.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { RemoteKind, RemotePlaceUnderTest } from './remote-places.ts';

/** Longer than the proxy takes to tell a server that the line is dead; one that keeps parts for good is waited for as long. */
const retries = { firstDelayMs: 5, longestDelayMs: 50, giveUpAfterMs: 60_000, lingersMs: 4_000 };

/** Gives up a call after so long without a word, and makes it again soon. */
export function waiting(silenceMs: number): { run: Patience; look: Patience } {
  const patience = { silenceMs, retries };
  return { run: patience, look: patience };
}

/** Longer than a busy machine takes to answer. */
const patient = waiting(20_000);

export const speaksHttp = ({ name }: Pick<RemoteKind, 'name'>): boolean => name !== 'OpenSSH';

/** For lines that stall: SSH takes a while to connect. */
export const hurriedTo = (kind: Pick<RemoteKind, 'name'>) => waiting(speaksHttp(kind) ? 1_000 : 4_000);

/** A real server behind a line that fails as told. */
export class BadLine implements AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly #server: RemotePlaceUnderTest;
  readonly #open: RemotePlace[] = [];

  private constructor(server: RemotePlaceUnderTest, proxy: FaultProxy) {
    this.#server = server;
    this.proxy = proxy;
  }

  static async to(kind: RemoteKind): Promise<BadLine> {
    const server = await kind.start();
    return new BadLine(server, await FaultProxy.before(server.port));
  }

  /** Open until `closePlaces`. */
  place(path: string, patience = patient): RemotePlace {
    const { location, port, credentials, startProgram } = this.#server;
    const place = openRemote(
      location(path, this.proxy.port),
      credentials,
      {
        // A server whose key is kept for another port is another one: over SSH the proxy is told by its own.
        startProgram: (name, args) => startProgram(name, ['-o', `HostKeyAlias=[127.0.0.1]:${port}`, ...args]),
        readText: () => '',
      },
      patience,
    );
    this.#open.push(place);
    return place;
  }

  async closePlaces(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((place) => place.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closePlaces();
    await this.proxy.close();
    await this.#server.stop();
  }
}
