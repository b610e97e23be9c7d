import { StillpointError } from '../../../shared/errors/index.ts';
import { type HelperCommandName, helperContract } from '../../../shared/helper/contract.ts';
import { type ClientFrame, maxFrameBytes } from '../../../shared/helper/frames.ts';

export interface RequestOptions {
  readonly deadlineMs?: number | undefined;
  /** Default true. */
  readonly mayAsk?: boolean | undefined;
}

/** One request as a line. Throws `bad-input`, naming the field, before anything is sent. */
export function encodeRequest(
  id: number,
  name: HelperCommandName,
  params: unknown,
  { deadlineMs, mayAsk }: RequestOptions,
): string {
  const checked = helperContract[name].params.safeParse(params);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new StillpointError({
      kind: 'bad-input',
      message: `This cannot be asked of the backup helper: ${issue?.message ?? 'wrong form'}.`,
      guidance: 'Correct it and try again. Nothing was changed.',
      field: issue?.path.map(String).join('.') || undefined,
      context: { command: name },
    });
  }
  const frame: ClientFrame = {
    type: 'request',
    id,
    command: name,
    params: checked.data,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(mayAsk === false ? { mayAsk } : {}),
  };
  const line = JSON.stringify(frame);
  if (Buffer.byteLength(line) > maxFrameBytes) {
    throw new StillpointError({
      kind: 'bad-input',
      message: 'This is too much for one request.',
      guidance: 'Choose whole folders instead of many single files, or do it in parts.',
      context: { command: name },
    });
  }
  return `${line}\n`;
}
