import { z } from 'zod';
import { StillpointError } from '../errors/index.ts';
import { localPathSchema } from './path-text.ts';

const noControl = (text: string): boolean => !/\p{Cc}/u.test(text);
const line = (what: string, longest = 1024) =>
  z.string().min(1, `${what} is needed`).max(longest).refine(noControl, `${what} has no line breaks`);

/** Of a server: nothing in it is secret, so that it can be shown and logged as it is. */
const serverUrl = line('an address')
  .refine(
    (text) => /^https?:$/.test(parsedUrl(text)?.protocol ?? ''),
    'the address must begin with https:// or http://',
  )
  .refine((text) => !hasCredentials(text), 'user name and password do not belong into the address')
  .refine((text) => parsedUrl(text)?.search === '' && parsedUrl(text)?.hash === '', 'the address has no ? and no #');

/** A name or an address that no program can take for an option. */
const host = line('the name of a server', 255).regex(/^[^-\s/@][^\s/@]*$/, 'a server is named like backup.example.org');
const portRange = 'a port is a number from 1 to 65535';
const fileOrNone = localPathSchema.optional();

const tls = {
  /** A file of certificates (PEM) that the server is trusted by, instead of the system’s. */
  caFile: fileOrNone,
  /** SHA-256 of the server’s certificate: this one and no other. */
  fingerprint: z
    .string()
    .regex(/^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, 'a fingerprint has 64 hex digits')
    .optional(),
};

const local = z.object({ kind: z.literal('local'), path: localPathSchema });
/** What is trusted without TLS is nobody: an address must not make what was said of a certificate void. */
const certainly = (
  address: string,
  { caFile, fingerprint }: { caFile?: string | undefined; fingerprint?: string | undefined },
) => /^https:/i.test(address) || (caFile ?? fingerprint) === undefined;
const needsHttps = 'with a certificate named, the address begins with https://';

const rest = z
  .object({ kind: z.literal('rest'), url: serverUrl, ...tls })
  .refine((place) => certainly(place.url, place), { path: ['url'], error: needsHttps });
const s3 = z
  .object({
    kind: z.literal('s3'),
    endpoint: serverUrl,
    bucket: line('a bucket', 255).regex(/^[a-z0-9A-Z][\w.-]*$/, 'a bucket is named with letters, digits, . and -'),
    /** Path inside the bucket, without a slash at either end. */
    prefix: z
      .string()
      .max(800)
      .refine(noControl)
      .refine((text) => !/^\/|\/$|\/\//.test(text), 'no empty parts in the path'),
    region: z
      .string()
      .regex(/^[a-z0-9-]{2,30}$/, 'a region looks like eu-central-1')
      .optional(),
    ...tls,
  })
  .refine((place) => certainly(place.endpoint, place), { path: ['endpoint'], error: needsHttps });
const sftp = z.object({
  kind: z.literal('sftp'),
  host,
  user: line('a user', 64)
    .regex(/^[^-\s@:/][^\s@:/]*$/, 'not the name of a user')
    .optional(),
  port: z.number(portRange).int(portRange).min(1, portRange).max(65_535, portRange).optional(),
  /** Absolute, or counted from the folder where the server lets the user in. */
  path: line('a path', 4096),
  keyFile: fileOrNone,
});
/** rclone takes options behind a name: `name,pass=…:path`. */
const secretOption = /^[^:]*,[^:,=]*(pass|secret|token|key|sas)[^:,=]*=/i;
const rclone = z.object({
  kind: z.literal('rclone'),
  /** As rclone is told it: `remote:path`. */
  remote: line('a remote', 1024)
    .regex(/^[^-:\s][^:]*:/, 'a remote looks like name:path; “rclone listremotes” tells the names')
    .refine((remote) => !secretOption.test(remote), 'what is secret belongs into rclone’s own configuration'),
});

/** Where a repository is reached. One member per backend. Never holds a secret. */
export const repositoryLocationSchema = z.discriminatedUnion('kind', [local, rest, s3, sftp, rclone]);
export type RepositoryLocation = z.infer<typeof repositoryLocationSchema>;
export type LocationKind = RepositoryLocation['kind'];

/** What a server wants of who uses it. Kept like the repository’s password, never with the location. */
export const placeCredentialsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rest'), user: line('a user', 255), password: line('a password') }),
  z.object({
    kind: z.literal('s3'),
    accessKeyId: line('an access key', 255),
    secretAccessKey: line('its secret'),
    sessionToken: line('a token', 4096).optional(),
  }),
]);
export type PlaceCredentials = z.infer<typeof placeCredentialsSchema>;

/** Whether nothing can be done there without credentials. */
export function needsCredentials({ kind }: RepositoryLocation): boolean {
  return kind === 's3';
}

