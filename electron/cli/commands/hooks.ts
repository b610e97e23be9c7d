import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';

/** What can be named with `--hook`. */
export async function listHooks(session: Session): Promise<ExitCode> {
  const { folder, problem, hooks } = await session.service.call('hooks.list', {});
  for (const hook of hooks)
    session.output.result(
      { type: 'hook', folder, ...hook },
      hook.problem === '' ? hook.name : `${hook.name}  is not called: ${hook.problem}`,
    );
  if (hooks.length === 0)
    session.output.result(
      { type: 'hooks', folder, count: 0, problem },
      problem === '' ? `There are no hooks in ${folder}.` : problem,
    );
  return exitCodes.done;
}
