import { locationName, locationText } from '../../../shared/domain/location.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { obtainPassword } from '../password.ts';
import { namedPlace, type Session } from '../session.ts';

export async function init(session: Session, options: { readonly name?: string }): Promise<ExitCode> {
  const { location, credentials } = namedPlace(session);
  const place = locationText(location);
  const password = await obtainPassword(session.passwords, `New password for ${place}`);
  const name = options.name ?? locationName(location);
  const repository = await session.service.call('repositories.create', { name, location, credentials, password });
  session.output.result(
    { type: 'repository', ...repository },
    `Created repository ${repository.id.slice(0, 8)} at ${place}.\nWithout its password nobody can read it: keep a copy in a safe place.`,
  );
  return exitCodes.done;
}
