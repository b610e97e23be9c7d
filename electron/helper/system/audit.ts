import { closeSync } from 'node:fs';
import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';
import { waitReadable } from './poll.ts';

/** linux/netlink.h, linux/audit.h */
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC_NONBLOCK = 0x80803;
const NETLINK_AUDIT = 9;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST = 1;
const AUDIT_GET = 1000;
const headerBytes = 16;
const answerMs = 500;

const socket = bind<(domain: number, type: number, protocol: number) => number>('int socket(int, int, int)');
type Transfer = (fd: number, bytes: Uint8Array, length: number, flags: number) => number;
const send = bind<Transfer>('intptr_t send(int, void *, size_t, int)');
const receive = bind<Transfer>('intptr_t recv(int, void *, size_t, int)');

export interface AuditStatus {
  readonly enabled: boolean;
  /** A daemon takes the records; 0 where there is none, and the kernel waits for nobody then. */
  readonly daemonPid: number;
  /** Whoever makes a record waits when the daemon is behind, up to this long. */
  readonly waits: boolean;
  /** The kernel stops the machine when a record is lost. */
  readonly panics: boolean;
}

/**
 * How the kernel's audit is set; `none` where the kernel has none, `unknown` where it does not tell (no CAP_AUDIT_CONTROL,
 * another user namespace). Looks only. Sources: linux/audit.h (struct audit_status), auditctl(8).
 */
export function auditStatus(): AuditStatus | 'none' | 'unknown' {
  let fd: number;
  try {
    fd = check(socket(AF_NETLINK, SOCK_RAW_CLOEXEC_NONBLOCK, NETLINK_AUDIT), 'socket(NETLINK_AUDIT)');
  } catch (error) {
    if (hasCode(error, 'EPROTONOSUPPORT', 'EAFNOSUPPORT')) return 'none';
    return 'unknown';
  }
  try {
    const request = Buffer.alloc(headerBytes);
    request.writeUInt32LE(headerBytes, 0);
    request.writeUInt16LE(AUDIT_GET, 4);
    request.writeUInt16LE(NLM_F_REQUEST, 6);
    check(send(fd, request, request.length, 0), 'send(AUDIT_GET)');
    const answer = Buffer.alloc(8192);
    while (waitReadable([fd], answerMs).length > 0) {
      const length = check(receive(fd, answer, answer.length, 0), 'recv(AUDIT_GET)');
      const type = answer.readUInt16LE(4);
      if (type === AUDIT_GET) return parseAuditStatus(answer.subarray(headerBytes, length));
      if (type === NLMSG_ERROR) return 'unknown';
    }
    return 'unknown';
  } catch (error) {
    if (hasCode(error, 'ECONNREFUSED', 'EPERM', 'EACCES', 'EAGAIN')) return 'unknown';
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Fields are 32 bits each; older kernels send fewer, and waited without saying so. */
export function parseAuditStatus(status: Buffer): AuditStatus {
  const field = (index: number): number | undefined =>
    status.length >= (index + 1) * 4 ? status.readUInt32LE(index * 4) : undefined;
  return {
    enabled: (field(1) ?? 0) !== 0,
    panics: field(2) === 2,
    daemonPid: field(3) ?? 0,
    waits: (field(9) ?? 1) !== 0,
  };
}
