import { basename, resolve } from 'node:path';
import { StillpointError } from '../../../shared/errors/index.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { obtainPassword } from '../password.ts';
import type { Session } from '../session.ts';

export async function init(session: Session, options: { readonly name?: string }): Promise<ExitCode> {
  const { repo } = session.options;
  if (repo === undefined) {
    throw new StillpointError({
      kind: 'wrong-usage',
      field: '--repo',
      message: 'Where to create the repository is not said.',
      guidance: 'Name a folder: --repo PATH.',
    });
  }
  const path = resolve(repo);
  const password = await obtainPassword(session.passwords, `New password for ${path}`);
  const name = options.name ?? (basename(path) || path);
  const location = { kind: 'local' as const, path };
  const repository = await session.service.call('repositories.create', { name, location, password });
  session.output.result(
    { type: 'repository', ...repository },
    `Created repository ${repository.id.slice(0, 8)} at ${path}.\nWithout its password nobody can read it: keep a copy in a safe place.`,
  );
  return exitCodes.done;
}
