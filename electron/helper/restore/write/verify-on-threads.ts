import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { hasCode } from '../../system/errno.ts';
import { errorOf, type FileToVerify, isRefused, type RestoreHands, type VerifyAnswer } from '../hands/contract.ts';
import { textOfFound } from '../hands/found-text.ts';
import { Slots } from '../hands/slots.ts';
import type { RestoreContext } from './restore-context.ts';
import { judge, type WrittenFile } from './verify-files.ts';

const filesPerJob = 64;
const bytesPerJob = 16 * 1024 * 1024;

/** Some of the pieces of one file. */
interface Slice {
  readonly file: WrittenFile;
  readonly from: number;
  readonly until: number;
  readonly offset: number;
  readonly bytes: number;
}

/** As `verifyFiles`, several files and several parts of a large one at a time. */
export async function verifyOnThreads(
  context: RestoreContext,
  hands: RestoreHands,
  files: readonly WrittenFile[],
): Promise<void> {
  const slots = new Slots(hands.count * 2 + 1);
  const judged = new Judged(context, files);
  try {
    for (const group of groupsOf(files)) {
      throwIfAborted(context.signal);
      await slots.begin(() => verifyGroup(context, hands, group, judged));
    }
  } finally {
    await slots.done();
  }
}

async function verifyGroup(
  context: RestoreContext,
  hands: RestoreHands,
  group: readonly Slice[],
  judged: Judged,
): Promise<void> {
  const { target, report } = context;
  const asked: Slice[] = [];
  const files: FileToVerify[] = [];
  try {
    for (const slice of group) {
      const answer = heldOrGone(context, slice);
      if (answer !== undefined) {
        judged.hear(slice, answer);
        continue;
      }
      asked.push(slice);
      files.push(toVerify(context, hands, slice));
    }
    const answers = await hands.do({ kind: 'verify', files });
    for (const [index, slice] of asked.entries()) {
      const answer = answers[index] ?? 'changed';
      if (isRefused(answer)) throw errorOf(answer);
      report.advance(0, slice.bytes);
      judged.hear(slice, answer);
    }
  } finally {
    for (const { file } of asked) target.letGo(file.item.in);
  }
}

/** Its folder is gone: so is the file, to somebody else’s doing. */
function heldOrGone({ target }: RestoreContext, { file }: Slice): 'changed' | undefined {
  try {
    target.hold(file.item.in);
    return undefined;
  } catch (error) {
    if (isGone(error)) return 'changed';
    throw error;
  }
}

function toVerify(
  { target, zeros }: RestoreContext,
  { witnesses }: RestoreHands,
  { file, from, until, offset }: Slice,
): FileToVerify {
  const ids = file.content.slice(from, until);
  return {
    dir: target.open(file.item.in),
    name: file.item.name.toString('latin1'),
    found: textOfFound(file.found),
    offset,
    ids,
    lengths: file.blobLengths.slice(from, until),
    zeros: ids.flatMap((id, index) => (zeros.has(id) ? [index] : [])),
    witnesses: ids.map((id) => witnesses.get(id) ?? null),
  };
}

function* groupsOf(files: readonly WrittenFile[]): Generator<readonly Slice[], void, undefined> {
  let group: Slice[] = [];
  let bytes = 0;
  for (const file of files) {
    for (const slice of slicesOf(file)) {
      group.push(slice);
      bytes += slice.bytes;
      if (group.length < filesPerJob && bytes < bytesPerJob) continue;
      yield group;
      group = [];
      bytes = 0;
    }
  }
  if (group.length > 0) yield group;
}

function* slicesOf(file: WrittenFile): Generator<Slice, void, undefined> {
  let from = 0;
  let offset = 0;
  let bytes = 0;
  for (const [index, length] of file.blobLengths.entries()) {
    bytes += length;
    if (bytes < bytesPerJob && index + 1 < file.blobLengths.length) continue;
    yield { file, from, until: index + 1, offset, bytes };
    from = index + 1;
    offset += bytes;
    bytes = 0;
  }
  if (file.blobLengths.length === 0) yield { file, from: 0, until: 0, offset: 0, bytes: 0 };
}

/** Says of each file what its slices came to, when the last one is there. */
class Judged {
  readonly #context: RestoreContext;
  readonly #open = new Map<WrittenFile, { left: number; worst: Exclude<VerifyAnswer, object> }>();

  constructor(context: RestoreContext, files: readonly WrittenFile[]) {
    this.#context = context;
    for (const file of files) {
      const left = [...slicesOf(file)].length;
      if (left > 1) this.#open.set(file, { left, worst: 'same' });
    }
  }

  hear({ file }: Slice, answer: Exclude<VerifyAnswer, object>): void {
    const open = this.#open.get(file);
    if (open === undefined) {
      this.#tell(file, answer);
      return;
    }
    open.left -= 1;
    // Somebody's own version is not judged, whatever a part of it came to.
    if (answer === 'changed' || open.worst === 'same') open.worst = answer;
    if (open.left === 0) this.#tell(file, open.worst);
  }

  #tell(file: WrittenFile, answer: Exclude<VerifyAnswer, object>): void {
    judge(this.#context, file, answer);
  }
}

function isGone(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES', 'EPERM');
}
