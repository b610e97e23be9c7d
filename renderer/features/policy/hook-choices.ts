import type { Hook } from '../../../shared/domain/hooks.ts';
import { byName } from '../../../shared/domain/still-rules.ts';

export interface HookChoice {
  readonly name: string;
  /** Why it is not called, empty when it would be; null: it was chosen, and is not there any more. */
  readonly problem: string | null;
  readonly chosen: boolean;
}

/** What is there and what was chosen, in the order in which they are called. */
export function hookChoices(found: readonly Hook[], chosen: readonly string[]): HookChoice[] {
  const gone = chosen.filter((name) => !found.some((hook) => hook.name === name));
  return [
    ...found.map(({ name, problem }) => ({ name, problem, chosen: chosen.includes(name) })),
    ...gone.map((name) => ({ name, problem: null, chosen: true })),
  ].sort((a, b) => byName(a.name, b.name));
}
