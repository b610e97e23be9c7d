import { randomBytes } from 'node:crypto';
import { type SourceId, sourceIdSchema } from '../../../shared/domain/ids.ts';

/** Readable beginning from the name, random end: never reused, fit for a tag. */
export function newSourceId(name: string): SourceId {
  const words = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 24);
  return sourceIdSchema.parse(`${words === '' ? 'source' : words}-${randomBytes(5).toString('hex')}`);
}
