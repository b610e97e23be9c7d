import { StillpointError } from '../../../../../shared/errors/index.ts';
import { elements, elementText } from './xml.ts';

export interface ListedObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
}

/** One page of ListObjectsV2; `next` asks for the page after it. */
export function parseListing(
  body: Buffer,
  location: string,
): { readonly objects: ListedObject[]; readonly next: string | undefined } {
  const xml = body.toString('utf8');
  // Nor an answer that was cut off on its way: not every server announces a length.
  if (!xml.includes('<ListBucketResult') || !xml.includes('</ListBucketResult>')) throw notAListing(location);
  const objects = elements(xml, 'Contents').map((entry) => {
    const key = elementText(entry, 'Key');
    const size = Number(elementText(entry, 'Size'));
    if (key === undefined || !Number.isSafeInteger(size) || size < 0) throw notAListing(location);
    return { key, size };
  });
  const isCut = elementText(xml, 'IsTruncated') === 'true';
  const next = elementText(xml, 'NextContinuationToken');
  // Half a list must not pass for a whole one.
  if (isCut && next === undefined) throw notAListing(location);
  return { objects, next: isCut ? next : undefined };
}

function notAListing(location: string): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: `${location} answered something else than a list of objects.`,
    guidance: 'Check the address: an S3 server must be there.',
    field: 'location.endpoint',
    context: { location },
  });
}
