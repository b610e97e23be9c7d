import { MemoryBackend } from '../backend/memory/memory-backend.ts';

/** The same files in a backend of their own. */
export function memoryCopy(from: MemoryBackend): MemoryBackend {
  const copy = new MemoryBackend();
  for (const [key, bytes] of from.files) copy.files.set(key, Buffer.from(bytes));
  return copy;
}

export function keysOf(backend: MemoryBackend, kind: string): string[] {
  return [...backend.files.keys()].filter((key) => key.startsWith(`${kind}/`));
}

export function flip(backend: MemoryBackend, key: string, at: number): void {
  const bytes = backend.files.get(key);
  if (bytes === undefined) throw new Error(`there is no ${key}`);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
}
