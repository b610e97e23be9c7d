import type { FuzzTarget } from '../../../electron/helper/repository/testing/fuzz-target.ts';
import { evidenceSchema } from '../../../shared/domain/evidence.ts';
import { ignoreLineProblem } from '../../../shared/domain/excludes/ignore-line.ts';
import { pathClass } from '../../../shared/domain/excludes/path-class.ts';
import { parseLocation } from '../../../shared/domain/location.ts';
import { decodeSnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import { helperContract } from '../../../shared/helper/contract.ts';
import { clientFrameSchema, helperFrameSchema } from '../../../shared/helper/frames.ts';

const text = (value: string): Buffer => Buffer.from(value, 'utf8');
const json = (value: unknown): Buffer => text(JSON.stringify(value));
const id = 'a'.repeat(64);

/** As the server does with a line: JSON, a frame, a command that is known, its parameters. */
function hear(input: Buffer): void {
  const frame = clientFrameSchema.safeParse(parsed(input));
  if (!frame.success || frame.data.type !== 'request') return;
  const { command, params } = frame.data;
  if (Object.hasOwn(helperContract, command))
    helperContract[command as keyof typeof helperContract].params.safeParse(params);
}

/** `undefined` where it is no JSON: that line is refused before anything looks at it. */
function parsed(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString('utf8'));
  } catch {
    return undefined;
  }
}

const request = (command: string, params: unknown): Buffer => json({ type: 'request', id: 1, command, params });

/** What goes over the socket between window, helper and command line, and what people and files write. */
export const protocolFuzzTargets: readonly FuzzTarget[] = [
  {
    name: 'request to the helper',
    seeds: [
      request('repositories.unlock', { id, password: 'p' }),
      request('backup.run', { sourceId: 's', runId: 'a'.repeat(32), askedAt: '2026-01-01T00:00:00.000Z' }),
      request('repositories.create', { name: 'n', password: 'p', location: { kind: 'local', path: '/a' } }),
      request('restore.plan', {
        repositoryId: id,
        snapshotId: id,
        paths: ['/a'],
        target: { kind: 'folder', path: '/b' },
      }),
      json({ type: 'cancel', id: 1 }),
    ],
    run: hear,
  },
  {
    name: 'answer of the helper',
    seeds: [
      json({ type: 'hello', protocol: 2, version: '1', pid: 3 }),
      json({ type: 'event', id: 1, event: { type: 'progress' } }),
      json({ type: 'response', id: 1, ok: false, error: { kind: 'io', message: 'm', guidance: 'g' } }),
    ],
    run: (input) => void helperFrameSchema.safeParse(parsed(input)),
  },
  {
    name: 'location of a repository',
    seeds: [
      'rest:https://user:secret@host:8000/a/b',
      's3:https://host/bucket/prefix',
      'sftp:user@host:/a b',
      'rclone:remote:path',
      '/srv/repo',
    ].map(text),
    run: (input) => parseLocation(input.toString('utf8'), 'location', (path) => path),
  },
  {
    name: 'rule of what is left out',
    seeds: ['*.tmp', '!/a/**/b?', '[!a-z]\\*', '/home/*/.cache/**'].map(text),
    run(input) {
      ignoreLineProblem(input.toString('utf8'));
      pathClass(input.toString('utf8'));
    },
  },
  {
    name: 'tags of a snapshot',
    seeds: ['stillpoint:1,run:1,source:a,level:frozen', 'a,b'].map(text),
    run: (input) => decodeSnapshotTags(input.toString('utf8').split(',')),
  },
  {
    name: 'evidence',
    seeds: [json({ version: 1, runId: '0'.repeat(32), files: {}, detail: {}, machine: {} })],
    run: (input) => void evidenceSchema.safeParse(parsed(input)),
  },
];
