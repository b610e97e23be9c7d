import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startServer, type TestServer } from './server-process.ts';

/** What s3rver accepts; it knows one pair. */
export const testKeys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

const script = `
import S3rver from '@20minutes/s3rver';
const [port, folder, signatures] = process.argv.slice(2);
const allowMismatchedSignatures = signatures === 'any';
await new S3rver({ port: Number(port), address: '127.0.0.1', directory: folder, silent: true, allowMismatchedSignatures }).run();
`;

/**
 * s3rver, a server of its own that keeps objects in a folder and verifies signatures. Restic signs the address of a bucket
 * with a slash at its end, which this server computes without: for restic `signatures` must be `any`.
 */
export function startS3rver(
  settings: { readonly folder?: string; readonly port?: number; readonly signatures?: 'right' | 'any' } = {},
): Promise<TestServer> {
  const modules = dirname(dirname(dirname(createRequire(import.meta.url).resolve('@20minutes/s3rver/package.json'))));
  return startServer((port, folder) => {
    const file = join(folder, 's3rver.mjs');
    const from = join(modules, '@20minutes/s3rver/lib/s3rver.js');
    writeFileSync(file, script.replace('@20minutes/s3rver', from));
    return {
      program: process.execPath,
      args: [
        '--no-warnings',
        '--openssl-legacy-provider',
        file,
        String(port),
        join(folder, 'buckets'),
        settings.signatures ?? 'right',
      ],
    };
  }, settings);
}
