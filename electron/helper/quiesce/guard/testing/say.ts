import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** One line of JSON to the test, written before this returns. */
export function say(event: string, facts: Readonly<Record<string, unknown>> = {}): void {
  const text = JSON.stringify({ event, ...facts }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  writeSync(1, `${text}\n`);
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Resolves when the test has sent this line; at the end of input too. */
export async function told(expected: string): Promise<void> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true || value === expected) return;
  }
}
