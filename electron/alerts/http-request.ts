import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { type AlertOptions, defaultTimeoutMs } from './contract.ts';
import { notDelivered, refused, wrongInput } from './failures.ts';
import { isLoopback } from './loopback.ts';
import { oneLine, withoutSecrets } from './safe-text.ts';

export interface HttpMessage {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Struck out of whatever is told. */
  readonly secrets: readonly string[];
  /** As the person knows the address. */
  readonly field: string;
}

/** More of an answer is not read: nobody needs it, and it may never end. */
const longestAnswer = 4096;

/**
 * Posts a message once, follows nowhere, and gives the answer in one line. Certificates are always checked. Throws when
 * the other side does not answer, or not with success.
 */
export async function post(message: HttpMessage, options: AlertOptions, asked: AbortSignal): Promise<string> {
  const host = message.url.host;
  const deadline = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
  let status: number;
  let body: string;
  try {
    asked.throwIfAborted();
    ({ status, body } = await exchange(message, options, AbortSignal.any([asked, deadline])));
  } catch (error) {
    throw notDelivered(error, host, asked, deadline);
  }
  const answer = oneLine(withoutSecrets(body, message.secrets));
  if (status >= 200 && status < 300) return answer;
  throw statusFailure(status, answer, message);
}

function exchange(
  { url, headers, body }: HttpMessage,
  { ca }: AlertOptions,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const request = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const sent = request(
      url,
      {
        method: 'POST',
        agent: false,
        signal,
        headers: { 'user-agent': 'Stillpoint', ...headers, 'content-length': bytes.length },
        ...(ca === undefined ? {} : { ca: [...ca] }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        const done = (): void => {
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).subarray(0, longestAnswer).toString(),
          });
          sent.destroy();
        };
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          length += chunk.length;
          if (length >= longestAnswer) done();
        });
        response.on('end', done);
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(bytes);
  });
}

function statusFailure(status: number, answer: string, { url, field }: HttpMessage): Error {
  const said = answer === '' ? `status ${status}` : `status ${status}, ${answer}`;
  if (status >= 300 && status < 400) {
    return refused(
      url.host,
      `it points to another address (status ${status})`,
      'Enter the address it points to: none is followed.',
      false,
      field,
    );
  }
  if (status === 401 || status === 403) {
    return refused(url.host, said, 'Check the token, and that it may be used for this.', false, 'secret');
  }
  if (status === 404 || status === 405 || status === 410) {
    return refused(url.host, said, 'Check the address.', false, field);
  }
  return refused(url.host, said, 'Try again later.', status === 408 || status === 429 || status >= 500, undefined);
}

/**
 * An address a person entered. `https` only, and `http` to this machine: what is sent tells about backups, and the address
 * itself may be a secret. The text of an error never holds it.
 */
export function checkedAddress(text: string, field: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw wrongInput(field, 'The address is not one of the web.', 'Enter an address that begins with https://.');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw wrongInput(
      field,
      `The address of ${url.host} is not encrypted.`,
      'Enter one that begins with https://. Only this machine itself may be reached with http://.',
    );
  }
  url.hash = '';
  return url;
}
