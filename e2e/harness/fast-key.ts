import { readFileSync, writeFileSync } from 'node:fs';
import { LocalBackend, openRepository } from '../../electron/helper/repository/index.ts';

/**
 * A password hash is meant to cost half a second, and every command pays that. What is tested is seldom that: the password of
 * a new repository gets a key that costs nothing, and the registry says so as after a change of the password.
 */
export async function giveFastKey(repository: string, password: string, registry: string): Promise<void> {
  const opened = await openRepository(new LocalBackend(repository), { password, kdf: 'test' });
  const { currentId } = opened.keys;
  const id = await opened.keys.changePassword(password);
  writeFileSync(registry, readFileSync(registry, 'utf8').replaceAll(currentId, id));
}
