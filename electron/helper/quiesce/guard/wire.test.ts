import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { abilitiesOf, causeOf, decodeFrame, decodePage, FRAME_BYTES, type Frame } from './wire.ts';

const magic = 0x31475053;

function frameBytes(kind: number, errno = 0, detail = 0): Buffer {
  const bytes = Buffer.alloc(FRAME_BYTES);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt32LE(kind, 4);
  bytes.writeInt32LE(errno, 8);
  bytes.writeUInt32LE(detail, 12);
  bytes.writeBigUInt64LE(100n, 16);
  bytes.writeBigUInt64LE(200n, 24);
  bytes.writeBigUInt64LE(1_100n, 32);
  bytes.writeBigUInt64LE(1_200n, 40);
  return bytes;
}

function decoded(bytes: Buffer): Frame {
  const frame = decodeFrame(bytes);
  if (frame === undefined) throw new Error('not a frame');
  return frame;
}

describe('frames', () => {
  test('times of both clocks, in order', () => {
    expect(decodeFrame(frameBytes(2))).toEqual({
      kind: 'frozen',
      errno: 0,
      detail: 0,
      before: { monotonicNs: 100n, wallNs: 1_100n },
      after: { monotonicNs: 200n, wallNs: 1_200n },
    });
  });

  test.each([
    ['ready', 1],
    ['frozen', 2],
    ['busy', 3],
    ['failed', 4],
    ['thawed', 5],
    ['not-frozen', 6],
    ['cancelled', 7],
    ['probed', 8],
  ])('%s is kind %i', (kind, number) => {
    expect(decoded(frameBytes(number)).kind).toBe(kind);
  });

  test('other bytes are no frame', () => {
    expect(decodeFrame(Buffer.alloc(FRAME_BYTES))).toBeUndefined();
    expect(decodeFrame(frameBytes(0))).toBeUndefined();
    expect(decodeFrame(frameBytes(9))).toBeUndefined();
  });

  test('causes and abilities', () => {
    expect([1, 2, 3, 4].map((detail) => causeOf(decoded(frameBytes(5, 0, detail))))).toEqual([
      'command',
      'end-of-file',
      'deadline',
      'witness',
    ]);
    expect(abilitiesOf(decoded(frameBytes(1, 0, 0b01101)))).toEqual({
      memoryLocked: true,
      oomExempt: false,
      ownSession: true,
      rcuUsable: true,
      sysrqUsable: false,
    });
  });
});

describe('the shared page', () => {
  test('state, RCU value and both frames', () => {
    const bytes = Buffer.alloc(4096);
    bytes.writeUInt32LE(2, 0);
    bytes.writeUInt32LE(1, 4);
    bytes.writeUInt32LE(7, 8);
    frameBytes(2).copy(bytes, 40);
    expect(decodePage(bytes)).toMatchObject({
      state: 'frozen',
      rcuChanged: true,
      rcuPrevious: 7,
      freeze: { kind: 'frozen' },
      thaw: undefined,
    });
  });

  test('an unknown state is a defect, not a guess', () => {
    const bytes = Buffer.alloc(4096);
    bytes.writeUInt32LE(99, 0);
    expect(() => decodePage(bytes)).toThrow(/99/);
  });
});

test('the native program numbers kinds, causes and states alike', () => {
  const header = readFileSync(new URL('./native/stillpoint-guard.h', import.meta.url), 'utf8');
  const names = (name: string): string[] =>
    (new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(header)?.[1] ?? '').split(',').map((part) => part.trim());
  expect(names('frame_kind')).toEqual([
    'READY = 1',
    'FROZEN_FRAME',
    'BUSY_FRAME',
    'FAILED_FRAME',
    'THAWED_FRAME',
    'NOT_FROZEN_FRAME',
    'CANCELLED_FRAME',
    'PROBED_FRAME',
  ]);
  expect(names('cause')).toEqual(['BY_COMMAND = 1', 'BY_END_OF_FILE', 'BY_DEADLINE', 'BY_WITNESS']);
  expect(names('state')).toEqual([
    'IDLE = 0',
    'FREEZING',
    'FROZEN',
    'THAWING',
    'THAWED',
    'BUSY',
    'FAILED',
    'CANCELLED',
  ]);
  expect(header).toContain(`FRAME_MAGIC = 0x${magic.toString(16)}`);
});
