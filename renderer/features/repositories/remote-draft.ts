import {
  type LocationKind,
  type PlaceCredentials,
  placeCredentialsSchema,
  type RepositoryLocation,
  repositoryLocationSchema,
} from '../../../shared/domain/location.ts';
import type { StillpointError } from '../../../shared/errors/index.ts';

export type RemoteKind = Exclude<LocationKind, 'local'>;

/** By what the certificate of a server is trusted. */
export type Trust = 'system' | 'file' | 'fingerprint';

/** What is typed, as it is typed. Secrets are in the memory of the form and nowhere else. */
export const emptyDraft = {
  url: 'https://',
  user: '',
  password: '',
  endpoint: 'https://',
  bucket: '',
  prefix: '',
  region: '',
  accessKeyId: '',
  secretAccessKey: '',
  host: '',
  sshUser: '',
  port: '',
  path: '',
  keyFile: '',
  remote: '',
  trust: 'system' as Trust,
  caFile: '',
  fingerprint: '',
};
export type RemoteDraft = typeof emptyDraft;
export type RemoteField = keyof RemoteDraft;
export type FieldErrors = Partial<Record<RemoteField, string>>;

export interface RemoteAccess {
  readonly location: RepositoryLocation;
  readonly credentials: PlaceCredentials | undefined;
}

/** The place that a draft names, or what is wrong with which field. */
export function readDraft(
  kind: RemoteKind,
  draft: RemoteDraft,
): { readonly access: RemoteAccess | null; readonly errors: FieldErrors } {
  const location = repositoryLocationSchema.safeParse(locationOf(kind, draft));
  const wanted = credentialsOf(kind, draft);
  const credentials = wanted === undefined ? undefined : placeCredentialsSchema.safeParse(wanted);
  const errors = { ...errorsOf(kind, credentials?.error), ...errorsOf(kind, location.error) };
  if (draft.trust === 'file' && usesTls(kind) && draft.caFile.trim() === '') errors.caFile = 'A file is needed.';
  if (draft.trust === 'fingerprint' && usesTls(kind) && draft.fingerprint.trim() === '')
    errors.fingerprint = 'A fingerprint is needed.';
  const isRight = Object.keys(errors).length === 0 && location.success && (credentials?.success ?? true);
  return { access: isRight ? { location: location.data, credentials: credentials?.data } : null, errors };
}

export function usesTls(kind: RemoteKind): boolean {
  return kind === 'rest' || kind === 's3';
}

/** Whether everybody on the way can read what is sent, user names and passwords before all. */
export function isReadableOnTheWay(kind: RemoteKind, { url, endpoint }: RemoteDraft): boolean {
  const address = kind === 'rest' ? url : kind === 's3' ? endpoint : '';
  return /^http:\/\/(?!127\.|localhost\b|\[::1\])./i.test(address.trim());
}

/** The field that an answer of the place is about; undefined where it is about none of them. */
export function fieldOf(kind: RemoteKind, draft: RemoteDraft, { field }: StillpointError): RemoteField | undefined {
  if (field === 'credentials') return kind === 's3' ? 'secretAccessKey' : kind === 'rest' ? 'password' : undefined;
  if (field === 'location.tls')
    return draft.trust === 'file' ? 'caFile' : draft.trust === 'fingerprint' ? 'fingerprint' : addressOf(kind);
  const [first, name = ''] = field?.split('.') ?? [];
  if (first !== 'location') return undefined;
  return name === '' ? addressOf(kind) : draftField(name, kind);
}

function addressOf(kind: RemoteKind): RemoteField {
  return ({ rest: 'url', s3: 'endpoint', sftp: 'host', rclone: 'remote' } as const)[kind];
}

function locationOf(kind: RemoteKind, draft: RemoteDraft): unknown {
  const text = (name: RemoteField): string => draft[name].trim();
  const said = (name: RemoteField, as: string = name) => (text(name) === '' ? {} : { [as]: text(name) });
  const trust = draft.trust === 'file' ? said('caFile') : draft.trust === 'fingerprint' ? said('fingerprint') : {};
  switch (kind) {
    case 'rest':
      return { kind, url: text('url'), ...trust };
    case 's3': {
      const prefix = text('prefix').replace(/^\/+|\/+$/g, '');
      return { kind, endpoint: text('endpoint'), bucket: text('bucket'), prefix, ...said('region'), ...trust };
    }
    case 'sftp': {
      const port = text('port') === '' ? {} : { port: Number(text('port')) };
      return { kind, host: text('host'), path: text('path'), ...said('sshUser', 'user'), ...port, ...said('keyFile') };
    }
    case 'rclone':
      return { kind, remote: text('remote') };
  }
}

/** A server that wants neither name nor password is asked without. */
function credentialsOf(kind: RemoteKind, { user, password, accessKeyId, secretAccessKey }: RemoteDraft): unknown {
  if (kind === 's3') return { kind, accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim() };
  if (kind !== 'rest' || (user.trim() === '' && password === '')) return undefined;
  return { kind, user: user.trim(), password };
}

interface Wrong {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

function errorsOf(kind: RemoteKind, error: Wrong | undefined): FieldErrors {
  const errors: FieldErrors = {};
  for (const { path, message } of error?.issues ?? []) {
    const field = draftField(String(path[0]), kind);
    if (field !== undefined) errors[field] ??= sentence(message);
  }
  return errors;
}

function draftField(name: string, kind: RemoteKind): RemoteField | undefined {
  if (name === 'user') return kind === 'sftp' ? 'sshUser' : 'user';
  return name in emptyDraft ? (name as RemoteField) : undefined;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
