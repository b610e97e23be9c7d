import { z } from 'zod';
import { serializedErrorSchema } from '../errors/schema.ts';

/** Raised when a frame, a command or its parameters change in a way an older peer would misread. */
export const protocolVersion = 2;

/** Longest frame either side accepts, in bytes of UTF-8 without the newline. Lists are paged to stay below it. */
export const maxFrameBytes = 4 * 1024 * 1024;

const requestId = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** main -> helper, one JSON object a line. */
export const clientFrameSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('request'),
    id: requestId,
    command: z.string().max(64),
    params: z.unknown(),
    /** Milliseconds from receipt after which the helper gives up and answers `deadline-exceeded`. */
    deadlineMs: z.number().int().positive().max(86_400_000).optional(),
    /** False: what would need somebody's consent that is not given already is refused, and nobody is asked. */
    mayAsk: z.boolean().default(true),
  }),
  z.strictObject({ type: z.literal('cancel'), id: requestId }),
]);
export type ClientFrame = z.input<typeof clientFrameSchema>;

/** helper -> main. Every request gets exactly one `response`, after its last `event`. */
export const helperFrameSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocol: z.number().int(), version: z.string(), pid: z.number().int() }),
  z.strictObject({ type: z.literal('event'), id: requestId, event: z.unknown() }),
  z.discriminatedUnion('ok', [
    z.strictObject({ type: z.literal('response'), id: requestId, ok: z.literal(true), result: z.unknown() }),
    z.strictObject({ type: z.literal('response'), id: requestId, ok: z.literal(false), error: serializedErrorSchema }),
  ]),
]);
export type HelperFrame = z.infer<typeof helperFrameSchema>;
