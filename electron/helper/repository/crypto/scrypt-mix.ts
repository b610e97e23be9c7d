import { pbkdf2Sync, scryptSync } from 'node:crypto';

// The part of scrypt (RFC 7914, section 5) that takes its time, as WebAssembly, for two blocks at a time: each step waits for
// the one before, so another is done meanwhile. A processor does it as fast as node's own; but node's mixes the blocks of a
// password one after the other on one thread, and these can be shared out. It is compared with node's before it is believed.

/** What is used of it; Node has it, its types have not. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

/** The cost of one block: N and r of scrypt. */
export interface MixCost {
  readonly N: number;
  readonly r: number;
}

/** Bytes of a block. */
export function blockLength({ r }: MixCost): number {
  return 128 * r;
}

const pageBytes = 64 * 1024;
let compiled: object | undefined;

/** Mixes blocks that lie one after the other, in place (scryptROMix). Takes 256 * N * r bytes of memory meanwhile. */
export function mixBlocks(blocks: Uint8Array, cost: MixCost): void {
  const length = blockLength(cost);
  const lane = (cost.N + 2) * length;
  compiled ??= new WebAssembly.Module(moduleBytes());
  const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * lane) / pageBytes) });
  const { exports } = new WebAssembly.Instance(compiled, { here: { memory } });
  const { mix } = exports as unknown as { mix(lane: number, length: number, rounds: number): void };
  const words = new Uint32Array(memory.buffer);
  const given = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  const end = cost.N * length;
  for (let first = 0; first < blocks.length; first += 2 * length) {
    // With one left the other lane mixes what is there: nobody asks for it.
    const lanes = first + length < blocks.length ? [0, lane] : [0];
    for (const [index, at] of lanes.entries())
      for (let word = 0; word < length / 4; word += 1)
        words[at / 4 + word] = given.getUint32(first + index * length + placeOf(word), true);
    mix(lane, length, cost.N);
    for (const [index, at] of lanes.entries())
      for (let word = 0; word < length / 4; word += 1)
        given.setUint32(first + index * length + placeOf(word), words[(at + end) / 4 + word] ?? 0, true);
  }
  words.fill(0, 0, length / 4);
}

/** Whether what is mixed here is what node's scrypt mixes. Takes less than a millisecond. */
export function mixesAsNode(mix: (blocks: Uint8Array, cost: MixCost) => void = mixBlocks): boolean {
  return [
    { N: 16, r: 8, p: 3 },
    { N: 64, r: 1, p: 2 },
  ].every((cost) => {
    const blocks = scryptBlocks('password', 'salt', cost);
    mix(blocks, cost);
    return scryptEnd('password', blocks, 64).equals(scryptSync('password', 'salt', 64, cost));
  });
}

/** What scrypt mixes: `p` blocks of a password, one after the other. */
export function scryptBlocks(
  password: string,
  salt: string | Uint8Array,
  cost: MixCost & { readonly p: number },
): Buffer {
  return pbkdf2Sync(password, salt, 1, blockLength(cost) * cost.p, 'sha256');
}

/** What scrypt answers, of its blocks when they are mixed. */
export function scryptEnd(password: string, mixed: Uint8Array, length: number): Buffer {
  return pbkdf2Sync(password, mixed, 1, length, 'sha256');
}

/** Words of Salsa20's square lie by its diagonals, so that four of them are worked on at a time. In bytes. */
function placeOf(word: number): number {
  return (word - (word % 16) + ((word * 5) % 16)) * 4;
}

const op = {
  loop: 0x03,
  end: 0x0b,
  branchIf: 0x0d,
  call: 0x10,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  load: 0x28,
  constant: 0x41,
  isNotEqual: 0x47,
  add: 0x6a,
  subtract: 0x6b,
  multiply: 0x6c,
  and: 0x71,
  shiftRight: 0x76,
} as const;
/** Of four words at a time. */
const loadFour = [0xfd, 0x00, 4];
const storeFour = [0xfd, 0x0b, 4];
const addFour = [0xfd, 0xae, 0x01];
const leftFour = [0xfd, 0xab, 0x01];
const rightFour = [0xfd, 0xad, 0x01];
const xorFour = [0xfd, 0x51];
const orFour = [0xfd, 0x50];
const shuffle = [0xfd, 0x0d];
const i32 = 0x7f;
const v128 = 0x7b;
const noResult = 0x40;

