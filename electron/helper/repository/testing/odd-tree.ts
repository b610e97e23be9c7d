import { SeededRandom } from './seeded-random.ts';
import { type DirectoryLiteral, dir, file, type Literal, special, symlink } from './tree-literal.ts';

const base = 1_600_000_000_000_000_000n;

/** Names that have broken a backup program somewhere. */
export const oddNames: readonly Buffer[] = [
  '"quoted"',
  'back\\slash',
  'new\nline',
  'tab\tbell\x07',
  '-rf',
  ' leading and trailing ',
  'Ünïcödé 静止点 \u{1f600}',
  'no\u00a0break\u2028line',
  '\ufeffbom',
  '<html>&amp;',
  '$(echo gone)',
  '..hidden',
  'n'.repeat(255),
]
  .map((name) => Buffer.from(name))
  .concat([Buffer.from([0xff, 0xfe, 0x80]), Buffer.from([0x61, 0xc3]), Buffer.from([0xed, 0xa0, 0x80])]);

/** A directory with everything the format can hold. `nonUtf8Links` since restic 0.16 only. */
export function oddTree(options: { readonly nonUtf8Links: boolean }): DirectoryLiteral {
  const random = new SeededRandom(41);
  const named = new Map<Buffer, Literal>();
  for (const [number, name] of oddNames.entries())
    named.set(name, file(`content ${number}`, { inode: BigInt(100 + number) }));
  const links: Record<string, Literal> = {
    relative: symlink('../empty'),
    dangling: symlink('/nowhere/at all'),
    odd: symlink('"quoted" \n<é>'),
  };
  if (options.nonUtf8Links) links['not utf-8'] = symlink(Buffer.from([0x2f, 0xff, 0xfe]));
  const hardlink = { inode: 2n ** 53n + 1n, deviceId: 2n ** 40n + 1n, links: 2n };
  return {
    names: dir(named),
    links: dir(links),
    empty: file('', { inode: 2n ** 64n - 1n }),
    noise: file(random.bytes(5_000_000), { inode: 3n, mtimeNs: base + 123_456_789n }),
    zeros: file(Buffer.alloc(20_000_000), { inode: 4n }),
    text: file('line after line\n'.repeat(200_000), { inode: 5n, mtimeNs: base - 1_700_000_000n * 1_000_000_000n }),
    'linked one': file('linked', hardlink),
    'linked two': file('linked', hardlink),
    'owned by others': file('x', { inode: 6n, uid: 12345, gid: 54321 }),
    'set ids': file('x', { inode: 7n, mode: 0o750 + 2 ** 23 + 2 ** 22 }),
    'sticky dir': dir({}, { mode: 2 ** 31 + 0o777 + 2 ** 20 }),
    attributes: file('x', {
      inode: 8n,
      extendedAttributes: [
        { name: 'user.binary', value: Buffer.from([0, 1, 254, 255]) },
        { name: 'user.text', value: Buffer.from('value') },
      ],
    }),
    pipe: special(0o010640, { inode: 9n }),
    null: special(0o020666, { inode: 10n, device: 0x103n }),
    disk: special(0o060660, { inode: 11n, device: 0x700n }),
    deep: dir({ er: dir({ and: dir({ deeper: dir({ still: file('found') }) }) }) }, { mtimeNs: base + 1n }),
  };
}
