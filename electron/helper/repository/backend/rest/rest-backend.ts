import { isStillpointError, type StillpointError } from '../../../../../shared/errors/index.ts';
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
  listedKinds,
  type PlaceContent,
} from '../contract.ts';
import { transientError } from '../decorators/transient.ts';
import { announcedLength } from '../http/body.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http/contract.ts';
import { forbidsRemoval, statusError } from '../http/status.ts';
import { parseList, type RestListing } from './list.ts';

const folders: Readonly<Record<ListedKind, string>> = {
  key: 'keys',
  lock: 'locks',
  snapshot: 'snapshots',
  index: 'index',
  pack: 'data',
};

const protocol2 = 'application/vnd.x.restic.rest.v2';
/** Names whose length has to be asked for one by one, at a time. */
const asksAtOnce = 8;

export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

export interface RestOptions {
  /** Of the repository; the path is completed by a slash. Without user and password. */
  readonly url: URL;
  readonly credentials?: BasicCredentials | undefined;
  /** For people; the address by default. */
  readonly location?: string | undefined;
  /** Milliseconds since 1970, for a server that names a time to come back. */
  readonly nowMs?: (() => number) | undefined;
}

/**
 * A repository behind restic's REST protocol, version 2 or 1. Source: restic's documentation, “REST backend”. The server
 * must publish what it was sent as a whole; rest-server renames it into place. What one shows half of is told by its length
 * (see `retrying`).
 */
export class RestBackend implements Backend {
  readonly location: string;
  readonly #http: HttpClient;
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #nowMs: () => number;

