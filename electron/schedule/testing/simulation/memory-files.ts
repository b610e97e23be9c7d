import type { LineFile } from '../../journal/line-file.ts';
import type { SimulatedProcess } from './process.ts';

/** The content of one journal, whoever writes it, and every whole line that was ever added. */
export class MemoryFile {
  text = '';
  version = 0;
  readonly ever: string[] = [];

  /** As one process sees it. */
  for(process: SimulatedProcess): LineFile {
    return {
      version: () => process.ask(() => String(this.version)),
      read: () => process.ask(() => this.text),
      append: (lines) =>
        process.write((cut) => {
          const separator = this.text !== '' && !this.text.endsWith('\n') ? '\n' : '';
          const added = `${separator}${lines.join('\n')}\n`;
          const kept = cut === 'nothing' ? 0 : cut === 'all' ? added.length : Math.floor(added.length / 2);
          this.text += added.slice(0, kept);
          this.version++;
          this.ever.push(...added.slice(0, kept).split('\n').filter(isWhole));
        }),
      replace: (lines) =>
        process.write((cut) => {
          // A rename is there or it is not.
          if (cut === 'all') this.text = lines.map((line) => `${line}\n`).join('');
          this.version++;
        }),
    };
  }
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
