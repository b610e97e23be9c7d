import { AwsV4Signer } from 'aws4fetch';
import type { CallOptions } from '../contract.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http/contract.ts';
import { elementText } from './xml.ts';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SignedRequest {
  readonly method: HttpRequest['method'];
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
  /** SHA-256 of the body, hex digits; the server refuses bytes that are others. */
  readonly bodyHash: string;
}

const defaultRegion = 'us-east-1';

/** Requests signed with version 4 of Amazon’s signatures, which every S3 server knows. The secret never leaves this. */
export class SignedHttp {
  readonly #http: HttpClient;
  readonly #credentials: S3Credentials;
  /** Signing keys of a day: derived once. */
  readonly #keys = new Map<string, ArrayBuffer>();
  #region: string;

  constructor(http: HttpClient, credentials: S3Credentials, region: string | undefined) {
    this.#http = http;
    this.#credentials = credentials;
    this.#region = region ?? defaultRegion;
  }

  /** A server that says the bucket is in another region is believed, once a request. */
  async send(request: SignedRequest, options: CallOptions = {}): Promise<HttpAnswer> {
    const answer = await this.#sendSigned(request, options);
    const region = regionNamedBy(answer);
    if (region === undefined || region === this.#region) return answer;
    this.#region = region;
    return this.#sendSigned(request, options);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #sendSigned(request: SignedRequest, { signal, pace }: CallOptions): Promise<HttpAnswer> {
    const { method, url, body, bodyHash } = request;
    const { accessKeyId, secretAccessKey, sessionToken } = this.#credentials;
    const signer = new AwsV4Signer({
      ...{ method, url: String(url), accessKeyId, secretAccessKey, service: 's3', region: this.#region },
      ...(sessionToken === undefined ? {} : { sessionToken }),
      headers: { ...request.headers, 'x-amz-content-sha256': bodyHash },
      cache: this.#keys,
    });
    const signed = await signer.sign();
    const headers = Object.fromEntries(signed.headers.entries());
    return this.#http.send({ method, url: signed.url, headers, body, signal, pace });
  }
}

function regionNamedBy({ status, headers, body }: HttpAnswer): string | undefined {
  if (![301, 307, 400, 403].includes(status)) return undefined;
  const named = headers['x-amz-bucket-region'] ?? elementText(body.toString('utf8', 0, 4096), 'Region');
  return named !== undefined && /^[a-z0-9-]{2,30}$/.test(named) ? named : undefined;
}
