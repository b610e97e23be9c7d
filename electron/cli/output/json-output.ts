import { serializeError } from '../../../shared/errors/index.ts';
import type { Output } from './output.ts';

/** One JSON object a line, each tagged with `type`; everything on standard output, so that nothing is lost in a pipe. */
export function jsonOutput(write: (text: string) => void): Output {
  const line = (record: object): void => write(`${JSON.stringify(record)}\n`);
  return {
    result: (record) => line(record),
    runEvent: (event) => line(event),
    error: (error) => line({ type: 'error', ...serializeError(error) }),
  };
}