const get = (local: number): number[] => [op.get, local];
const set = (local: number): number[] => [op.set, local];
const number = (value: number): number[] => [op.constant, ...signed(value)];

/** Locals of the function that mixes one block into another, of both lanes. */
const block = { from: 0, to: 1, lane: 2, half: 3, last: 4, state: 5, before: 13, sum: 21 } as const;

const four = [0, 1, 2, 3];
/** Rows of the square, of both lanes; the lanes take turns, so that neither waits for itself. */
const lanes = [0, 4];

/** state[into] ^= (state[a] + state[b]) <<< by */
function quarter(into: number, a: number, b: number, by: number): number[] {
  return lanes.flatMap((lane) => {
    const [x, y, z] = [into, a, b].map((row) => block.state + lane + row) as [number, number, number];
    const sum = block.sum + lane / 4;
    return [
      ...[...get(y), ...get(z), ...addFour, ...set(sum)],
      ...[...get(x), ...get(sum), ...number(by), ...leftFour],
      ...[...get(sum), ...number(32 - by), ...rightFour, ...orFour, ...xorFour, ...set(x)],
    ];
  });
}

/** Turns a row so that its word `by` comes first. */
function turn(row: number, by: number): number[] {
  const order = four.flatMap((word) => four.map((byte) => ((word + by) % 4) * 4 + byte));
  return lanes.flatMap((lane) => {
    const local = block.state + lane + row;
    return [...get(local), ...get(local), ...shuffle, ...order, ...set(local)];
  });
}

function twoRounds(): number[] {
  const columns = [...quarter(1, 0, 3, 7), ...quarter(2, 1, 0, 9), ...quarter(3, 2, 1, 13), ...quarter(0, 3, 2, 18)];
  const rows = [...quarter(3, 0, 1, 7), ...quarter(2, 3, 0, 9), ...quarter(1, 2, 3, 13), ...quarter(0, 1, 2, 18)];
  return [
    ...columns,
    ...turn(1, 3),
    ...turn(2, 2),
    ...turn(3, 1),
    ...rows,
    ...turn(1, 1),
    ...turn(2, 2),
    ...turn(3, 3),
  ];
}

/** An address of a lane: the other lies behind it. */
const inLane = (address: readonly number[], lane: number): number[] =>
  lane === 0 ? [...address] : [...address, ...get(block.lane), op.add];

const rows = lanes.flatMap((lane) => four.map((row) => ({ lane, row, local: lane + row })));

/** The next 64 bytes into the state, and that to `to`. */
function salsa(from: readonly number[], to: readonly number[]): number[] {
  const taken = rows.flatMap(({ lane, row, local }) => [
    ...[...inLane(from, lane), ...loadFour, row * 16, ...get(block.state + local), ...xorFour],
    ...[op.tee, block.state + local, ...set(block.before + local)],
  ]);
  const rounds = four.flatMap(() => twoRounds());
  const given = rows.flatMap(({ lane, row, local }) => [
    ...inLane(to, lane),
    ...[...get(block.state + local), ...get(block.before + local), ...addFour, op.tee, block.state + local],
    ...[...storeFour, row * 16],
  ]);
  return [...taken, ...rounds, ...given];
}

/** scryptBlockMix from one place to another: (from, to, lane, half of a block's length). */
function blockBody(): number[] {
  const { from, to, half, last } = block;
  const lastPart = [...get(last), ...number(64), op.subtract];
  return [
    ...[...get(from), ...get(half), ...number(2), op.multiply, op.add, ...set(last)],
    ...rows.flatMap(({ lane, row, local }) => [
      ...[...inLane(lastPart, lane), ...loadFour, row * 16, ...set(block.state + local)],
    ]),
    ...[op.loop, noResult],
    ...salsa(get(from), get(to)),
    ...salsa([...get(from), ...number(64), op.add], [...get(to), ...get(half), op.add]),
    ...[...get(to), ...number(64), op.add, ...set(to)],
    ...[...get(from), ...number(128), op.add, op.tee, from, ...get(last), op.isNotEqual, op.branchIf, 0],
    ...[op.end, op.end],
  ];
}

