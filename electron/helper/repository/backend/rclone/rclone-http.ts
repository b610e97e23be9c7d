import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStillpointError, StillpointError } from '../../../../../shared/errors/index.ts';
import type { RunningProgram, StartProgram } from '../child/contract.ts';
import { abortReason } from '../decorators/cancel.ts';
import { isTransient, transientError } from '../decorators/transient.ts';
import { announcedLength, sendBody } from '../http/body.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http/contract.ts';
import { cutOff } from '../http/failures.ts';
import { saysNoRoom } from '../http/status.ts';
import { socketPair } from './socket-pair.ts';

interface Running {
  readonly program: RunningProgram;
  readonly line: Socket;
  readonly session: ClientHttp2Session;
  /** Rejects when the program ended or was given up. */
  readonly over: Promise<never>;
  readonly end: () => void;
}

/**
 * `rclone serve restic --stdio`: restic’s REST protocol as HTTP/2 over the program’s pipes. No port is open that somebody
 * else on this machine could use, and no password is needed; whatever the remote needs is in rclone’s own configuration.
 */
export class RcloneHttp implements HttpClient {
  readonly #start: StartProgram;
  /** `remote:path`. */
  readonly #remote: string;
  #running: Promise<Running> | undefined;
  /** What `#running` came to. */
  #now: Running | undefined;

  constructor(start: StartProgram, remote: string) {
    this.#start = start;
    this.#remote = remote;
  }

  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { signal, method, url, headers, body, pace } = request;
    signal?.throwIfAborted();
    this.#running ??= this.#begin();
    const begun = this.#running;
    const running = await begun;
    const { session, program } = running;
    signal?.throwIfAborted();
    const before = program.complaint();
    let stream: ClientHttp2Stream | undefined;
    try {
      stream = session.request(
        {
          ...headers,
          [constants.HTTP2_HEADER_METHOD]: method,
          [constants.HTTP2_HEADER_PATH]: `${url.pathname}${url.search}`,
          ...(body === undefined ? {} : { 'content-length': String(body.length) }),
        },
        { endStream: body === undefined, ...(signal ? { signal } : {}) },
      );
      const answer = await Promise.race([exchange(stream, body, pace, method), running.over]);
      return answer.status === 500 ? await explained(answer, program, before) : answer;
    } catch (error) {
      stream?.close(constants.NGHTTP2_CANCEL);
      if (signal?.aborted) {
        // A silent program does not come back to life.
        if (isTransient(abortReason(signal))) this.#drop(running);
        throw abortReason(signal);
      }
      if (isStillpointError(error)) throw error;
      if (this.#running === begun) throw interrupted(this.#remote, program.complaint(), error);
      const { started } = await program.ended;
      throw started ? interrupted(this.#remote, program.complaint(), error) : notInstalled();
    }
  }

  async close(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    if (running) this.#drop(running);
  }

  async #begin(): Promise<Running> {
    const [line, far] = await socketPair().catch((error: unknown) => {
      this.#running = undefined;
      throw error;
    });
    const program = this.#start('rclone', ['serve', 'restic', '--stdio', '--b2-hard-delete', '--', this.#remote]);
    program.stdin.on('error', () => {});
    far.on('error', () => {});
    line.on('error', () => {});
    far.pipe(program.stdin);
    program.stdout.pipe(far);
    const session = connect('http://localhost', { createConnection: () => line });
    let end = (): void => {};
    const over = new Promise<never>((_, reject) => {
      end = () => reject(new Error('rclone ended'));
    });
    over.catch(() => {});
    const running: Running = { program, line, session, over, end };
    const drop = (): void => this.#drop(running);
    session.on('error', drop);
    session.on('close', drop);
    void program.ended.then(drop);
    this.#now = running;
    far.on('close', drop);
    return running;
  }

  /** The session ends with its line. */
  #drop(running: Running): void {
    if (this.#now === running) {
      this.#running = undefined;
      this.#now = undefined;
    }
    running.end();
    running.line.destroy();
    running.program.kill();
  }
}

/** rclone answers 500 whatever happened; why is in its complaint, which comes over another pipe. */
const complaintMs = 200;

/** The answer, as one for a place without room where that is what rclone complains of since. */
async function explained(answer: HttpAnswer, program: RunningProgram, before: string): Promise<HttpAnswer> {
  for (const untilMs = performance.now() + complaintMs; ; await sleep(10)) {
    const now = program.complaint();
    // Only so much of it is kept: what was its end before may be in its midst now.
    const known = before.slice(-200);
    const fresh = now.slice(known === '' ? 0 : now.lastIndexOf(known) + known.length);
    if (saysNoRoom(fresh)) return { ...answer, status: 507 };
    if (fresh !== '' || performance.now() >= untilMs) return answer;
  }
}

async function exchange(
  stream: ClientHttp2Stream,
  body: Uint8Array | undefined,
  pace: HttpRequest['pace'],
  method: string,
): Promise<HttpAnswer> {
  let isAnswered = false;
  const answered = new Promise<HttpAnswer>((resolve, reject) => {
    stream.once('response', (headers) => {
      isAnswered = true;
      const text = textHeaders(headers);
      const expected = method === 'HEAD' ? 0 : announcedLength(text['content-length']);
      const status = Number(headers[constants.HTTP2_HEADER_STATUS]);
      // Read from now on: what a stream still holds when its other side closes it is thrown away.
      collect(stream, expected, pace).then((content) => resolve({ status, headers: text, body: content }), reject);
    });
    stream.on('error', reject);
    stream.once('close', () => {
      if (!isAnswered) reject(new Error('the stream was closed'));
    });
  });
  const sent = (body === undefined ? Promise.resolve() : sendBody(stream, body, pace, () => isAnswered)).catch(
    (error) => {
      if (!isAnswered) throw error;
    },
  );
  const answer = await Promise.race([answered, sent.then(() => answered)]);
  if (body !== undefined && !stream.writableFinished) stream.close(constants.NGHTTP2_NO_ERROR);
  return answer;
}

/** The body, however the stream ends; a length that was announced must be reached. */
function collect(stream: ClientHttp2Stream, expected: number | undefined, pace: HttpRequest['pace']): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  let paced = Promise.resolve();
  return new Promise((resolve, reject) => {
    stream.on('data', (piece: Buffer) => {
      pieces.push(piece);
      length += piece.length;
      if (!pace) return;
      stream.pause();
      paced = pace(piece.length).then(() => void stream.resume());
      paced.catch(reject);
    });
    const over = (isWhole: boolean): void => {
      if (expected === undefined ? isWhole : length === expected) resolve(Buffer.concat(pieces, length));
      else reject(cutOff('rclone', length, expected ?? length));
    };
    stream.once('end', () => over(true));
    stream.once('close', () => over(stream.rstCode === constants.NGHTTP2_NO_ERROR));
  });
}

function textHeaders(headers: object): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
  );
}

function interrupted(remote: string, complaint: string, cause: unknown): StillpointError {
  return transientError({
    message: `rclone did not reach ${remote}.${complaint === '' ? '' : ` It says: ${complaint}`}`,
    guidance: `Try “rclone lsd ${remote}” in a terminal. What was already stored is kept.`,
    context: { remote },
    cause,
  });
}

function notInstalled(): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: 'The program rclone could not be started.',
    guidance: 'Install rclone and set the remote up with “rclone config”.',
  });
}
