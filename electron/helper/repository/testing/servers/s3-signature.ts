import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Why a request is not believed, as S3 names it. */
export type SignatureProblem =
  | { readonly code: 'AccessDenied' | 'InvalidAccessKeyId' | 'SignatureDoesNotMatch' | 'RequestTimeTooSkewed' }
  | { readonly code: 'XAmzContentSHA256Mismatch' | 'AuthorizationHeaderMalformed' };

const farOffMs = 15 * 60_000;
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Everything but the unreserved characters of RFC 3986, as version 4 of the signatures wants it. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * Computes a request's signature, version 4, from what arrived and the secret, and compares. Written from the published
 * description, with nothing of the client's in it. `region` is what the signer took for the region.
 */
export function verifySignature(
  request: IncomingMessage,
  body: Buffer,
  keys: S3Keys,
  nowMs: number,
): { readonly problem?: SignatureProblem; readonly region: string } {
  const header = request.headers.authorization ?? '';
  const [, id, day, region = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]*)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    ) ?? [];
  if (id === undefined || day === undefined)
    return { problem: { code: header === '' ? 'AccessDenied' : 'AuthorizationHeaderMalformed' }, region };
  if (id !== keys.accessKeyId) return { problem: { code: 'InvalidAccessKeyId' }, region };
  const date = String(request.headers['x-amz-date']);
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  if (!(Math.abs(Date.parse(iso) - nowMs) < farOffMs)) return { problem: { code: 'RequestTimeTooSkewed' }, region };
  const bodyHash = String(request.headers['x-amz-content-sha256']);
  const signed = names.split(';');
  const url = new URL(request.url ?? '/', 'http://localhost');
  const query = [...url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort();
  const canonical = [
    request.method,
    url.pathname
      .split('/')
      .map((part) => encoded(decodeURIComponent(part)))
      .join('/'),
    query.join('&'),
    ...signed.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    names,
    bodyHash,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${keys.secretAccessKey}`);
  const isSigned = signed.includes('host') && signed.includes('x-amz-content-sha256') && signed.includes('x-amz-date');
  if (!isSigned || !timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex')))
    return { problem: { code: 'SignatureDoesNotMatch' }, region };
  if (sha256(body) !== bodyHash) return { problem: { code: 'XAmzContentSHA256Mismatch' }, region };
  return { region };
}
