import type { StillpointError } from '../../../../../shared/errors/index.ts';
import { sha256 } from '../../crypto/hash.ts';
import { damaged, repositoryAbsent, repositoryExists } from '../../failures.ts';
import { isId } from '../../format/ids.ts';
import {
  type Backend,
  type ByteRange,
  type CallOptions,
  describeFile,
  type FileRef,
  type ListedFile,
  type ListedKind,
  type PlaceContent,
} from '../contract.ts';
import { announcedLength } from '../http/body.ts';
import type { HttpAnswer, HttpClient } from '../http/contract.ts';
import { forbidsRemoval } from '../http/status.ts';
import { filePath, kindFolder } from '../local/layout.ts';
import { s3Error } from './failures.ts';
import { type ListedObject, parseListing } from './listing.ts';
import { type S3Credentials, SignedHttp } from './signed-http.ts';

export interface S3Options {
  /** Scheme and host of the server. */
  readonly endpoint: URL;
  readonly bucket: string;
  /** Path inside the bucket, without slashes at its ends; empty for the bucket itself. */
  readonly prefix: string;
  readonly region?: string | undefined;
  readonly credentials: S3Credentials;
  /** For people. */
  readonly location: string;
  readonly nowMs?: (() => number) | undefined;
}

const emptyHash = sha256(new Uint8Array());

/**
 * A repository in a bucket, in restic's layout: objects named as the files of a local one. An object appears whole or not
 * at all, and is durable when its PUT was answered; that is what S3 promises, and since 2020 that a list shows at once what
 * was put. Each object is sent with its SHA-256, which the server compares.
 */
export class S3Backend implements Backend {
  readonly location: string;
  readonly #http: SignedHttp;
  readonly #bucketUrl: URL;
  readonly #root: string;
  readonly #nowMs: () => number;

  constructor(
    http: HttpClient,
    { endpoint, bucket, prefix, region, credentials, location, nowMs = Date.now }: S3Options,
  ) {
    this.location = location;
    this.#http = new SignedHttp(http, credentials, region);
    this.#bucketUrl = bucketUrl(endpoint, bucket);
    this.#root = prefix === '' ? '/' : `/${prefix}`;
    this.#nowMs = nowMs;
  }

  async probe(options?: CallOptions): Promise<PlaceContent> {
    const config = await this.#send('HEAD', this.#key({ kind: 'config' }), options);
    if (config.status === 200) return 'repository';
    if (config.status !== 404) throw this.#unwanted(await this.#explained(config, options), 'look for a repository');
    const answer = await this.#page(prefixOf(this.#root), undefined, options, 1);
    if (answer.status === 404) return 'absent';
    if (answer.status !== 200) throw this.#unwanted(answer, 'look for a repository');
    return parseListing(answer.body, this.location).objects.length === 0 ? 'empty' : 'occupied';
  }

  /** Makes the bucket where there is none and that is allowed. */
  async prepare(options?: CallOptions): Promise<void> {
    const there = await this.#page('', undefined, options, 1);
    if (there.status === 200) return;
    if (there.status !== 404) throw this.#unwanted(there, 'look for the bucket');
    const made = await this.#http.send({ method: 'PUT', url: this.#bucketUrl, bodyHash: emptyHash }, options);
    if (made.status !== 200 && made.status !== 409) throw this.#unwanted(made, 'make the bucket');
  }

  async list(kind: ListedKind, options?: CallOptions): Promise<readonly ListedFile[]> {
    const files = (await this.#objects(prefixOf(kindFolder(this.#root, kind)), options)).flatMap(({ key, size }) => {
      const name = key.slice(key.lastIndexOf('/') + 1);
      return isId(name) && this.#key({ kind, name }) === key ? [{ name, size }] : [];
    });
    return files.length > 0 ? files : ((await this.#found(undefined, options)) ?? []);
  }

  async stat(file: FileRef, options?: CallOptions): Promise<number | undefined> {
    const head = await this.#head(file, options);
    return head && announcedLength(head.headers['content-length']);
  }

  async writtenMs(file: FileRef, options?: CallOptions): Promise<number | null | undefined> {
    const head = await this.#head(file, options);
    if (head === undefined) return undefined;
    const written = Date.parse(head.headers['last-modified'] ?? '');
    return written > 0 ? written : null;
  }

  async load(file: FileRef, range?: ByteRange, options?: CallOptions): Promise<Buffer | undefined> {
    if (range?.length === 0) {
      const size = await this.stat(file, options);
      if (size !== undefined && range.offset > size) throw tooShort(file);
      return size === undefined ? undefined : Buffer.alloc(0);
    }
    const headers = range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
    const answer = await this.#send('GET', this.#key(file), options, { headers });
    if (answer.status === 404) return this.#missing(answer, options);
    if (answer.status === 200 && range === undefined) return answer.body;
    if (range !== undefined && (answer.status === 416 || (answer.status === 206 && answer.body.length < range.length)))
      throw tooShort(file);
    if (range !== undefined && answer.status === 206 && answer.body.length === range.length) return answer.body;
    throw this.#unwanted(answer, `read ${describeFile(file)}`);
  }

  async save(file: FileRef, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    if (file.kind === 'config') return this.#saveConfig(bytes, options);
    // What anybody saves under a name that is a hash are the same bytes.
    const answer = await this.#put(file, bytes, options, {});
    if (answer.status !== 200) throw this.#unwanted(answer, `write ${describeFile(file)}`);
  }

  async remove(file: FileRef, options?: CallOptions): Promise<boolean> {
    // A server removes what is not there, with success.
    if ((await this.stat(file, options)) === undefined) return false;
    const answer = await this.#send('DELETE', this.#key(file), options);
    if (answer.status === 204 || answer.status === 200) return true;
    if (answer.status === 403 || answer.status === 405) throw forbidsRemoval(this.location, describeFile(file));
    throw this.#unwanted(answer, `remove ${describeFile(file)}`);
  }

  /** An interrupted PUT leaves nothing. */
  async sweep(): Promise<number> {
    return 0;
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** Of two who make a repository here at once one must lose. A server that does not know the condition is asked before. */
  async #saveConfig(bytes: Uint8Array, options: CallOptions | undefined): Promise<void> {
    const file: FileRef = { kind: 'config' };
    const there = await this.#send('HEAD', this.#key(file), options);
    if (there.status === 200) throw repositoryExists(this.location);
    let answer = await this.#put(file, bytes, options, { 'if-none-match': '*' });
    if (answer.status === 412 || answer.status === 409) throw repositoryExists(this.location);
    if (answer.status === 501 || answer.status === 400) answer = await this.#put(file, bytes, options, {});
    if (answer.status !== 200) throw this.#unwanted(answer, 'write the configuration');
  }

  #put(
    file: FileRef,
    bytes: Uint8Array,
    options: CallOptions | undefined,
    headers: Record<string, string>,
  ): Promise<HttpAnswer> {
    const bodyHash = file.kind === 'config' ? sha256(bytes) : file.name;
    return this.#http.send({ method: 'PUT', url: this.#url(this.#key(file)), headers, body: bytes, bodyHash }, options);
  }

