import { type AlertChannel, type AlertChannelKind, alertChannelSchema } from '../../../../shared/domain/alerts.ts';

/** A channel as it is being typed: every field of every kind, so that nothing is lost while it is filled in. */
export interface AlertDraft {
  readonly id: string;
  readonly kind: AlertChannelKind;
  readonly enabled: boolean;
  readonly name: string;
  readonly server: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly username: string;
  readonly from: string;
  readonly to: string;
  readonly topic: string;
}

export const alertKinds = ['mail', 'ntfy', 'healthchecks', 'webhook'] as const satisfies readonly AlertChannelKind[];

export function emptyAlert(kind: AlertChannelKind, id: string): AlertDraft {
  return {
    id,
    kind,
    enabled: true,
    name: '',
    server: kind === 'ntfy' ? 'https://ntfy.sh' : '',
    port: 587,
    security: 'starttls',
    username: '',
    from: '',
    to: '',
    topic: '',
  };
}

export function draftOfAlert(channel: AlertChannel): AlertDraft {
  return { ...emptyAlert(channel.kind, channel.id), ...channel };
}

export type AlertField = Exclude<keyof AlertDraft, 'id' | 'kind' | 'enabled'> | 'secret';

/** The channel, or the fields that are not yet right. The schema drops what its kind does not have. */
export function channelOf(
  draft: AlertDraft,
): { readonly ok: true; readonly channel: AlertChannel } | { readonly ok: false; readonly fields: AlertField[] } {
  const parsed = alertChannelSchema.safeParse(draft);
  if (parsed.success) return { ok: true, channel: parsed.data };
  return { ok: false, fields: [...new Set(parsed.error.issues.map(({ path }) => path[0] as AlertField))] };
}

/** Where knowing the address is all it takes, it is the secret, and there is no channel without it. */
export function needsSecret(kind: AlertChannelKind): boolean {
  return kind === 'webhook' || kind === 'healthchecks';
}

const ports = { tls: 465, starttls: 587, none: 25 } as const;

/** Another security brings its usual port along, unless the port is one of somebody's own. */
export function withSecurity(draft: AlertDraft, security: AlertDraft['security']): AlertDraft {
  const usual = draft.port === ports[draft.security];
  return { ...draft, security, port: usual ? ports[security] : draft.port };
}

/** A free id: `mail-2`. */
export function newAlertId(kind: AlertChannelKind, taken: readonly string[]): string {
  for (let n = 1; ; n += 1) {
    const id = `${kind}-${n}`;
    if (!taken.includes(id)) return id;
  }
}

/** The field an error from outside is about, whatever path it is told with; null where it names none of the form. */
export function fieldOf(field: string | undefined): AlertField | null {
  const last = field?.split(/[.[\]]+/).findLast((part) => part !== '');
  const known: readonly AlertField[] = [
    'name',
    'server',
    'port',
    'security',
    'username',
    'from',
    'to',
    'topic',
    'secret',
  ];
  return known.find((name) => name === last) ?? null;
}
