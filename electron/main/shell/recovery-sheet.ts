import { recoveryPage } from './recovery-page.ts';
import { recoveryPassword } from './recovery-password.ts';

export interface RecoverySheetOptions {
  /** Asks where to save it; null: the user closed the dialog. */
  readonly pickPath: (suggestedName: string) => Promise<string | null>;
  readonly addKey: (password: string, label: string) => Promise<{ keyId: string }>;
  readonly removeKey: (keyId: string) => Promise<void>;
  readonly printPdf: (html: string) => Promise<Uint8Array>;
  readonly writeFile: (path: string, bytes: Uint8Array) => Promise<void>;
  readonly hostname: string;
  readonly now: () => number;
}

export interface SheetRepository {
  readonly id: string;
  readonly name: string;
  readonly place: string;
}

/**
 * A sheet with a key of its own. The place is asked first: a closed dialog leaves no key behind. A key whose sheet could
 * not be written is removed again; when even that fails, both errors are told.
 */
export async function makeRecoverySheet(
  repository: SheetRepository,
  options: RecoverySheetOptions,
): Promise<string | null> {
  const date = new Date(options.now());
  const day = date.toISOString().slice(0, 10);
  const path = await options.pickPath(`Stillpoint recovery sheet ${repository.name.replaceAll('/', ' ')} ${day}.pdf`);
  if (path === null) return null;
  const password = recoveryPassword();
  const { keyId } = await options.addKey(password, `Recovery sheet ${day}`);
  try {
    const html = recoveryPage({
      repositoryName: repository.name,
      repositoryId: repository.id,
      place: repository.place,
      password,
      hostname: options.hostname,
      date: date.toLocaleDateString(undefined, { dateStyle: 'long' }),
    });
    await options.writeFile(path, await options.printPdf(html));
    return path;
  } catch (error) {
    await options.removeKey(keyId).catch((second: unknown) => {
      throw new AggregateError([error, second], 'The sheet was not written, and its key could not be removed again.');
    });
    throw error;
  }
}
