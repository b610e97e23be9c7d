import type { StartProgram } from '../child/contract.ts';
import { untilAborted } from '../decorators/cancel.ts';
import { isTransient } from '../decorators/transient.ts';
import { SftpClient } from './sftp-client.ts';
import { type SshPlace, sshArguments } from './ssh-arguments.ts';

/** One connection that is made when it is needed, again when it ended. */
export class SftpSession {
  /** For people. */
  readonly location: string;
  readonly #start: StartProgram;
  readonly #place: SshPlace;
  #client: Promise<SftpClient> | undefined;

  constructor(start: StartProgram, place: SshPlace, location: string) {
    this.#start = start;
    this.#place = place;
    this.location = location;
  }

  async use<Result>(signal: AbortSignal | undefined, work: (client: SftpClient) => Promise<Result>): Promise<Result> {
    signal?.throwIfAborted();
    const opening = this.#client ?? this.#connect();
    const run = async (): Promise<Result> => work(await opening);
    if (!signal) return run();
    try {
      return await untilAborted(signal, run);
    } catch (error) {
      // A silent connection does not come back to life; who cancels leaves it to the others.
      if (signal.aborted && isTransient(error)) await this.#drop(opening);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#client) await this.#drop(this.#client);
  }

  #connect(): Promise<SftpClient> {
    const program = this.#start('ssh', sshArguments(this.#place));
    const opening = SftpClient.open(program, this.location);
    this.#client = opening;
    const forget = (): void => {
      if (this.#client === opening) this.#client = undefined;
    };
    void program.ended.then(forget);
    opening.catch(forget);
    return opening;
  }

  async #drop(opening: Promise<SftpClient>): Promise<void> {
    if (this.#client === opening) this.#client = undefined;
    // One that never finished opening ends when ssh gives up or is told to.
    void opening.then((client) => client.close()).catch(() => {});
  }
}