  async #head(file: FileRef, options: CallOptions | undefined): Promise<HttpAnswer | undefined> {
    const head = await this.#send('HEAD', this.#key(file), options);
    if (head.status === 200) return head;
    if (head.status === 404) return this.#missing(head, options);
    throw this.#unwanted(await this.#explained(head, options), `look at ${describeFile(file)}`);
  }

  /** The answer to a HEAD has no words; a list of one does. */
  async #explained(head: HttpAnswer, options: CallOptions | undefined): Promise<HttpAnswer> {
    if (head.status !== 400 && head.status !== 403) return head;
    const page = await this.#page(prefixOf(this.#root), undefined, options, 1);
    return page.status === 200 ? head : page;
  }

  async #objects(prefix: string, options: CallOptions | undefined): Promise<ListedObject[]> {
    const objects: ListedObject[] = [];
    let next: string | undefined;
    do {
      const answer = await this.#page(prefix, next, options);
      if (answer.status !== 200) throw this.#unwanted(answer, 'list its files');
      const page = parseListing(answer.body, this.location);
      objects.push(...page.objects);
      next = page.next;
    } while (next !== undefined);
    return objects;
  }

  #page(
    prefix: string,
    token: string | undefined,
    options: CallOptions | undefined,
    limit?: number,
  ): Promise<HttpAnswer> {
    const url = new URL(this.#bucketUrl);
    url.searchParams.set('list-type', '2');
    url.searchParams.set('prefix', prefix);
    if (token !== undefined) url.searchParams.set('continuation-token', token);
    if (limit !== undefined) url.searchParams.set('max-keys', String(limit));
    return this.#http.send({ method: 'GET', url, bodyHash: emptyHash }, options);
  }

  #send(
    method: 'HEAD' | 'GET' | 'DELETE',
    key: string,
    options: CallOptions | undefined,
    { headers }: { headers?: Record<string, string> | undefined } = {},
  ): Promise<HttpAnswer> {
    return this.#http.send({ method, url: this.#url(key), headers, bodyHash: emptyHash }, options);
  }

  async #missing(answer: HttpAnswer, options: CallOptions | undefined): Promise<undefined> {
    if (answer.body.includes('NoSuchBucket')) throw this.#unwanted(answer, 'read the bucket');
    return this.#found(undefined, options);
  }

  /** A file that is not there means little when the whole place is gone. */
  async #found<Result>(result: Result | undefined, options: CallOptions | undefined): Promise<Result | undefined> {
    if (result !== undefined) return result;
    const config = await this.#send('HEAD', this.#key({ kind: 'config' }), options);
    if (config.status === 200) return undefined;
    if (config.status === 404) throw repositoryAbsent(this.location);
    throw this.#unwanted(await this.#explained(config, options), 'look for the repository');
  }

  #key(file: FileRef): string {
    return filePath(this.#root, file).slice(1);
  }

  #url(key: string): URL {
    const url = new URL(this.#bucketUrl);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${key.split('/').map(escapedPart).join('/')}`;
    return url;
  }

  #unwanted(answer: HttpAnswer, action: string): StillpointError {
    return s3Error(answer, action, this.location, this.#nowMs());
  }
}

/** Amazon’s own want the bucket in the host’s name; anybody else’s server knows it in the path. */
function bucketUrl(endpoint: URL, bucket: string): URL {
  const url = new URL(endpoint);
  if (/(^|\.)amazonaws\.com(\.cn)?$/.test(url.hostname) && !bucket.includes('.'))
    url.hostname = `${bucket}.${url.hostname}`;
  else url.pathname = `/${bucket}`;
  return url;
}

/** All that some server or signer reads as something else, a plus sign before all. */
function escapedPart(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function prefixOf(path: string): string {
  return path === '/' ? '' : `${path.slice(1)}/`;
}

function tooShort(file: FileRef): Error {
  return damaged(`${describeFile(file)} is shorter than it must be.`, { file: describeFile(file) });
}