  constructor(http: HttpClient, { url, credentials, location, nowMs = Date.now }: RestOptions) {
    this.#http = http;
    this.#base = new URL(url);
    if (!this.#base.pathname.endsWith('/')) this.#base.pathname += '/';
    this.location = location ?? String(this.#base);
    this.#nowMs = nowMs;
    const basic = credentials && Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
    this.#headers = { accept: protocol2, ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }) };
  }

  async probe(options?: CallOptions): Promise<PlaceContent> {
    const config = await this.#send('HEAD', 'config', 'look for a repository', options);
    if (config.status === 200) return 'repository';
    let known = false;
    for (const kind of listedKinds) {
      const listing = await this.#list(kind, options);
      if (listing && listing.length > 0) return 'occupied';
      known ||= listing !== undefined;
    }
    return known ? 'empty' : 'absent';
  }

  async prepare(options?: CallOptions): Promise<void> {
    const answer = await this.#send('POST', '', 'make a place for a repository', options, { query: 'create=true' });
    if (answer.status !== 200) throw this.#unwanted(answer, 'make a place for a repository');
  }

  async list(kind: ListedKind, options?: CallOptions): Promise<readonly ListedFile[]> {
    const files = (await this.#list(kind, options)) ?? (await this.#found(undefined, options)) ?? [];
    const named = files.filter(({ name }) => isId(name));
    const sized: ListedFile[] = [];
    for (let at = 0; at < named.length; at += asksAtOnce) {
      const some = named.slice(at, at + asksAtOnce).map(async ({ name, size }) => {
        const known = size ?? (await this.stat({ kind, name }, options));
        return known === undefined ? [] : [{ name, size: known }];
      });
      sized.push(...(await Promise.all(some)).flat());
    }
    return sized;
  }

  async stat(file: FileRef, options?: CallOptions): Promise<number | undefined> {
    const head = await this.#head(file, options);
    if (head === undefined) return undefined;
    const length = announcedLength(head.headers['content-length']);
    if (length === undefined) throw this.#unwanted(head, `learn the length of ${describeFile(file)}`);
    return length;
  }

  async writtenMs(file: FileRef, options?: CallOptions): Promise<number | null | undefined> {
    const head = await this.#head(file, options);
    if (head === undefined) return undefined;
    const written = Date.parse(head.headers['last-modified'] ?? '');
    // Some servers date everything to 1970.
    return written > 0 ? written : null;
  }

  async load(file: FileRef, range?: ByteRange, options?: CallOptions): Promise<Buffer | undefined> {
    const action = `read ${describeFile(file)}`;
    if (range?.length === 0) {
      const size = await this.stat(file, options);
      if (size !== undefined && range.offset > size) throw tooShort(file);
      return size === undefined ? undefined : Buffer.alloc(0);
    }
    const headers = range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
    const answer = await this.#send('GET', pathOf(file), action, options, { headers });
    if (answer.status === 404) return this.#found(undefined, options);
    if (range === undefined && answer.status === 200) return answer.body;
    if (range !== undefined && answer.status === 416) throw tooShort(file);
    if (range !== undefined && answer.status === 206) {
      if (answer.body.length === range.length) return answer.body;
      throw await this.#shortRange(file, range, answer.body.length, options);
    }
    if (range !== undefined && answer.status === 200) {
      // A server that does not know ranges sends everything.
      if (range.offset + range.length > answer.body.length) throw tooShort(file);
      return Buffer.from(answer.body.subarray(range.offset, range.offset + range.length));
    }
    throw this.#unwanted(answer, action);
  }

  async save(file: FileRef, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    const action = `write ${describeFile(file)}`;
    if (file.kind === 'config') {
      const { status } = await this.#send('HEAD', 'config', action, options);
      if (status === 200) throw repositoryExists(this.location);
    }
    const headers = { 'content-type': 'application/octet-stream' };
    const sent = this.#send('POST', pathOf(file), action, options, { body: bytes, headers });
    const answer = await sent.catch(async (error: unknown) => {
      if (isStillpointError(error, 'repository-full')) await this.#removePart(file, bytes, options);
      throw error;
    });
    if (answer.status === 200 || answer.status === 201) return;
    // A server that never overwrites refuses a name it has.
    if ([403, 409].includes(answer.status) && (await this.#isThere(file, bytes, options))) return;
    throw this.#unwanted(answer, action);
  }

  /** What fitted of a file that did not: a server that has answered receives no more of it. */
  async #removePart(file: FileRef, bytes: Uint8Array, options: CallOptions | undefined): Promise<void> {
    try {
      if (file.kind !== 'config' && !(await this.#isThere(file, bytes, options))) await this.remove(file, options);
    } catch {
      // Not listed by any index: it is left to the next prune.
    }
  }

  async remove(file: FileRef, options?: CallOptions): Promise<boolean> {
    // Some servers remove what is not there, with success.
    if ((await this.stat(file, options)) === undefined) return false;
    const answer = await this.#send('DELETE', pathOf(file), `remove ${describeFile(file)}`, options);
    if (answer.status === 200 || answer.status === 204) return true;
    if (answer.status === 404) return false;
    if ([403, 405, 501].includes(answer.status)) throw forbidsRemoval(this.location, describeFile(file));
    throw this.#unwanted(answer, `remove ${describeFile(file)}`);
  }

  /** Nothing of an interrupted save is to be seen. */
  async sweep(): Promise<number> {
    return 0;
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #list(kind: ListedKind, options: CallOptions | undefined): Promise<readonly RestListing[] | undefined> {
    const action = `list its ${kind} files`;
    const answer = await this.#send('GET', `${folders[kind]}/`, action, options);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw this.#unwanted(answer, action);
    return parseList(answer.body, this.location);
  }

  async #head(file: FileRef, options: CallOptions | undefined): Promise<HttpAnswer | undefined> {
    const action = `look at ${describeFile(file)}`;
    const answer = await this.#send('HEAD', pathOf(file), action, options);
    if (answer.status === 200) return answer;
    if (answer.status === 404) return this.#found(undefined, options);
    throw this.#unwanted(answer, action);
  }

  async #isThere(file: FileRef, bytes: Uint8Array, options: CallOptions | undefined): Promise<boolean> {
    if (file.kind === 'config' || (await this.stat(file, options)) !== bytes.length) return false;
    return (await this.load(file, undefined, options))?.equals(bytes) ?? false;
  }

  /** A file that is not there means little when the whole place is gone: a disk of the server is not mounted. */
  async #found<Result>(result: Result | undefined, options: CallOptions | undefined): Promise<Result | undefined> {
    if (result !== undefined) return result;
    const config = await this.#send('HEAD', 'config', 'look for the repository', options);
    if (config.status === 200) return undefined;
    if (config.status === 404) throw repositoryAbsent(this.location);
    throw this.#unwanted(config, 'look for the repository');
  }

  /** Fewer bytes than asked for: the file ends there, or the answer was cut off on its way. */
  async #shortRange(
    file: FileRef,
    range: ByteRange,
    length: number,
    options: CallOptions | undefined,
  ): Promise<StillpointError> {
    const size = await this.stat(file, options);
    if (size === undefined || size < range.offset + range.length) return tooShort(file);
    return transientError({
      message: `${this.location} sent ${length} bytes of ${describeFile(file)} instead of ${range.length}.`,
      guidance: 'Check the network and the server.',
      context: { location: this.location },
    });
  }

  async #send(
    method: HttpRequest['method'],
    path: string,
    action: string,
    { signal, pace }: CallOptions = {},
    extra: { body?: Uint8Array; headers?: Record<string, string> | undefined; query?: string } = {},
  ): Promise<HttpAnswer> {
    const url = new URL(path, this.#base);
    if (extra.query !== undefined) url.search = extra.query;
    const headers = { ...this.#headers, ...extra.headers };
    const body = method === 'POST' ? (extra.body ?? new Uint8Array()) : undefined;
    const answer = await this.#http.send({ method, url, headers, body, signal, pace });
    const isTrouble = answer.status === 401 || answer.status === 429 || answer.status >= 500;
    if (isTrouble && answer.status !== 501) throw this.#unwanted(answer, action);
    return answer;
  }

  #unwanted(answer: HttpAnswer, action: string): StillpointError {
    return statusError(answer, action, this.location, this.#nowMs());
  }
}

function pathOf(file: FileRef): string {
  if (file.kind === 'config') return 'config';
  if (!isId(file.name)) throw new RangeError(`not the name of a repository file: ${file.name}`);
  return `${folders[file.kind]}/${file.name}`;
}

function tooShort(file: FileRef): StillpointError {
  return damaged(`${describeFile(file)} is shorter than it must be.`, { file: describeFile(file) });
}
