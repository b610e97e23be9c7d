import type { AnswerOf, HandJob, HandSettings, PackRange } from '../restore/index.ts';

export type HandThreadData = HandSettings;

/** Everything but bytes goes as text: cloning an object for each small file would cost more than writing it. */
export interface ToHand {
  readonly number: number;
  readonly text: string;
  readonly ranges: readonly PackRange[];
}

export interface FromHand {
  readonly number: number;
  readonly text: string;
}

export function encodeJob(number: number, job: HandJob): { message: ToHand; transfer: ArrayBuffer[] } {
  if (!('ranges' in job)) return { message: { number, text: JSON.stringify(job), ranges: [] }, transfer: [] };
  const { ranges, ...rest } = job;
  return { message: { number, text: JSON.stringify(rest), ranges }, transfer: ranges.flatMap(ownMemory) };
}

/** Memory of which the bytes are all goes over; of what others have a part in, a copy does. */
function ownMemory(range: PackRange): ArrayBuffer[] {
  if (!('bytes' in range) || !(range.bytes.buffer instanceof ArrayBuffer)) return [];
  return range.bytes.byteLength === range.bytes.buffer.byteLength ? [range.bytes.buffer] : [];
}

export function decodeJob({ text, ranges }: ToHand): HandJob {
  return { ...JSON.parse(text), ranges } as HandJob;
}

export function encodeAnswers(number: number, answers: AnswerOf[HandJob['kind']]): FromHand {
  return { number, text: JSON.stringify(answers) };
}

export function decodeAnswers({ text }: FromHand): AnswerOf[HandJob['kind']] {
  return JSON.parse(text) as AnswerOf[HandJob['kind']];
}
