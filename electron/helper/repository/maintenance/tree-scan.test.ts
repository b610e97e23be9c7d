import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { TreeNode } from '../format/node.ts';
import { decodeTree, encodeTree } from '../format/tree.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { TreeScan } from './tree-scan.ts';

const id = (digit: string): BlobId => digit.repeat(64) as BlobId;

function node(name: string, more: Partial<TreeNode> = {}): TreeNode {
  return {
    ...{ name: Buffer.from(name), type: 'file', mode: 0o644, mtimeNs: 1_700_000_000_123_456_789n, atimeNs: 0n },
    ...{ ctimeNs: -1n, uid: 0xffffffff, gid: 0, user: 'root', inode: 77n, deviceId: 2n ** 62n, size: 3n, links: 1n },
    ...{ device: 0n, content: more.type === undefined ? [] : undefined },
    ...more,
  };
}

const folder = (name: string, subtree: BlobId): TreeNode => node(name, { type: 'dir', mode: 2 ** 31 + 0o755, subtree });
const many = [
  node('a file', { content: [id('1'), id('2'), id('1')] }),
  node('b empty', { group: 'wheel' }),
  folder('c folder', id('3')),
  node('d link', { type: 'symlink', linkTarget: Buffer.from('../there') }),
  node('e raw link', { type: 'symlink', linkTarget: Buffer.from([0x66, 0xff]) }),
  node('f device', { type: 'chardev', device: 1281n }),
  node('g attributes', {
    content: [id('4')],
    extendedAttributes: [
      { name: 'user.one', value: Buffer.from('value') },
      { name: 'user.two', value: Buffer.alloc(0) },
    ],
  }),
  node('h größer, 大', { content: [id('5')] }),
  folder('i folder', id('6')),
  node('j <quoted> & "more"\n\\x', { content: [id('7')], user: 'a "user"' }),
  node('k plain after it'),
  { ...node(''), name: Buffer.from([0x6c, 0xff, 0x0a]) },
  folder('m\u00a0folder', id('8')),
];

/** What a listing refers to, node by node, as it is decoded. */
function decoded(bytes: Buffer): unknown {
  return decodeTree(bytes).nodes.map(({ name, content, subtree }) => ({
    name: name.toString('latin1'),
    parts: [...(content ?? [])],
    subtree,
  }));
}

function scanned(scan: TreeScan): unknown {
  return Array.from({ length: scan.size }, (_, at) => ({
    name: scan.nameOf(at).toString('latin1'),
    parts: Array.from({ length: scan.firstPartOf(at + 1) - scan.firstPartOf(at) }, (_, part) =>
      scan.part(scan.firstPartOf(at) + part),
    ),
    subtree: scan.subtreeOf(at),
  }));
}

function isDecoded(bytes: Buffer): boolean {
  try {
    decodeTree(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('what a stored directory refers to, read off its bytes', () => {
  const scan = new TreeScan();

  it('is what decoding it tells', () => {
    for (const nodes of [[], many.slice(0, 1), many]) {
      const bytes = encodeTree(nodes);
      // A raw byte is U+FFFD in the text beside it, which is no trouble.
      expect(scan.take(bytes)).toBe(true);
      expect(scanned(scan)).toEqual(decoded(bytes));
    }
  });

  it('holds for folders of thousands, one after the other', () => {
    const nodes = Array.from({ length: 3000 }, (_, at) =>
      node(`${String(at).padStart(5, '0')}.txt`, { content: [id(String(at % 10)), id('a')] }),
    );
    const bytes = encodeTree(nodes);
    expect(scan.take(bytes)).toBe(true);
    expect(scanned(scan)).toEqual(decoded(bytes));
    expect(scan.take(encodeTree(many.slice(2, 3)))).toBe(true);
    expect(scanned(scan)).toEqual([{ name: 'c folder', parts: [], subtree: id('3') }]);
  });

  it('is left to decoding where something is written in another way, or is not right', () => {
    const text = encodeTree(many).toString('utf8');
    const changed: readonly (readonly [string, string])[] = [
      ['"a file"', '"a/file"'],
      ['"a file"', '".."'],
      ['"a file"', '""'],
      ['"a file"', '"a\\\\/file"'],
      ['"a file"', '"a\\u002ffile"'],
      ['"a file"', '"a\\qfile"'],
      ['"../there"', '"..\\qthere"'],
      ['"b empty"', '"a file"'],
      ['"b empty"', '"A file"'],
      ['"type":"file"', '"type":"hole"'],
      ['"mode":420', '"mode":4294967296'],
      ['"mode":420', '"mode":0420'],
      ['"uid":4294967295', '"uid":-1'],
      ['"inode":77', '"inode":18446744073709551616'],
      ['"inode":77', '"inode":7.5'],
      ['2023-11-14T22:13:20', '2023-13-14T22:13:20'],
      ['2023-11-14T22:13:20', '2023-11-31T22:13:20'],
      ['2023-11-14T22:13:20', '2023-02-29T22:13:20'],
      ['2023-11-14T22:13:20', '1900-02-29T22:13:20'],
      ['2023-11-14T22:13:20', '2023-11-14 22:13:20'],
      ['.123456789Z', '.Z'],
      ['.123456789Z', ''],
      [id('1'), id('g')],
      [id('1'), id('1').slice(1)],
      [`"subtree":"${id('3')}"`, '"subtree":null'],
      ['"content":null', `"content":["${id('1')}"]`],
      ['"linktarget_raw":"Zv8="', '"linktarget_raw":"Zv8"'],
      [']}\n', ']}\n\n'],
      [']}\n', ',]}\n'],
      ['{"nodes"', ' {"nodes"'],
    ];
    for (const [from, to] of changed) {
      expect(text).toContain(from);
      expect([to, scan.take(Buffer.from(text.replace(from, to), 'utf8'))]).toEqual([to, false]);
    }
    const raw = Buffer.from(text, 'utf8');
    raw[raw.indexOf('a file') + 1] = 0xff;
    expect(scan.take(raw)).toBe(false);
  });

  it('takes the last day of a February that has one more', () => {
    const bytes = Buffer.from(encodeTree(many).toString('utf8').replace('2023-11-14', '2000-02-29'), 'utf8');
    expect(scan.take(bytes)).toBe(true);
    expect(isDecoded(bytes)).toBe(true);
  });

  it('takes nothing that decoding refuses, and tells of it what decoding tells, whatever is changed', () => {
    const random = new SeededRandom(99);
    const whole = encodeTree(many);
    let taken = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.from(whole);
      for (let change = random.int(3); change >= 0; change -= 1) {
        const at = random.int(bytes.length);
        if (random.int(2) === 0) bytes[at] = random.int(256);
        else bytes.copyWithin(at, random.int(bytes.length), random.int(bytes.length));
      }
      const cut = random.int(10) === 0 ? bytes.subarray(0, random.int(bytes.length)) : bytes;
      if (!scan.take(cut)) continue;
      taken += 1;
      expect(isDecoded(cut)).toBe(true);
      expect(scanned(scan)).toEqual(decoded(cut));
    }
    expect(taken).toBeGreaterThan(500);
  });
});
