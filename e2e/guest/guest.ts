import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestAgent, GuestSilent } from './agent.ts';
import { guestImage } from './image.ts';
import { exchangeMiB, type Machine, startMachine } from './machine.ts';
import { runHere } from './program.ts';

export interface GuestOptions {
  /** Default 768. */
  readonly memoryMiB?: number;
  /** Default 2. */
  readonly processors?: number;
  /** Debian packages beside what every guest has. Another list is another image, built once. */
  readonly packages?: readonly string[];
  /** Empty disks; `/dev/disk/by-id/virtio-NAME` inside. */
  readonly disks?: readonly { readonly name: string; readonly sizeMiB: number }[];
  readonly kernelArguments?: readonly string[];
  readonly log?: (line: string) => void;
}

export interface RunOptions {
  /** Milliseconds. Emulation is slow: ten times what it takes here, at least. */
  readonly timeoutMs: number;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RunResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Guest {
  /** From starting QEMU until the guest's agent answered and its root could be written, ms. */
  readonly bootMs: number;
  readonly pid: number;
  /** A file or folder of this machine, under that path inside; what is there is added to. Links are copied as links. */
  copyIn(here: string, inside: string): Promise<void>;
  /** Several at once, below the same folder on both sides. */
  copyInFrom(folder: string, paths: readonly string[], inside: string): Promise<void>;
  copyOut(inside: string, here: string): Promise<void>;
  /** As root, by absolute path or by PATH, without a shell. Rejects with `GuestSilent` when it is not over in time. */
  run(argv: readonly string[], options: RunOptions): Promise<RunResult>;
  /** The same, and rejects when it fails. Resolves with what it wrote. */
  must(argv: readonly string[], options: RunOptions): Promise<string>;
  /** Milliseconds until a new file on the root was written and flushed; rejects with `GuestSilent` when that takes longer. */
  writesToRoot(timeoutMs: number): Promise<number>;
  /** Whether the agent answers at all: the kernel runs, whatever its disks do. */
  answers(timeoutMs: number): Promise<boolean>;
  console(): string;
}

const bootTimeoutMs = 240_000;

/**
 * Boots Debian in QEMU and hands it to `use`. When that is over, in whatever way, the machine is killed and nothing is left
 * of it. A guest that does not answer makes the call that waits for it reject with `GuestSilent`, never hang.
 */
export async function withGuest<T>(options: GuestOptions, use: (guest: Guest) => Promise<T>): Promise<T> {
  const log = options.log ?? ((line: string) => console.log(line));
  const image = await guestImage(options.packages ?? [], log);
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-guest-'));
  let machine: Machine | undefined;
  let agent: GuestAgent | undefined;
  const kill = (): void => {
    if (machine?.isRunning() === true) process.kill(machine.pid, 'SIGKILL');
  };
  process.once('exit', kill);
  try {
    const startedAt = performance.now();
    machine = await startMachine(image, folder, {
      memoryMiB: options.memoryMiB ?? 768,
      processors: options.processors ?? 2,
      disks: options.disks ?? [],
      kernelArguments: options.kernelArguments ?? [],
    });
    agent = await untilItAnswers(machine, startedAt + bootTimeoutMs);
    const guest = guestOf(machine, agent, performance.now() - startedAt);
    await guest.writesToRoot(60_000);
    return await use(guest);
  } finally {
    agent?.close();
    await machine?.kill();
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilItAnswers(machine: Machine, deadline: number): Promise<GuestAgent> {
  while (performance.now() < deadline && machine.isRunning()) {
    const agent = new GuestAgent(machine.agentSocket);
    try {
      // What is asked before the agent listens is kept by the port, so that one question is enough to wait with.
      await agent.ask('guest-ping', {}, 3_000);
      return agent;
    } catch {
      agent.close();
      await sleep(200);
    }
  }
  throw new GuestSilent(`the guest did not come up:\n${machine.console().slice(-3000)}`);
}

function guestOf(machine: Machine, agent: GuestAgent, bootMs: number): Guest {
  let exchange: Promise<unknown> = Promise.resolve();
  /** One at a time: there is one disk for it. */
  const exchanging = <R>(work: () => Promise<R>): Promise<R> => {
    const turn = exchange.then(work);
    exchange = turn.catch(() => {});
    return turn;
  };
  const run = (argv: readonly string[], options: RunOptions): Promise<RunResult> => execute(agent, argv, options);
  const must = async (argv: readonly string[], options: RunOptions): Promise<string> => {
    const { code, stdout, stderr } = await run(argv, options);
    if (code === 0) return stdout;
    throw new Error(
      `in the guest, ${argv.join(' ').slice(0, 300)} ended with ${code}: ${(stderr + stdout).slice(-2000)}`,
    );
  };
  const disk = '/dev/disk/by-id/virtio-exchange';
  const copyInFrom = (folder: string, paths: readonly string[], inside: string): Promise<void> =>
    exchanging(async () => {
      await runHere('tar', ['-C', folder, '-cf', machine.exchange, ...paths]);
      await runHere('truncate', ['-s', `${exchangeMiB}M`, machine.exchange]);
      const unpack = 'mkdir -p "$2" && blockdev --flushbufs "$1" && tar -C "$2" -xf "$1"';
      await must(['sh', '-c', unpack, 'sh', disk, inside], { timeoutMs: 300_000 });
    });
  return {
    bootMs,
    pid: machine.pid,
    run,
    must,
    copyInFrom,
    copyIn: async (here, inside) => {
      await copyInFrom(dirname(here), [basename(here)], dirname(inside));
      if (basename(here) !== basename(inside))
        await must(['mv', join(dirname(inside), basename(here)), inside], { timeoutMs: 60_000 });
    },
    copyOut: (inside, here) =>
      exchanging(async () => {
        const pack = 'tar -C "$2" -cf "$1" "$3" && sync && blockdev --flushbufs "$1"';
        await must(['sh', '-c', pack, 'sh', disk, dirname(inside), basename(inside)], { timeoutMs: 300_000 });
        const unpacked = mkdtempSync(join(tmpdir(), 'stillpoint-guest-'));
        try {
          await runHere('tar', ['-C', unpacked, '-xf', machine.exchange]);
          await runHere('cp', ['-a', '--', join(unpacked, basename(inside)), here]);
        } finally {
          rmSync(unpacked, { recursive: true, force: true });
        }
      }),
    writesToRoot: async (timeoutMs) => {
      const startedAt = performance.now();
      const write = 'echo alive > /.alive.new && sync /.alive.new && mv /.alive.new /.alive';
      await must(['sh', '-c', write], { timeoutMs });
      return performance.now() - startedAt;
    },
    answers: (timeoutMs) =>
      agent.ask('guest-ping', {}, timeoutMs).then(
        () => true,
        () => false,
      ),
    console: () => machine.console(),
  };
}

interface ExecStatus {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly 'out-data'?: string;
  readonly 'err-data'?: string;
  readonly 'out-truncated'?: boolean;
}

async function execute(agent: GuestAgent, argv: readonly string[], options: RunOptions): Promise<RunResult> {
  const [path = '', ...arg] = argv;
  const deadline = performance.now() + options.timeoutMs;
  // The agent itself answers at once; that it does not is another finding than a program that takes too long.
  const left = (): number => Math.max(30_000, deadline - performance.now());
  const started = (await agent.ask(
    'guest-exec',
    {
      path,
      arg,
      env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'HOME=/root',
        ...Object.entries(options.environment ?? {}).map(([k, v]) => `${k}=${v}`),
      ],
      'capture-output': true,
      ...(options.input === undefined ? {} : { 'input-data': Buffer.from(options.input).toString('base64') }),
    },
    left(),
  )) as { pid: number };
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 500)) {
    const status = (await agent.ask('guest-exec-status', { pid: started.pid }, left())) as ExecStatus;
    if (status.exited) {
      const text = (data: string | undefined): string => Buffer.from(data ?? '', 'base64').toString('utf8');
      return { code: status.exitcode ?? null, stdout: text(status['out-data']), stderr: text(status['err-data']) };
    }
    if (performance.now() > deadline)
      throw new GuestSilent(`in the guest, ${argv.join(' ').slice(0, 200)} was not over after ${options.timeoutMs} ms`);
    await sleep(pauseMs);
  }
}
