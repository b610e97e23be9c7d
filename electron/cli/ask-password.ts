import type { ReadStream } from 'node:tty';
import { cancelled } from '../../shared/errors/index.ts';

/** Reads one line from a terminal without showing it. Ctrl+C and Ctrl+D give up. */
export function askWithoutEcho(input: ReadStream, write: (text: string) => void, question: string): Promise<string> {
  write(`${question}: `);
  input.setRawMode(true);
  input.resume();
  let text = '';
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
      write('\n');
      settle();
    };
    const onData = (piece: Buffer): void => {
      for (const character of piece.toString('utf8')) {
        if (character === '\r' || character === '\n') {
          end(() => resolve(text));
          return;
        }
        if (character === '\u0003' || character === '\u0004') {
          end(() => reject(cancelled()));
          return;
        }
        text = character === '\u007f' || character === '\b' ? [...text].slice(0, -1).join('') : text + character;
      }
    };
    input.on('data', onData);
  });
}
