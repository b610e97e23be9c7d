import { describe, expect, it } from 'vitest';
import { eventBits as bits } from '../../system/fanotify/index.ts';
import { encodeInodeEvent, handlesInRecording as handles, recorded } from '../../system/fanotify/testing/recordings.ts';
import type { ChangeListener } from './contract.ts';
import { type EventSource, FilesystemWatch } from './filesystem-watch.ts';

/** Hands out what each read gives, then nothing; one that is an Error is thrown. */
function sourceOf(...reads: (Buffer | Error)[]): EventSource & { readCount: number; doubt: string | null } {
  return {
    readCount: 0,
    doubt: null,
    isAlive: true,
    read(into) {
      this.readCount += 1;
      const next = reads.shift();
      if (next instanceof Error) throw next;
      return next?.copy(into) ?? 0;
    },
    lookAround() {
      return this.doubt;
    },
    [Symbol.dispose]() {},
  };
}

function writingDown(): ChangeListener & { said: string[] } {
  const said: string[] = [];
  const nameOf = (key: string): string => Object.entries(handles).find(([, handle]) => handle === key)?.[0] ?? '?';
  return {
    said,
    content: (key) => said.push(`content ${nameOf(key)}`),
    metadata: (key) => said.push(`metadata ${nameOf(key)}`),
    names: (key) => said.push(`names ${nameOf(key)}`),
    doubt: (reason) => said.push(`doubt: ${reason}`),
  };
}

/** Fills the tracker's buffer, so that more may be waiting. */
function fullRead(): Buffer {
  const event = encodeInodeEvent(bits.modify, handles.file);
  return Buffer.concat(Array.from({ length: Math.floor((128 * 1024) / event.length) }, () => event));
}

describe('telling listeners', () => {
  it('what the kernel said, in its order', () => {
    using watch = new FilesystemWatch(sourceOf(recorded.byInode));
    const listener = writingDown();
    watch.subscribe(listener);
    expect(watch.drain()).toBe(4);
    expect(listener.said).toEqual([
      'names a',
      'metadata a',
      'names b',
      'metadata b',
      'content file',
      'metadata file',
      'metadata a',
    ]);
  });

  it.each([
    ['modify', ['content file', 'metadata file']],
    ['closeWrite', ['content file', 'metadata file']],
    ['attrib', ['metadata file']],
    ['moveSelf', ['metadata file']],
    ['create', ['names file', 'metadata file']],
    ['delete', ['names file', 'metadata file']],
    ['movedFrom', ['names file', 'metadata file']],
    ['movedTo', ['names file', 'metadata file']],
  ] as const)('%s', (bit, expected) => {
    using watch = new FilesystemWatch(sourceOf(encodeInodeEvent(bits[bit], handles.file)));
    const listener = writingDown();
    watch.subscribe(listener);
    watch.drain();
    expect(listener.said).toEqual(expected);
  });

  it('all of them, each as long as it listens', () => {
    const event = encodeInodeEvent(bits.attrib, handles.a);
    using watch = new FilesystemWatch(sourceOf(event, event));
    const [stays, goes] = [writingDown(), writingDown()];
    watch.subscribe(stays);
    watch.subscribe(goes)[Symbol.dispose]();
    const twice = watch.subscribe(stays);
    watch.drain();
    twice[Symbol.dispose]();
    twice[Symbol.dispose]();
    watch.drain();
    expect(stays.said).toHaveLength(3);
    expect(goes.said).toEqual([]);
  });

  it('one that leaves or comes while an event is told', () => {
    const event = encodeInodeEvent(bits.attrib, handles.a);
    using watch = new FilesystemWatch(sourceOf(Buffer.concat([event, event])));
    const late = writingDown();
    const own = watch.subscribe({
      ...writingDown(),
      metadata: () => {
        own[Symbol.dispose]();
        watch.subscribe(late);
      },
    });
    watch.drain();
    expect(late.said).toEqual(['metadata a']);
  });
});

describe('draining', () => {
  it('goes on until nothing is left', () => {
    const source = sourceOf(fullRead(), fullRead(), recorded.byInode);
    using watch = new FilesystemWatch(source);
    const each = fullRead().length / encodeInodeEvent(bits.modify, handles.file).length;
    expect(watch.drain()).toBe(2 * each + 4);
  });

  it('does not ask again when the queue was seen empty: who keeps writing does not keep us', () => {
    const source = sourceOf(recorded.byInode, recorded.byInode);
    using watch = new FilesystemWatch(source);
    expect(watch.drain()).toBe(4);
    expect(source.readCount).toBe(1);
  });
});

describe('doubts', () => {
  const doubtsOf = (...reads: (Buffer | Error)[]): string[] => {
    using watch = new FilesystemWatch(sourceOf(...reads));
    const listener = writingDown();
    watch.subscribe(listener);
    watch.drain();
    return listener.said;
  };

  it('a full queue, a failing filesystem, a change that happened nowhere', () => {
    expect(doubtsOf(recorded.queueOverflow)).toEqual(['doubt: More changed at once than the kernel could remember.']);
    expect(doubtsOf(recorded.filesystemError)).toEqual(['doubt: The filesystem reported an error.']);
    expect(doubtsOf(encodeInodeEvent(bits.modify, null))).toEqual([
      'doubt: The kernel told of a change without saying what changed.',
    ]);
  });

  it('what cannot be understood; what came before it is told', () => {
    const broken = encodeInodeEvent(bits.modify, handles.file);
    broken[4] = 9;
    const said = doubtsOf(Buffer.concat([encodeInodeEvent(bits.attrib, handles.a), broken]));
    expect(said[0]).toBe('metadata a');
    expect(said[1]).toMatch(/^doubt: .*could not be read/);
  });

  it('a read that fails, and says so', () => {
    using watch = new FilesystemWatch(sourceOf(new Error('EBADF: read of fanotify')));
    const listener = writingDown();
    watch.subscribe(listener);
    expect(() => watch.drain()).toThrow(/EBADF/);
    expect(listener.said).toEqual([expect.stringMatching(/EBADF/)]);
  });

  it('a listener that fails is a doubt for all', () => {
    using watch = new FilesystemWatch(sourceOf(recorded.byInode));
    const other = writingDown();
    watch.subscribe({
      ...writingDown(),
      names: () => {
        throw new Error('out of memory');
      },
    });
    watch.subscribe(other);
    expect(() => watch.drain()).toThrow(/out of memory/);
    expect(other.said.at(-1)).toMatch(/out of memory/);
  });

  it('what looking around finds', () => {
    const source = sourceOf();
    using watch = new FilesystemWatch(source);
    const listener = writingDown();
    watch.subscribe(listener);
    watch.lookAround();
    expect(listener.said).toEqual([]);
    source.doubt = 'The filesystem was unmounted.';
    watch.lookAround();
    expect(listener.said).toEqual(['doubt: The filesystem was unmounted.']);
  });
});
