import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, listedKinds } from '../backend/contract.ts';
import { LocalBackend } from '../backend/local/local-backend.ts';
import { openRepository } from '../open.ts';
import { testOptions } from './memory-repository.ts';

interface Made {
  readonly folder: string;
  readonly password: string;
  /** Who has a copy of it. */
  by: object | undefined;
}

/** By program and format. */
const allMade = new Map<string, Made[]>();

/**
 * Restic measures the machine for three seconds when it makes a repository, and each program that opens one pays half a
 * second for its password. What restic made once is used again here, with a key that costs nothing to the same master key:
 * configuration and files are restic's own. Two places that are in use at once never have the same one.
 *
 * At `root`, for `by`; made with `init` where there is none that nobody else uses.
 */
export async function resticMade(
  root: string,
  by: object,
  how: { readonly kind: string; readonly password: string; readonly init: () => Promise<unknown> },
): Promise<void> {
  const made = allMade.get(how.kind) ?? [];
  allMade.set(how.kind, made);
  const known = made.find((each) => each.by === undefined || each.by === by);
  if (known) {
    known.by = by;
    cpSync(known.folder, root, { recursive: true });
    await withFastKey(new LocalBackend(root), known.password, how.password);
    return;
  }
  await how.init();
  await withFastKey(new LocalBackend(root), how.password);
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-restic-made-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  cpSync(root, folder, { recursive: true });
  made.push({ folder, password: how.password, by });
}

/** What `by` used is free for others. */
export function releaseMade(by: object): void {
  for (const made of allMade.values()) for (const each of made) if (each.by === by) each.by = undefined;
}

/** From now on the password, or another, costs nothing, for whoever opens it. */
export async function withFastKey(backend: Backend, password: string, other = password): Promise<void> {
  const repository = await openRepository(backend, { ...testOptions, password });
  await repository.keys.changePassword(other);
}

/** All that is at one place, to another where nothing is. */
export async function copyFiles(from: Backend, to: Backend): Promise<void> {
  await to.prepare();
  const names = await Promise.all(
    listedKinds.map(async (kind) => (await from.list(kind)).map(({ name }) => ({ kind, name }))),
  );
  for (const file of [{ kind: 'config' } as const, ...names.flat()]) {
    const bytes = await from.load(file);
    if (bytes) await to.save(file, bytes);
  }
}

/** Whether something is where restic is to make a repository. */
export function isTaken(root: string): boolean {
  return existsSync(join(root, 'config'));
}
