import { diskError, type FaultyBackend } from './faulty.ts';

/** Every change from the nth one on fails, locks aside: as if the process had ended there. */
export function breakAfter(backend: FaultyBackend, nth: number): void {
  let changes = 0;
  const count = (): void => {
    changes += 1;
    if (changes >= nth) throw diskError();
  };
  for (const kind of ['index', 'pack', 'snapshot'] as const) {
    backend.on('save', kind).every().calls(count);
    backend.on('remove', kind).every().calls(count);
  }
}
