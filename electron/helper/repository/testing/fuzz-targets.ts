import type { BlobId } from '../../../../shared/domain/ids.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { parseList } from '../backend/rest/list.ts';
import { parseListing } from '../backend/s3/listing.ts';
import { NotThisProtocol, PacketReader, PacketSplitter } from '../backend/sftp/wire.ts';
import { compressBlob, decompressBlob } from '../crypto/compression.ts';
import { sha256 } from '../crypto/hash.ts';
import { decodeConfig, encodeConfig } from '../format/config.ts';
import { decodeIndexFile, encodeIndexFile } from '../format/index-file.ts';
import { decodeKeyFile, encodeKeyFile } from '../format/key-file.ts';
import { decodeLockFile, encodeLockFile } from '../format/lock-file.ts';
import { unquoteName } from '../format/names.ts';
import { isFileName } from '../format/node.ts';
import { decodePackHeader, encodePackHeader } from '../format/pack-header.ts';
import { decodeSnapshotFile, encodeSnapshotFile, retagSnapshotFile } from '../format/snapshot-file.ts';
import { decodeTime } from '../format/times.ts';
import { decodeTree, encodeTree } from '../format/tree.ts';
import { TreeText } from '../format/tree-text.ts';
import { decodeUnpacked, encodeUnpacked } from '../format/unpacked.ts';
import { Escaped, type FuzzTarget } from './fuzz-target.ts';

const id = (n: number): string => sha256(Buffer.of(n));
const ns = 1_700_000_000_123_456_789n;
const text = (value: string): Buffer => Buffer.from(value, 'utf8');
const idNamed = (n: number) => id(n) as BlobId;
const owner = { hostname: 'machine', username: 'user', uid: 1000, gid: 1000 };

const treeSeeds = [
  encodeTree([]),
  encodeTree([
    {
      ...{ name: Buffer.from('odd "name"\n\xff', 'latin1'), type: 'file', mode: 0o644, size: 2n ** 60n, links: 2n },
      ...{ mtimeNs: ns, atimeNs: -ns, ctimeNs: 0n, uid: 1, gid: 2, user: 'u', group: 'g', inode: 2n ** 64n - 1n },
      ...{ deviceId: 5n, device: 0n, content: [idNamed(1), idNamed(2)] },
      extendedAttributes: [{ name: 'user.x', value: Buffer.of(0, 255) }],
    },
    {
      ...{ name: Buffer.from('folder'), type: 'dir', mode: 2 ** 31 + 0o755, size: 0n, links: 1n, mtimeNs: ns },
      ...{ atimeNs: ns, ctimeNs: ns, uid: 0, gid: 0, inode: 7n, deviceId: 5n, device: 0n, subtree: idNamed(3) },
    },
    {
      ...{ name: Buffer.from('link'), type: 'symlink', mode: 2 ** 27 + 0o777, size: 0n, links: 1n, mtimeNs: ns },
      ...{ atimeNs: ns, ctimeNs: ns, uid: 0, gid: 0, inode: 8n, deviceId: 5n, device: 0n },
      linkTarget: Buffer.from('../\xfe', 'latin1'),
    },
    {
      ...{ name: Buffer.from('disk'), type: 'dev', mode: 2 ** 26 + 0o660, size: 0n, links: 1n, mtimeNs: ns },
      ...{ atimeNs: ns, ctimeNs: ns, uid: 0, gid: 0, inode: 9n, deviceId: 5n, device: 0x700n },
    },
  ]),
];

const blobs = [
  { type: 'data', id: id(1), offset: 0, length: 500, uncompressedLength: 0 },
  { type: 'tree', id: id(2), offset: 500, length: 300, uncompressedLength: 1000 },
] as const;

const snapshot = encodeSnapshotFile({
  ...{ timeNs: ns, offsetMinutes: 60, tree: idNamed(1), paths: ['/home', '/srv'], ...owner, excludes: ['*.tmp'] },
  ...{ tags: ['stillpoint:1', 'run:1'], programVersion: 'program 1' },
});
const plain = Buffer.from('a line and a line and a line, and so on. '.repeat(20));

