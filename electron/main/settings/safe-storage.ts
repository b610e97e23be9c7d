import { safeStorage } from 'electron';
import type { SecretStore } from '../../../shared/ipc/app.ts';
import type { Encryption } from './password-store.ts';

/** `basic_text` encrypts with a key that is written in Chromium's source: no store at all. */
const noStore: ReadonlySet<string> = new Set(['basic_text', 'unknown']);

/**
 * Only after the app is ready: before, Electron does not know its backend. The store is asked when it is first needed and
 * not at the start: a keyring that is locked asks its own question, and nothing goes on until that is answered.
 */
export function safeStorageEncryption(): Encryption {
  let known: SecretStore | undefined;
  return {
    get store(): SecretStore {
      known ??= look();
      return known;
    },
    encrypt: (text) => safeStorage.encryptString(text),
    decrypt: (bytes) => safeStorage.decryptString(Buffer.from(bytes)),
  };
}

function look(): SecretStore {
  const backend = safeStorage.getSelectedStorageBackend();
  return { available: !noStore.has(backend) && safeStorage.isEncryptionAvailable(), backend };
}
