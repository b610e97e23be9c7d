import { createInterface } from 'node:readline';
import { cancelled } from '../../shared/errors/index.ts';

/** Only a plain yes is one; Ctrl+D is a no. Ctrl+C gives up. Nothing of it goes to standard output. */
export function askForYes(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<boolean> {
  const lines = createInterface({ input, output });
  return new Promise((resolve, reject) => {
    lines.on('SIGINT', () => {
      reject(cancelled());
      lines.close();
    });
    lines.on('close', () => resolve(false));
    lines.question(`${question} [y/N] `, (answer) => {
      resolve(/^\s*y(es)?\s*$/i.test(answer));
      lines.close();
    });
  });
}
