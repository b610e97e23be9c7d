import type { RunEvent } from '../../../shared/domain/run.ts';
import type { StillpointError } from '../../../shared/errors/index.ts';

/** A thing a command says: tagged data for programs, and the same as text for people. */
export interface Record {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Where a command writes. Results go to standard output; progress, notes and errors never mix with them for people. */
export interface Output {
  /** One result. `text` is what a person sees; empty shows nothing. */
  result(record: Record, text: string): void;
  runEvent(event: RunEvent): void;
  error(error: StillpointError): void;
}
