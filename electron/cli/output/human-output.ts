import type { RunEvent, RunResult } from '../../../shared/domain/run.ts';
import type { StillpointError } from '../../../shared/errors/index.ts';
import type { Output } from './output.ts';
import { phaseWords } from './phase-words.ts';
import { progressLine } from './progress-line.ts';
import { formatDuration } from './units.ts';

/** Warnings shown in full; the rest is counted. `--json` has them all. */
const maxShownWarnings = 20;

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Width in columns; null when standard error is no terminal: then no line is ever rewritten. */
  readonly columns: () => number | null;
}

export function humanOutput(terminal: Terminal): Output {
  let live = false;
  const clear = (): void => {
    if (live) terminal.err('\r\u001b[K');
    live = false;
  };
  return {
    result(_record, text) {
      clear();
      if (text !== '') terminal.out(`${text}\n`);
    },
    runEvent(event) {
      const columns = terminal.columns();
      if (event.type === 'progress') {
        if (columns === null) return;
        clear();
        terminal.err(progressLine(event.phase, event.progress, columns));
        live = true;
        return;
      }
      const text = describeEvent(event);
      if (text === '') return;
      clear();
      terminal.err(`${text}\n`);
    },
    error(error) {
      clear();
      terminal.err(`${describeError(error)}\n`);
    },
  };
}

export function describeError(error: StillpointError): string {
  const where = error.field === undefined ? '' : `${error.field}: `;
  return `stillpoint: ${where}${error.message}${error.guidance === '' ? '' : `\n  ${error.guidance}`}`;
}

function describeEvent(event: RunEvent): string {
  switch (event.type) {
    case 'run-started':
      return event.title;
    case 'phase-finished':
      return `  ${phaseWords(event.phase).padEnd(30)} ${formatDuration(event.durationMs)}`;
    case 'held':
      return `  Held still for ${formatDuration(event.stallMs)}`;
    case 'note':
      return `  ${event.severity === 'warning' ? 'Warning: ' : ''}${event.text}`;
    case 'run-finished':
      return describeWarnings(event.result);
    case 'phase-started':
    case 'progress':
      return '';
  }
}

function describeWarnings({ warnings, warningsTotal }: RunResult): string {
  if (warningsTotal === 0) return '';
  const shown = warnings.slice(0, maxShownWarnings);
  const lines = shown.map(({ text, path }) => `  Warning: ${path === undefined ? text : `${path}: ${text}`}`);
  const more = warningsTotal - shown.length;
  return [...lines, ...(more > 0 ? [`  … and ${more} more; --json lists them`] : [])].join('\n');
}
