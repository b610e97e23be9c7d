import {
  type PlaceCredentials,
  placeCredentialsSchema,
  type RepositoryLocation,
} from '../../../shared/domain/location.ts';

export type CredentialsKind = PlaceCredentials['kind'];

/** In the memory of a form and nowhere else. */
export const emptyCredentials = { user: '', password: '', accessKeyId: '', secretAccessKey: '' };
export type CredentialsDraft = typeof emptyCredentials;
export type CredentialsField = keyof CredentialsDraft;

/** Which credentials Stillpoint keeps for a place; null: none, ssh and rclone have their own. */
export function wantsCredentials({ kind }: RepositoryLocation): CredentialsKind | null {
  return kind === 'rest' || kind === 's3' ? kind : null;
}

/** What a draft means, or what is wrong with which field; a field nobody touched is only missing. */
export function readCredentials(
  kind: CredentialsKind | null,
  draft: CredentialsDraft,
): {
  readonly credentials: PlaceCredentials | null;
  readonly errors: Partial<Record<CredentialsField, string>>;
} {
  if (kind === null) return { credentials: null, errors: {} };
  const { user, password, accessKeyId, secretAccessKey } = draft;
  const read = placeCredentialsSchema.safeParse(
    kind === 'rest' ? { kind, user, password } : { kind, accessKeyId: accessKeyId.trim(), secretAccessKey },
  );
  const errors: Partial<Record<CredentialsField, string>> = {};
  for (const { path, message } of read.error?.issues ?? []) {
    const field = path[0] as CredentialsField;
    if (draft[field] !== '') errors[field] ??= message;
  }
  return { credentials: read.success ? read.data : null, errors };
}
