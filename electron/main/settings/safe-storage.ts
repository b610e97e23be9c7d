import { safeStorage } from 'electron';
import type { Encryption } from './password-store.ts';

/** `basic_text` encrypts with a key that is written in Chromium's source: no store at all. */
const noStore: ReadonlySet<string> = new Set(['basic_text', 'unknown']);

/** Only after the app is ready: before, Electron does not know its backend. */
export function safeStorageEncryption(): Encryption {
  const backend = safeStorage.getSelectedStorageBackend();
  return {
    store: { available: safeStorage.isEncryptionAvailable() && !noStore.has(backend), backend },
    encrypt: (text) => safeStorage.encryptString(text),
    decrypt: (bytes) => safeStorage.decryptString(Buffer.from(bytes)),
  };
}