/** For people, and read again by `parseLocation`. */
export function locationText(location: RepositoryLocation): string {
  switch (location.kind) {
    case 'local':
      return location.path;
    case 'rest':
      return `rest:${location.url}`;
    case 's3':
      return `s3:${location.endpoint.replace(/\/$/, '')}/${location.bucket}${location.prefix && `/${location.prefix}`}`;
    case 'sftp': {
      const { host: name, user, port, path } = location;
      const who = user === undefined ? '' : `${user}@`;
      if (port === undefined && !name.includes(':')) return `sftp:${who}${name}:${path}`;
      const inBrackets = name.includes(':') ? `[${name}]` : name;
      return `sftp://${who}${inBrackets}${port === undefined ? '' : `:${port}`}/${path}`;
    }
    case 'rclone':
      return `rclone:${location.remote}`;
  }
}

/** A short name for a new repository: the last part of where it is. */
export function locationName(location: RepositoryLocation): string {
  const text = locationText(location);
  return text.split(/[/:]/).findLast((part) => part !== '') ?? text;
}

const forms =
  'Name a folder (/path), or a place elsewhere: rest:https://host/path, s3:https://host/bucket/path, sftp:user@host:/path, rclone:remote:path.';

/**
 * A place as it is typed, in restic’s forms. `toAbsolute` completes the path of a folder. Throws `bad-input` that names
 * `field` and what is wrong; never repeats a password that was typed into an address.
 */
export function parseLocation(text: string, field: string, toAbsolute: (path: string) => string): RepositoryLocation {
  const found = /^(rest|s3|sftp|rclone|b2|azure|gs|swift):/.exec(text);
  const scheme = found?.[1];
  const rest = scheme === undefined ? text : text.slice(scheme.length + 1);
  if (scheme === undefined) return checked({ kind: 'local', path: toAbsolute(text) }, field);
  switch (scheme) {
    case 'rest':
      if (hasCredentials(rest)) throw credentialsInAddress(field);
      return checked({ kind: 'rest', url: rest }, field);
    case 's3':
      return parseS3(rest, field);
    case 'sftp':
      return parseSftp(rest, field);
    case 'rclone':
      return checked({ kind: 'rclone', remote: rest }, field);
    default:
      throw wrong(
        field,
        `${scheme}: is reached through rclone here.`,
        `Set it up with “rclone config”, then name it as rclone:name:path.`,
      );
  }
}

function parseS3(text: string, field: string): RepositoryLocation {
  const withScheme = /^https?:\/\//.test(text) ? text : `https://${text.replace(/^\/\//, '')}`;
  if (hasCredentials(withScheme)) throw credentialsInAddress(field);
  const url = parsedUrl(withScheme);
  const [bucket, ...prefix] = (url?.pathname ?? '')
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart);
  if (url === undefined || bucket === undefined)
    throw wrong(
      field,
      'The place names no bucket.',
      'It looks like s3:https://host/bucket or s3:https://host/bucket/path.',
    );
  return checked({ kind: 's3', endpoint: `${url.protocol}//${url.host}`, bucket, prefix: prefix.join('/') }, field);
}

function parseSftp(text: string, field: string): RepositoryLocation {
  const asUrl = /^\/\/(?:([^@/]*)@)?(\[[^\]]+\]|[^/:[]+)(?::(\d+))?\/(.*)$/.exec(text);
  const asPlace = /^(?:([^@/:]*)@)?(\[[^\]]+\]|[^/:[]+):(.*)$/.exec(text);
  if (!asUrl && !asPlace)
    throw wrong(
      field,
      'The place names no server and path.',
      'It looks like sftp:user@host:/path or sftp://user@host:2222//path.',
    );
  const [, user, name = '', port, path = ''] = asUrl ?? [...(asPlace ?? []).slice(0, 3), undefined, asPlace?.[3]];
  if (user?.includes(':')) throw credentialsInAddress(field);
  const location = {
    kind: 'sftp',
    host: name.replace(/^\[|\]$/g, ''),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
    path,
  };
  return checked(location, field);
}

function checked(location: unknown, field: string): RepositoryLocation {
  const result = repositoryLocationSchema.safeParse(location);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw wrong(field, `The place is not right: ${first?.message ?? 'it is not understood'}.`, forms);
}

function wrong(field: string, message: string, guidance: string): StillpointError {
  return new StillpointError({ kind: 'bad-input', message, guidance, field });
}

function credentialsInAddress(field: string): StillpointError {
  return wrong(
    field,
    'There is a user name or a password in the address.',
    'Leave them out: they are given apart, and kept where nobody can read them.',
  );
}

function parsedUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function hasCredentials(text: string): boolean {
  return /^https?:\/\/[^/]*@/.test(text);
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
