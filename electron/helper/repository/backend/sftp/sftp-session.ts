import type { RunningProgram, StartProgram } from '../child/contract.ts';
import type { CallOptions, Pace } from '../contract.ts';
import { untilAborted } from '../decorators/cancel.ts';
import { isTransient } from '../decorators/transient.ts';
import { SftpClient } from './sftp-client.ts';
import { type SshPlace, sshArguments } from './ssh-arguments.ts';

interface Connection {
  readonly program: RunningProgram;
  readonly client: Promise<SftpClient>;
}

/** One connection that is made when it is needed, again when it ended. */
export class SftpSession {
  /** For people. */
  readonly location: string;
  readonly #start: StartProgram;
  readonly #place: SshPlace;
  #connection: Connection | undefined;
  /** Of every call under way. */
  readonly #paces = new Set<Pace>();

  constructor(start: StartProgram, place: SshPlace, location: string) {
    this.#start = start;
    this.#place = place;
    this.location = location;
  }

  async use<Result>({ signal, pace }: CallOptions, work: (client: SftpClient) => Promise<Result>): Promise<Result> {
    signal?.throwIfAborted();
    const connection = this.#connection ?? this.#connect();
    const run = async (): Promise<Result> => work(await connection.client);
    const own: Pace | undefined = pace && (() => pace(0));
    if (own) this.#paces.add(own);
    try {
      if (!signal) return await run();
      return await untilAborted(signal, run);
    } catch (error) {
      // A silent connection does not come back to life; who cancels leaves it to the others.
      if (signal?.aborted && isTransient(error)) this.#drop(connection);
      throw error;
    } finally {
      if (own) this.#paces.delete(own);
    }
  }

  async close(): Promise<void> {
    if (this.#connection) this.#drop(this.#connection);
  }

  #connect(): Connection {
    const program = this.#start('ssh', sshArguments(this.#place));
    // Answers come one after the other over one line: what comes for one call shows the others that it is not silent.
    const onAnswer = (): void => {
      for (const pace of this.#paces) void pace(0).catch(() => {});
    };
    const connection = { program, client: SftpClient.open(program, this.location, { onAnswer }) };
    this.#connection = connection;
    const forget = (): void => {
      if (this.#connection === connection) this.#connection = undefined;
    };
    void program.ended.then(forget);
    connection.client.catch(forget);
    return connection;
  }

  #drop(connection: Connection): void {
    if (this.#connection === connection) this.#connection = undefined;
    void connection.client.then((client) => client.close()).catch(() => {});
    // Where the other side is silent nobody else ends it.
    connection.program.kill();
  }
}
