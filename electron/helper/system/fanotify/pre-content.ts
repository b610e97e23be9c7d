import { constants } from 'node:fs';
import { bind, check } from '../libc.ts';
import { changeMark, closeGroup, flushMarks, initGroup, readEvents } from './calls.ts';
import { eventBits, initFlags, markFlags } from './constants.ts';
import { decodeEvents, type FanotifyEvent } from './decode.ts';

const write = bind<(fd: number, bytes: Uint8Array, size: number) => number>('intptr_t write(int, void *, size_t)');

/** linux/fanotify.h: struct fanotify_response and its words. */
const responseBytes = 8;
const FAN_ALLOW = 1;
const FAN_DENY = 2;
/** asm-generic/fcntl.h; Node has no O_CLOEXEC and no O_LARGEFILE (0 on 64 bit in libc, not in the kernel). */
const O_CLOEXEC = 0o2000000;
const O_LARGEFILE = 0o100000;

/** Somebody waits, in the kernel, to read or write a file: until it is answered, or the group is closed. */
export interface AccessRequest {
  /** Opened for reading, and told of nowhere: what is read from it raises no event. Belongs to the reader, who closes it. */
  readonly fd: number;
  /** Thread that waits. */
  readonly tid: number;
  /**
   * Bytes about to be accessed, page-aligned; null where the kernel does not say. The offset means nothing for appends,
   * which say 0, and the count may be 0 (truncation, clones): then all of the file is concerned.
   */
  readonly range: { readonly offset: bigint; readonly count: bigint } | null;
  readonly mask: number;
}

export type PreContentTarget = 'filesystem' | 'mount' | 'file';

const targets: Readonly<Record<PreContentTarget, number>> = {
  filesystem: markFlags.filesystem,
  mount: markFlags.mount,
  file: 0,
};

/**
 * A group that is asked before content is accessed (pre-access events of fanotify(7), Linux 6.14). Only descriptors that
 * were opened while a mark exists ask; stores through mappings never do. Whoever owns one can make everybody wait: it has
 * to answer, or to die. Death answers: the kernel lets all go on when the group is closed.
 */
export interface PreContentGroup extends Disposable {
  readonly fd: number;
  /** Ask before content of this is accessed. `fd` as for `changeMark`: any descriptor of the filesystem, mount or file. */
  watch(fd: number, target: PreContentTarget): void;
  unwatch(fd: number, target: PreContentTarget): void;
  /** Do not ask, although watched: descriptors opened meanwhile ask as soon as this is taken back. Microseconds. */
  ignore(fd: number, target: PreContentTarget): void;
  /** EEXIST/ENOENT when nothing was ignored. */
  unignore(fd: number, target: PreContentTarget): void;
  /** Takes back all marks of this kind, ignoring ones included. */
  forget(target: PreContentTarget): void;
  /** What waits now; empty when nothing does. Does not wait. */
  read(into: Buffer): AccessRequest[];
  /** Lets one go on, or (`deny`) fail with EPERM. Does not close the request's descriptor. */
  answer(request: Pick<AccessRequest, 'fd'>, verdict: 'allow' | 'deny'): void;
}

/** EPERM without CAP_SYS_ADMIN. `watch` fails with EINVAL before Linux 6.14, EOPNOTSUPP on filesystems without the events. */
export function openPreContentGroup(): PreContentGroup {
  const flags =
    initFlags.closeOnExec |
    initFlags.nonBlocking |
    initFlags.classPreContent |
    initFlags.unlimitedQueue |
    initFlags.unlimitedMarks |
    initFlags.reportTid;
  const group = initGroup(flags, constants.O_RDONLY | O_LARGEFILE | O_CLOEXEC | constants.O_NOATIME);
  const response = Buffer.alloc(responseBytes);
  const change = (action: number, fd: number, target: PreContentTarget): void =>
    changeMark(group, action | targets[target], eventBits.preAccess, fd);
  return {
    fd: group,
    watch: (fd, target) => change(markFlags.add, fd, target),
    unwatch: (fd, target) => change(markFlags.remove, fd, target),
    ignore: (fd, target) => change(markFlags.add | markFlags.ignoreSurviving, fd, target),
    unignore: (fd, target) => change(markFlags.remove | markFlags.ignoreSurviving, fd, target),
    forget: (target) => flushMarks(group, targets[target]),
    read: (into) => decodeEvents(into, readEvents(group, into)).map(requestOf),
    answer: (request, verdict) => {
      response.writeInt32LE(request.fd, 0);
      response.writeUInt32LE(verdict === 'allow' ? FAN_ALLOW : FAN_DENY, 4);
      check(write(group, response, responseBytes), 'write to fanotify');
    },
    [Symbol.dispose]: () => closeGroup(group),
  };
}

function requestOf({ fd, pid, range, mask }: FanotifyEvent): AccessRequest {
  return { fd, tid: pid, range, mask };
}
