import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { encodeTree } from '../format/tree.ts';
import { TreeText } from '../format/tree-text.ts';
import { memoryRepository } from '../testing/memory-repository.ts';
import { file, storeSnapshot } from '../testing/tree-literal.ts';
import { withWriter } from '../testing/with-writer.ts';
import { TreeTexts } from './tree-texts.ts';

function text(id: string): TreeText {
  const opened = TreeText.of(id as BlobId, encodeTree([]));
  if (opened === undefined) throw new Error('not opened');
  return opened;
}

describe('texts of trees in memory', () => {
  it('are kept up to their room, the least recently used go first', () => {
    const texts = new TreeTexts(text('a').memory * 3);
    const kept = (): string[] => ['a', 'b', 'c', 'd', 'e'].filter((id) => texts.find(id as BlobId) !== undefined);
    for (const id of ['a', 'b', 'c']) texts.keep(text(id));
    expect(texts.find('a' as BlobId)?.id).toBe('a');
    texts.keep(text('d'));
    expect(kept()).toEqual(['a', 'c', 'd']);
    texts.forget('c' as BlobId);
    texts.forget('c' as BlobId);
    texts.keep(text('e'));
    texts.keep(text('e'));
    expect(kept()).toEqual(['a', 'd', 'e']);
    texts.clear();
    for (const id of ['a', 'b', 'c']) texts.keep(text(id));
    expect(kept()).toEqual(['a', 'b', 'c']);
  });

  it('are not kept where one would push out all others', () => {
    const texts = new TreeTexts(text('a').memory);
    texts.keep(text('a'));
    expect(texts.find('a' as BlobId)).toBeUndefined();
  });

  it('are what would be read, and the tree that was replaced is read again when it is asked for', async () => {
    const { repository } = await memoryRepository();
    const { tree } = await storeSnapshot(repository, { one: file('1'), two: file('2') });
    const before = await repository.openTree(tree);
    if (before === undefined) throw new Error('not opened');
    const saved = await withWriter(repository, async (writer) => {
      const result = await writer.saveChangedTree(before, new Map([[Buffer.from('one'), null]]));
      repository.keepTree(result.text, before);
      return result;
    });
    const kept = await repository.openTree(saved.id);
    expect(kept).toBe(saved.text);
    const read = TreeText.of(saved.id, await repository.loadBlob('tree', saved.id));
    for (const opened of [kept, read]) {
      expect(opened?.size).toBe(1);
      expect(opened?.node(Buffer.from('two'))?.name.toString()).toBe('two');
      expect(opened?.with(new Map()).bytes).toEqual(await repository.loadBlob('tree', saved.id));
    }
    expect((await repository.openTree(tree))?.size).toBe(2);
    repository.close();
    expect(await repository.openTree(saved.id)).not.toBe(kept);
  });

  it('do not make a tree one that the repository has', async () => {
    const { repository: elsewhere } = await memoryRepository();
    const { tree } = await storeSnapshot(elsewhere, { one: file('1') });
    const known = await elsewhere.openTree(tree);
    if (known === undefined) throw new Error('not opened');
    const { repository } = await memoryRepository();
    repository.keepTree(known, known);
    expect(await repository.openTree(tree)).toBe(known);
    const saving = withWriter(repository, (writer) =>
      writer.saveChangedTree(known, new Map([[Buffer.from('one'), null]])),
    );
    await expect(saving).rejects.toThrow('not completely stored');
  });
});
