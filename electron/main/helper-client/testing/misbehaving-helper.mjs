// A program that speaks the helper's protocol, and misbehaves as its first argument says.
import { createInterface } from 'node:readline';

const [behaviour, counter] = process.argv.slice(2);
const say = (frame) => process.stdout.write(`${JSON.stringify(frame)}\n`);
const hasRights = behaviour.startsWith('with-rights');
const status = {
  protocol: 2,
  version: 'test',
  pid: process.pid,
  uid: hasRights ? 0 : 1000,
  callerUid: 1000,
  canFreeze: hasRights,
  cannotFreezeBecause: hasRights ? '' : 'It has no rights for that.',
  scheduledStillPoints: hasRights,
  hostname: 'test',
  kernel: 'test',
};
const result = (runId) => ({
  runId,
  outcome: 'cancelled',
  snapshotId: null,
  level: null,
  stallMs: null,
  files: 0,
  bytes: 0,
  newBytes: 0,
  summary: 'Cancelled.',
  warnings: [],
  warningsTotal: 0,
  error: null,
});

process.stderr.write(`started as ${behaviour}\n`);
if (behaviour === 'refused') process.exit(126);
if (behaviour === 'nobody-to-ask') {
  process.stderr.write('Error executing command as another user: No authentication agent found.\n');
  process.exit(127);
}
if (behaviour === 'dies-at-start') process.exit(3);
if (behaviour === 'silent') setInterval(() => undefined, 1000);
else say({ type: 'hello', protocol: behaviour === 'other-version' ? 99 : 2, version: 'test', pid: process.pid });

const running = new Map();
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const frame = JSON.parse(line);
  if (frame.type === 'cancel') return cancel(frame.id);
  if (frame.command === 'helper.status') return answer(frame.id, status);
  if (frame.command === 'sources.list') return listSources(frame.id);
  if (frame.command === 'backup.run') return begin(frame);
  return say({
    type: 'response',
    id: frame.id,
    ok: false,
    error: { kind: 'unknown-repository', message: 'No.', guidance: '', retryable: false, context: {} },
  });
});
lines.on('close', () => process.exit(0));

function begin(frame) {
  running.set(frame.id, frame.params.runId);
  process.stderr.write(`a run began as ${behaviour}\n`);
}

function listSources(id) {
  switch (behaviour) {
    case 'crashes':
    case 'with-rights-crashes':
      return process.exit(9);
    case 'crashes-once':
      return counter === '0' ? process.exit(9) : answer(id, []);
    case 'garbage':
      return process.stdout.write('this is not JSON\n');
    case 'not-utf8':
      return process.stdout.write(Buffer.from([0xff, 0xfe, 0x0a]));
    case 'oversize':
      return process.stdout.write(`"${'x'.repeat(5 * 1024 * 1024)}"\n`);
    case 'wrong-id':
      return answer(id + 1000, []);
    case 'wrong-result':
      return answer(id, { nonsense: true });
    case 'late':
      return setTimeout(() => answer(id, []), 3_000);
    default:
      return answer(id, []);
  }
}

function cancel(id) {
  const runId = running.get(id);
  running.delete(id);
  if (runId !== undefined) answer(id, result(runId));
}

function answer(id, value) {
  say({ type: 'response', id, ok: true, result: value });
}
