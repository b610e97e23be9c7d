import type { Pace } from '../contract.ts';

/** What the backends that speak HTTP need of it. Whole bodies: a repository's files are made to fit in memory. */
export interface HttpClient {
  /**
   * The answer, whatever its status. Rejects with a transient `io` when the line was cut, nobody answered, or less arrived
   * than was announced; with the reason of an abort. No error holds a header, a query or a user name.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends what is open. */
  close(): Promise<void>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Without user and password. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly pace?: Pace | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Moved between two questions to `pace`, in bytes. */
export const pieceLength = 64 * 1024;

/** An answer longer than this is not one of a repository's files or lists. */
export const longestAnswer = 1024 * 1024 * 1024;
