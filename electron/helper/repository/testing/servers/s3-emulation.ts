import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type S3Keys, verifySignature } from './s3-signature.ts';

export const emulationKeys: S3Keys = { accessKeyId: 'EMULATED', secretAccessKey: 'a secret of the bucket + / =' };

export interface S3EmulationSettings {
  /** Keys of a list's page; few, so that lists have many. */
  readonly pageLength?: number;
  /** Where its buckets are; requests signed for another region are told so. */
  readonly region?: string;
  /** How they are told: a redirection as Amazon's, or a refusal that names the region. */
  readonly otherRegion?: 301 | 400;
  /** What a bucket's policy lets be deleted; everything without one. */
  readonly mayDelete?: (key: string) => boolean;
  /** Whether `If-None-Match` is known; many servers do not. */
  readonly knowsConditions?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

interface Stored {
  readonly bytes: Buffer;
  readonly atMs: number;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/**
 * As much of S3 as a repository uses, written from its documentation and independent of any client: every signature is
 * computed anew, buckets are named in the path or in the host's name, lists come in pages. In this process.
 */
export class S3Emulation {
  readonly buckets = new Map<string, Map<string, Stored>>();
  /** `METHOD bucket/key`, in order. */
  readonly log: string[] = [];
  readonly #settings: S3EmulationSettings;
  readonly #server: Server;
  #slowDowns = 0;

  private constructor(settings: S3EmulationSettings) {
    this.#settings = settings;
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
    this.#server = settings.tls ? createSecureServer(settings.tls, serve) : createServer(serve);
  }

  static async start(settings: S3EmulationSettings = {}): Promise<S3Emulation> {
    const emulation = new S3Emulation(settings);
    await new Promise<void>((resolve) => emulation.#server.listen(0, '127.0.0.1', resolve));
    return emulation;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next so many requests are told to come back later. */
  slowDown(requests: number): void {
    this.#slowDowns = requests;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece);
    } catch {
      // Cut off: nothing was stored.
      return;
    }
    const { status, headers, body = '' } = this.#answer(request, Buffer.concat(pieces));
    const length = String(Buffer.byteLength(body));
    response.writeHead(status, { 'content-length': length, 'x-amz-request-id': String(this.log.length), ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  #answer(request: IncomingMessage, body: Buffer): Answer {
    const { bucket, key } = addressed(request);
    this.log.push(`${request.method} ${bucket}/${key}`);
    if (this.#slowDowns > 0) {
      this.#slowDowns -= 1;
      return failed(503, 'SlowDown');
    }
    const { region: wanted, otherRegion = 301 } = this.#settings;
    const { problem, region } = verifySignature(request, body, emulationKeys, Date.now());
    if (wanted !== undefined && region !== wanted) {
      if (otherRegion === 400) return failed(400, 'AuthorizationHeaderMalformed', `<Region>${wanted}</Region>`);
      return { ...failed(301, 'PermanentRedirect'), headers: { 'x-amz-bucket-region': wanted } };
    }
    if (problem) return failed(problem.code === 'XAmzContentSHA256Mismatch' ? 400 : 403, problem.code);
    return key === '' ? this.#bucket(request, bucket) : this.#object(request, bucket, key, body);
  }

  #bucket(request: IncomingMessage, bucket: string): Answer {
    const there = this.buckets.get(bucket);
    if (request.method === 'PUT') {
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return failed(400, 'InvalidBucketName');
      if (there) return failed(409, 'BucketAlreadyOwnedByYou');
      this.buckets.set(bucket, new Map());
      return { status: 200 };
    }
    if (!there) return failed(404, 'NoSuchBucket');
    if (request.method === 'HEAD') return { status: 200 };
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    if (request.method !== 'GET' || query.get('list-type') !== '2') return failed(405, 'MethodNotAllowed');
    return this.#page(there, query);
  }

  #page(there: ReadonlyMap<string, Stored>, query: URLSearchParams): Answer {
    const { pageLength = 1000 } = this.#settings;
    const length = Math.min(pageLength, Number(query.get('max-keys') ?? pageLength));
    const token = query.get('continuation-token');
    // Opaque, and with characters that must be escaped on their way back.
    const after = token === null ? '' : Buffer.from(token.slice('t+/='.length), 'base64').toString();
    const keys = [...there.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
    const rest = keys.filter((key) => key > after);
    const page = rest.slice(0, length);
    const isCut = rest.length > page.length;
    const next = `t+/=${Buffer.from(page.at(-1) ?? '').toString('base64')}`;
    const contents = page.map(
      (key) => `<Contents><Key>${escaped(key)}</Key><Size>${there.get(key)?.bytes.length}</Size></Contents>`,
    );
    const more = isCut ? `<NextContinuationToken>${next}</NextContinuationToken>` : '';
    return xml(
      200,
      `<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${contents.join('')}${more}</ListBucketResult>`,
    );
  }

  #object(request: IncomingMessage, bucket: string, key: string, body: Buffer): Answer {
    const objects = this.buckets.get(bucket);
    if (!objects) return failed(404, 'NoSuchBucket');
    const { mayDelete = () => true, knowsConditions = true } = this.#settings;
    const stored = objects.get(key);
    switch (request.method) {
      case 'PUT': {
        const isConditional = request.headers['if-none-match'] === '*';
        if (isConditional && !knowsConditions) return failed(501, 'NotImplemented');
        if (isConditional && stored) return failed(412, 'PreconditionFailed');
        objects.set(key, { bytes: body, atMs: Date.now() });
        return { status: 200 };
      }
      case 'DELETE':
        if (!mayDelete(key)) return failed(403, 'AccessDenied');
        objects.delete(key);
        return { status: 204 };
      case 'GET':
      case 'HEAD':
        return stored ? read(stored, request.headers.range, request.method) : failed(404, 'NoSuchKey');
      default:
        return failed(405, 'MethodNotAllowed');
    }
  }
}

/** `bucket.s3.region.amazonaws.com/key`, or `host/bucket/key`. */
function addressed(request: IncomingMessage): { readonly bucket: string; readonly key: string } {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname).slice(1);
  const inHost = /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?::\d+)?$/.exec(request.headers.host ?? '')?.[1];
  if (inHost !== undefined) return { bucket: inHost, key: path };
  const slash = path.indexOf('/');
  return slash < 0 ? { bucket: path, key: '' } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

function read({ bytes, atMs }: Stored, range: string | undefined, method: 'GET' | 'HEAD'): Answer {
  const headers = { 'last-modified': new Date(atMs).toUTCString() };
  if (method === 'HEAD') return { status: 200, headers: { ...headers, 'content-length': String(bytes.length) } };
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (from === undefined || to === undefined) return { status: 200, headers, body: bytes };
  if (Number(from) >= bytes.length) return failed(416, 'InvalidRange');
  const part = bytes.subarray(Number(from), Number(to) + 1);
  const last = Number(from) + part.length - 1;
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${from}-${last}/${bytes.length}` }, body: part };
}

function failed(status: number, code: string, more = ''): Answer {
  return xml(status, `<Error><Code>${code}</Code><Message>${code} (test)</Message>${more}</Error>`);
}

function xml(status: number, text: string): Answer {
  const headers = { 'content-type': 'application/xml' };
  return { status, headers, body: `<?xml version="1.0" encoding="UTF-8"?>\n${text}` };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
