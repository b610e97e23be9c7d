import { z } from 'zod';
import { StillpointError } from '../../../../../shared/errors/index.ts';

export interface RestListing {
  readonly name: string;
  /** In bytes; protocol 1 does not tell. */
  readonly size?: number | undefined;
}

const version1 = z.array(z.string());
const version2 = z.array(z.object({ name: z.string(), size: z.number().int().nonnegative() }));

/** Either version, told by what is in it: some servers name the wrong one in their headers. Null is Go's empty list. */
export function parseList(body: Buffer, location: string): readonly RestListing[] {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw notAList(location, cause);
  }
  if (value === null) return [];
  const sized = version2.safeParse(value);
  if (sized.success) return sized.data;
  const named = version1.safeParse(value);
  if (named.success) return named.data.map((name) => ({ name }));
  throw notAList(location, named.error);
}

function notAList(location: string, cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: `${location} answered something else than a list of files.`,
    guidance: 'Check the address: a server for restic repositories must be there, not a web site.',
    field: 'location.url',
    context: { location },
    cause,
  });
}
