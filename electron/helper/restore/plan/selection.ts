import { unquoteName } from '../../repository/index.ts';
import { badInput } from '../errors.ts';

/** What was chosen below a directory. `isWhole`: it and everything below. */
export interface Choice {
  isWhole: boolean;
  readonly below: Map<string, Choice>;
}

/** Any bytes as a map key, one to one. */
export function nameKey(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
}

export function newChoice(isWhole = false): Choice {
  return { isWhole, below: new Map() };
}

/** Adds a path to what is chosen. What lies inside something chosen as a whole adds nothing. */
export function choose(choice: Choice, steps: readonly Buffer[]): void {
  let at = choice;
  for (const step of steps) {
    if (at.isWhole) return;
    const key = nameKey(step);
    const next = at.below.get(key) ?? newChoice();
    at.below.set(key, next);
    at = next;
  }
  at.isWhole = true;
  at.below.clear();
}

/** Whether anything at all is chosen. */
export function isEmptyChoice(choice: Choice): boolean {
  return !choice.isWhole && choice.below.size === 0;
}

/** `/a/b\n` in its quoted form as names. Refuses what could mean another place. */
export function parseSnapshotPath(path: string, field: string): Buffer[] {
  const steps = path.split('/').filter((part) => part.length > 0);
  return steps.map((part) => {
    const name = unquote(part, path, field);
    const isDots = name.equals(Buffer.from('.')) || name.equals(Buffer.from('..'));
    if (name.length === 0 || name.includes(0) || name.includes(0x2f) || isDots) {
      throw badInput(field, `${path} is not a path inside a snapshot.`, 'Choose the entry again from the snapshot.');
    }
    return name;
  });
}

function unquote(part: string, path: string, field: string): Buffer {
  try {
    return unquoteName(part);
  } catch {
    throw badInput(field, `${path} is not a path inside a snapshot.`, 'Choose the entry again from the snapshot.');
  }
}