/** Locals of the function that mixes all: the first block of each lane lies at the lane's beginning, what is made at its block N. */
const all = { lane: 0, length: 1, rounds: 2, at: 3, other: 4, left: 5, half: 6, one: 7, two: 8, offset: 9 } as const;

/** scryptROMix of both lanes: (length of a lane, of a block, N). */
function mixBody(): number[] {
  const { lane, length, rounds, at, other, left, half, one, two, offset } = all;
  const mixOne = [...get(at), ...get(other), ...get(lane), ...get(half), op.call, 0];
  const behind = (local: number, add: number): number[] => [...get(local), ...get(add), op.add];
  /** The place of the earlier block that the last words of this one name. */
  const named = (inLane: readonly number[], lastWord: readonly number[]): number[] => [
    ...[...lastWord, ...get(length), op.add, ...number(64), op.subtract, op.load, 2, 0],
    ...[...get(rounds), ...number(1), op.subtract, op.and, ...get(length), op.multiply, ...inLane],
  ];
  const xorAt = (into: readonly number[], from: number): number[] => [
    ...[
      ...into,
      ...into,
      ...loadFour,
      0,
      ...get(from),
      ...get(offset),
      op.add,
      ...loadFour,
      0,
      ...xorFour,
      ...storeFour,
      0,
    ],
  ];
  const next = [...get(left), ...number(1), op.subtract, op.tee, left, op.branchIf, 0, op.end];
  return [
    ...[...get(length), ...number(1), op.shiftRight, ...set(half), ...get(rounds), ...set(left)],
    // Each block from the one before.
    ...[op.loop, noResult, ...behind(at, length), ...set(other), ...mixOne, ...get(other), ...set(at), ...next],
    ...[...behind(at, length), ...set(other), ...get(rounds), ...set(left)],
    // And again, each with an earlier one mixed in.
    ...[op.loop, noResult, ...named([], get(at)), ...set(one)],
    ...[...named([...get(lane), op.add], behind(at, lane)), ...set(two), ...number(0), ...set(offset)],
    ...[op.loop, noResult, ...xorAt(behind(at, offset), one)],
    ...xorAt([...behind(at, offset), ...get(lane), op.add], two),
    ...[...get(offset), ...number(16), op.add, op.tee, offset, ...get(length), op.isNotEqual, op.branchIf, 0, op.end],
    ...mixOne,
    ...[...get(at), ...get(other), ...set(at), ...set(other), ...next, op.end],
  ];
}

/** Sections in the order of the format: types, imports, functions, exports, code. Source: WebAssembly, chapter 5. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const text = (name: string): number[] => [name.length, ...Buffer.from(name)];
  const exported = (name: string, kind: number, index: number): number[] => [...text(name), kind, index];
  const bodies = [
    [2, 1, i32, 18, v128, ...blockBody()],
    [1, 7, i32, ...mixBody()],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, 4, i32, i32, i32, i32, 0, 0x60, 3, i32, i32, i32, 0]),
    ...section(2, [1, ...text('here'), ...text('memory'), 2, 0, 1]),
    ...section(3, [2, 0, 1]),
    ...section(7, [1, ...exported('mix', 0, 1)]),
    ...section(10, [bodies.length, ...bodies.flatMap((body) => [...unsigned(body.length), ...body])]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 0x80) return [...bytes, left];
    bytes.push((left & 0x7f) | 0x80);
  }
}

/** Signed LEB128 of a number that is not negative: its last byte must not look negative. */
function signed(value: number): number[] {
  return value >= 0x40 && value < 0x80
    ? [value | 0x80, 0]
    : value < 0x40
      ? [value]
      : [(value & 0x7f) | 0x80, value >>> 7];
}
