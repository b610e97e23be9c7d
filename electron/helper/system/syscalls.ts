/** Numbers of system calls that libc does not wrap, or wraps for all threads at once. Source: asm/unistd.h. */
const numbers = {
  x64: {
    capget: 125,
    capset: 126,
    setgroups: 116,
    getgroups: 115,
    setfsuid: 122,
    setfsgid: 123,
    mknodat: 259,
    openat: 257,
    kcmp: 312,
    ioprioSet: 251,
    ioprioGet: 252,
  },
  arm64: {
    capget: 90,
    capset: 91,
    setgroups: 159,
    getgroups: 158,
    setfsuid: 151,
    setfsgid: 152,
    mknodat: 33,
    openat: 56,
    kcmp: 272,
    ioprioSet: 30,
    ioprioGet: 31,
  },
} as const;

/** New calls have one number on every architecture. */
const shared = {
  pidfdSendSignal: 424,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  pidfdOpen: 434,
  openat2: 437,
  fchmodat2: 452,
  listxattrat: 465,
} as const;

export type SystemCall = keyof typeof numbers.x64 | keyof typeof shared;

export function systemCallNumber(name: SystemCall): number {
  if (name in shared) return shared[name as keyof typeof shared];
  const own = process.arch === 'x64' || process.arch === 'arm64' ? numbers[process.arch] : undefined;
  if (own === undefined) throw new Error(`Stillpoint's system layer does not know the architecture ${process.arch}`);
  return own[name as keyof typeof numbers.x64];
}