const decoders: readonly FuzzTarget[] = [
  {
    name: 'tree',
    seeds: treeSeeds,
    run(input) {
      const { nodes } = decodeTree(input);
      for (const [at, node] of nodes.entries())
        if (at > 0 && nodes[at - 1]?.name.equals(node.name)) throw new Escaped('a name twice');
      // What restic would not write may differ in form; what is read from it must be the same.
      if (nodes.every(({ name }) => isFileName(name)) && decodeTree(encodeTree(nodes)).nodes.length !== nodes.length)
        throw new Escaped('an entry was lost');
    },
  },
  {
    name: 'tree text',
    seeds: treeSeeds,
    run: (input) => TreeText.of(sha256(input) as BlobId, input),
  },
  {
    name: 'index file',
    seeds: [
      text(encodeIndexFile({ supersedes: [id(9)], packs: [{ id: id(8) as never, blobs }] })),
      text(encodeIndexFile({ supersedes: [], packs: [] })),
    ],
    run: (input) => decodeIndexFile(input.toString('utf8')),
  },
  {
    name: 'snapshot file',
    seeds: [text(snapshot)],
    run(input) {
      const written = input.toString('utf8');
      decodeSnapshotFile(written);
      decodeSnapshotFile(retagSnapshotFile(written, id(4) as never, ['pinned']));
    },
  },
  {
    name: 'lock file',
    seeds: [text(encodeLockFile({ timeNs: ns, exclusive: true, pid: 77, ...owner }))],
    run: (input) => decodeLockFile(input.toString('utf8')),
  },
  {
    name: 'key file',
    seeds: [
      text(
        encodeKeyFile({
          ...{ hostname: 'h', username: 'u', createdNs: ns, cost: { N: 32768, r: 8, p: 9 } },
          ...{ salt: Buffer.alloc(64, 1), data: Buffer.alloc(200, 2) },
        }),
      ),
    ],
    run: (input) => decodeKeyFile(input.toString('utf8')),
  },
  {
    name: 'configuration',
    seeds: [
      text(encodeConfig({ version: 2, id: id(5) as never, chunkerPolynomial: '3da3358b4dc173', chunkerVersion: 1 })),
    ],
    run: (input) => decodeConfig(input.toString('utf8')),
  },
  {
    name: 'pack header',
    seeds: [encodePackHeader(blobs), encodePackHeader([])],
    run(input) {
      const read = decodePackHeader(input, 800);
      for (const { offset, length } of read) if (offset + length > 800) throw new Escaped('a blob beyond its pack');
    },
  },
  {
    name: 'document',
    seeds: [encodeUnpacked('{"packs":[]}', 2), encodeUnpacked('{"packs":[]}', 1)],
    run: (input) => decodeUnpacked(input, 'A document'),
  },
  {
    name: 'compressed blob',
    seeds: [compressBlob(plain) ?? plain],
    run(input) {
      const opened = decompressBlob(input, plain.length);
      if (opened !== undefined && opened.length !== plain.length) throw new Escaped('another length');
    },
  },
  {
    name: 'quoted name',
    seeds: [text('a\\"b\\\\c\\n\\xff\\u00a0\\U0001f600'), text('plain')],
    run: (input) => unquoteName(input.toString('utf8')),
  },
  {
    name: 'time',
    seeds: [text('2023-11-14T22:13:20.123456789+01:00'), text('1901-01-01T00:00:00Z')],
    run: (input) => decodeTime(input.toString('utf8'), 'A time'),
  },
];

const servers: readonly FuzzTarget[] = [
  {
    name: 'list of a REST server',
    seeds: [text(`[{"name":"${id(1)}","size":5}]`), text(`["${id(1)}","${id(2)}"]`)],
    run: (input) => parseList(input, 'rest'),
  },
  {
    name: 'list of an S3 server',
    seeds: [
      text(
        `<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken><Contents><Key>data/${id(1)}</Key><Size>12</Size></Contents></ListBucketResult>`,
      ),
    ],
    run: (input) => parseListing(input, 's3'),
  },
  {
    name: 'packets of an SFTP server',
    seeds: [
      Buffer.from('0000001968000000010000000100000001610000000161000000000000', 'hex'),
      Buffer.from('000000116500000002000000040000000000000000', 'hex'),
    ],
    run(input) {
      try {
        const splitter = new PacketSplitter();
        const middle = input.length >> 1;
        for (const piece of [input.subarray(0, middle), input.subarray(middle)])
          for (const packet of splitter.push(piece)) readAll(new PacketReader(packet));
      } catch (error) {
        if (!(error instanceof NotThisProtocol)) throw error;
      }
    },
  },
];

/** As the answers of a server are read: numbers, texts, attributes. */
function readAll(packet: PacketReader): void {
  packet.uint32();
  for (let count = packet.type === 0x68 ? packet.uint32() : 0; count > 0; count -= 1) {
    packet.string();
    packet.string();
    packet.attributes();
  }
  if (packet.type === 0x65) packet.attributes();
}

/** What the engine reads from repositories and servers. */
export const repositoryFuzzTargets: readonly FuzzTarget[] = [...decoders, ...servers];

/** Runs one input; what is found wrong is thrown. */
export function tryInput({ run }: FuzzTarget, input: Buffer): void {
  try {
    run(input);
  } catch (error) {
    if (!(error instanceof StillpointError) || error.kind === 'internal') throw error;
  }
}
