import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** One line of JSON to whoever started this, written before it returns. */
export function say(event: string, facts: Readonly<Record<string, unknown>> = {}): void {
  const text = JSON.stringify({ event, ...facts }, (_, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  writeSync(1, `${text}\n`);
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** The next line; ends this process at the end of input. */
export async function nextLine(): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) process.exit(0);
  return value;
}
