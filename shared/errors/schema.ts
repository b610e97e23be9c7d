import { z } from 'zod';
import { errorKinds } from './kinds.ts';
import type { SerializedError } from './serialize.ts';

// By itself: threads make and tell errors, and check none. Loading what checks them takes longer than starting a thread.

export const serializedErrorSchema: z.ZodType<SerializedError> = z.lazy(() =>
  z.object({
    kind: z.enum(errorKinds),
    message: z.string(),
    guidance: z.string(),
    field: z.string().optional(),
    retryable: z.boolean(),
    context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    cause: serializedErrorSchema.optional(),
  }),
);
