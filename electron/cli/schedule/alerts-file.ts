import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { type AlertChannel, alertChannelSchema, alertSecretSchema } from '../../../shared/domain/alerts.ts';
import { usage } from '../options/usage.ts';

const maxBytes = 256 * 1024;

const contentSchema = z
  .array(z.object({ channel: alertChannelSchema, secret: alertSecretSchema.nullable().default(null) }))
  .max(50);

export interface ReachableChannel {
  readonly channel: AlertChannel;
  readonly secret: string | null;
}

/**
 * `[{"channel": {...}, "secret": "..."}]`. It holds secrets: it must belong to who runs us, or to root, and nobody else may
 * read it. Rejects with `wrong-usage` otherwise; no text repeats what is in it.
 */
export function readAlertsFile(path: string, uid = process.getuid?.() ?? 0): ReachableChannel[] {
  const content = contentSchema.safeParse(parsed(path, textOf(path, uid)));
  if (content.success) return content.data;
  const [issue] = content.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw usage('--alerts', `${path} is not a list of channels: ${where}: ${issue?.message ?? ''}`, example);
}

const example =
  'Write it like [{"channel": {"kind": "ntfy", "id": "phone", "enabled": true, "server": "https://ntfy.sh", "topic": "backups"}, "secret": null}].';

function textOf(path: string, uid: number): string {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw usage('--alerts', `${path} cannot be read.`, 'Check its name and its permissions.', cause);
  }
  try {
    // Of the file that was opened: another one may bear its name by now.
    const { uid: owner, mode, size } = fstatSync(fd);
    if (owner !== uid && owner !== 0) {
      throw usage('--alerts', `${path} belongs to somebody else.`, `Make it yours: chown ${uid} ${path}`);
    }
    if ((mode & 0o077) !== 0) {
      throw usage(
        '--alerts',
        `Others can read or change ${path}, which holds secrets.`,
        `Keep it to yourself: chmod 600 ${path}`,
      );
    }
    if (size > maxBytes) throw usage('--alerts', `${path} is too long.`, 'Name the right file.');
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says quotes the text, which holds secrets.
    throw usage('--alerts', `${path} is no JSON.`, example);
  }
}
