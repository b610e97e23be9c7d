import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isStillpointError } from '../../../../../shared/errors/index.ts';
import { abortReason } from '../decorators/cancel.ts';
import { announcedLength, readBody, sendBody } from './body.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './contract.ts';
import { lineCut, noTls, notTrusted, unreachable } from './failures.ts';
import { PinningAgent } from './pinning-agent.ts';

export interface TlsTrust {
  /** Certificates of an authority of one's own, PEM; besides them none is trusted. */
  readonly authority?: string | undefined;
  /** SHA-256 of the server's certificate, hex digits: this one and no other is trusted, whoever signed it. */
  readonly fingerprint?: string | undefined;
}

const connections = 16;

/** HTTP/1.1 over kept connections. Redirections are answers like others: a repository does not move by itself. */
export class NodeHttpClient implements HttpClient {
  readonly #plain = new HttpAgent({ keepAlive: true, maxSockets: connections });
  readonly #secure: HttpsAgent;

  constructor({ authority, fingerprint }: TlsTrust = {}) {
    const options = { keepAlive: true, maxSockets: connections, minVersion: 'TLSv1.2' } as const;
    this.#secure =
      fingerprint === undefined
        ? new HttpsAgent({ ...options, ...(authority === undefined ? {} : { ca: authority }) })
        : new PinningAgent(options, fingerprint);
  }

  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { url, signal, body } = request;
    signal?.throwIfAborted();
    const { outgoing, isReused } = this.#begin(request);
    try {
      return await exchange(outgoing, request);
    } catch (error) {
      outgoing.destroy();
      if (signal?.aborted) throw abortReason(signal);
      if (isStillpointError(error)) throw error;
      const trust = trustProblem(error);
      if (trust !== undefined) throw notTrusted(url.host, trust, error);
      if (speaksNoTls(error)) throw noTls(url.host, error);
      throw isReused() || outgoing.socket?.bytesWritten || body
        ? lineCut(url.host, error)
        : unreachable(url.host, error);
    }
  }

  async close(): Promise<void> {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #begin({ method, url, headers, body, signal }: HttpRequest): { outgoing: ClientRequest; isReused: () => boolean } {
    const isSecure = url.protocol === 'https:';
    const options = {
      method,
      agent: isSecure ? this.#secure : this.#plain,
      headers: { ...headers, 'content-length': String(body?.length ?? 0), 'user-agent': 'stillpoint' },
      ...(signal ? { signal } : {}),
    };
    if (body === undefined) delete (options.headers as Record<string, string>)['content-length'];
    const outgoing = isSecure ? httpsRequest(url, options) : httpRequest(url, options);
    return { outgoing, isReused: () => outgoing.reusedSocket };
  }
}

async function exchange(outgoing: ClientRequest, { url, body, pace, method }: HttpRequest): Promise<HttpAnswer> {
  let isAnswered = false;
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', (incoming) => {
      isAnswered = true;
      resolve(incoming);
    });
    // Stays: a cut line is told more than once.
    outgoing.on('error', reject);
  });
  // A server may refuse before it has everything; its answer then counts, not the line it closes.
  const sent = (async () => {
    if (body === undefined) outgoing.end();
    else await sendBody(outgoing, body, pace, () => isAnswered);
  })().catch(async (error) => {
    if (!isAnswered) throw error;
  });
  const incoming = await Promise.race([answered, sent.then(() => answered)]);
  await pace?.(0);
  const expected = method === 'HEAD' ? 0 : announcedLength(incoming.headers['content-length']);
  const content = await readBody(incoming, expected, pace, url.host);
  // Answered before it had everything: what is still to be sent is not waited for.
  if (!outgoing.writableFinished) outgoing.destroy();
  await sent;
  return { status: incoming.statusCode ?? 0, headers: singleHeaders(incoming), body: content };
}

function singleHeaders(incoming: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

const certificateCodes =
  /^(?:ERR_TLS_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;

/** What came back was no TLS, or of a version that is not safe any more. */
function speaksNoTls(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const code = String(error.code);
  // While something was being sent the reason is in OpenSSL’s words only.
  if (code === 'EPROTO')
    return /wrong version number|packet length too long|unsupported protocol|alert protocol version/.test(
      error.message,
    );
  return /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION)$/.test(
    code,
  );
}

/** In words, when TLS was refused for who the server is. */
function trustProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return certificateCodes.test(error.code) ? error.message.slice(0, 200) : undefined;
}
