import { readFileSync } from 'node:fs';
import type { Identity } from '../system/identity.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The local account with this uid. Source: passwd(5). Accounts that only a directory service knows are not found. */
export function accountOf(uid: number, passwd: string = readFileSync('/etc/passwd', 'utf8')): Account | null {
  for (const line of passwd.split('\n')) {
    const [name = '', , id, gid, , home = ''] = line.split(':');
    if (id === String(uid) && home.startsWith('/')) return { name, uid, gid: Number(gid), home };
  }
  return null;
}

/** An account with every group it is a member of. Source: group(5). */
export function identityOf(account: Account, group: string = readFileSync('/etc/group', 'utf8')): Identity {
  const groups = group.split('\n').flatMap((line) => {
    const [, , gid, members = ''] = line.split(':');
    return members.split(',').includes(account.name) ? [Number(gid)] : [];
  });
  return { uid: account.uid, gid: account.gid, groups };
}
