import { readFile } from 'node:fs/promises';

/** Names of accounts as this machine has them. Unknown ids have none; restoring goes by number unless told otherwise. */
export interface AccountNames {
  user(uid: number): string | undefined;
  group(gid: number): string | undefined;
}

/**
 * Reads the account files once (passwd(5), group(5)), before anything is held still: a lookup must neither wait for a
 * name service nor read a filesystem that may be frozen. Accounts that live only in a directory service stay numbers.
 */
export async function readAccountNames(passwd = '/etc/passwd', group = '/etc/group'): Promise<AccountNames> {
  const [users, groups] = await Promise.all([readNames(passwd), readNames(group)]);
  return { user: (uid) => users.get(uid), group: (gid) => groups.get(gid) };
}

async function readNames(path: string): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  const text = await readFile(path, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (!name || !id || !/^\d+$/.test(id)) continue;
    // The first entry of an id wins, as getpwuid(3) has it.
    if (!names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
