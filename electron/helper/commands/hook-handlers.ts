import type { Policy } from '../../../shared/domain/policy.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { Hooks } from '../quiesce/index.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';

const mostListed = 1000;

export function hookHandlers({ hooks }: HelperContext): Pick<Handlers, 'hooks.list'> {
  return {
    'hooks.list': async () => {
      const { folder, problem, hooks: found } = hooks.list();
      return { folder, problem, hooks: found.slice(0, mostListed).map((hook) => ({ ...hook })) };
    },
  };
}

/** Whoever names a hook is told at once that it cannot be called, and not when the first backup copies live for it. */
export function refuseUnusableHooks(hooks: Pick<Hooks, 'problem'>, before: Policy | null, { still }: Policy): void {
  const added = still.hooks.filter((name) => !before?.still.hooks.includes(name));
  const problem = hooks.problem(added);
  if (problem === null) return;
  throw new StillpointError({
    kind: 'bad-input',
    field: 'policy.still.hooks',
    message: problem,
    guidance:
      'Hooks are programs in a folder of the system, which root owns and nobody else can write to; see the list of hooks.',
  });
}
