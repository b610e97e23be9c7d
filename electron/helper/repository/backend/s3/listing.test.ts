import { describe, expect, it } from 'vitest';
import { parseListing } from './listing.ts';

const entry = (key: string): string => `<Contents><Key>${key}</Key><Size>7</Size></Contents>`;
const page = `<?xml version="1.0"?><ListBucketResult xmlns="x"><Name>b</Name>${entry('a')}${entry('b')}<IsTruncated>false</IsTruncated></ListBucketResult>`;

describe('a list of objects', () => {
  it('is one only with its end: half of it must not pass for all', () => {
    expect(parseListing(Buffer.from(page), 's3').objects).toHaveLength(2);
    for (let length = 0; length < page.length; length += 1)
      expect(() => parseListing(Buffer.from(page.slice(0, length)), 's3')).toThrow(/something else/);
  });

  it('that is cut says how it goes on', () => {
    const cut = page.replace('false', 'true');
    expect(() => parseListing(Buffer.from(cut), 's3')).toThrow(/something else/);
    const next = cut.replace('</ListB', '<NextContinuationToken>n</NextContinuationToken></ListB');
    expect(parseListing(Buffer.from(next), 's3').next).toBe('n');
  });
});
