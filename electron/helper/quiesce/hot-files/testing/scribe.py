"""Changes files in every way there is, on command: one line of words in, one line of JSON out.

    open PATH [direct]       the descriptor that later orders use, opened at that moment
    WAY OFFSET LENGTH        see ways(); what is written is the byte 'N'
"""
import ctypes
import errno
import fcntl
import json
import mmap
import os
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
PAGE = 4096
FICLONE = 0x40049409
is_arm = os.uname().machine == "aarch64"
IO_SETUP, IO_SUBMIT, IO_GETEVENTS = (0, 2, 4) if is_arm else (206, 209, 208)
URING_SETUP, URING_ENTER, URING_REGISTER = 425, 426, 427
OP_WRITE, OP_FTRUNCATE, OP_FALLOCATE = 23, 55, 17

fd = -1
path = ""


def checked(result, what):
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def aligned(length):
    """Page-aligned bytes, as unbuffered writes need them."""
    area = mmap.mmap(-1, max(length, PAGE))
    area.write(b"N" * length)
    return area, ctypes.addressof(ctypes.c_char.from_buffer(area))


def aio(offset, length):
    context = ctypes.c_ulong(0)
    checked(libc.syscall(IO_SETUP, 4, ctypes.byref(context)), "io_setup")
    area, address = aligned(length)
    iocb = ctypes.create_string_buffer(struct.pack("<QIIHhIQQqQII", 0, 0, 0, 1, 0, fd, address, length, offset, 0, 0, 0))
    pointers = (ctypes.c_void_p * 1)(ctypes.addressof(iocb))
    checked(libc.syscall(IO_SUBMIT, context, ctypes.c_long(1), pointers), "io_submit")
    events = ctypes.create_string_buffer(32)
    checked(libc.syscall(IO_GETEVENTS, context, ctypes.c_long(1), ctypes.c_long(1), events, None), "io_getevents")
    if struct.unpack_from("<q", events, 16)[0] != length:
        raise OSError("short write by aio")


class Ring:
    def __init__(self, flags=0):
        parameters = bytearray(120)
        struct.pack_into("<IIIII", parameters, 0, 0, 0, flags, 0, 100)
        buffer = (ctypes.c_char * 120).from_buffer(parameters)
        self.fd = checked(libc.syscall(URING_SETUP, 4, buffer), "io_uring_setup")
        self.polled = (flags & 2) != 0
        sq = struct.unpack_from("<IIIIIIII", parameters, 40)
        cq = struct.unpack_from("<IIIIIIII", parameters, 80)
        self.sq_head, self.sq_tail, _, _, self.sq_flags, _, self.sq_array, _ = sq
        self.cq_head, self.cq_tail, _, _, _, self.cqes, _, _ = cq
        self.rings = mmap.mmap(self.fd, max(self.sq_array + 16, self.cqes + 8 * 16), offset=0)
        self.entries = mmap.mmap(self.fd, 4 * 64, offset=0x10000000)

    def word(self, at, value=None):
        if value is not None:
            struct.pack_into("<I", self.rings, at, value)
        return struct.unpack_from("<I", self.rings, at)[0]

    def register(self, descriptor):
        files = (ctypes.c_int * 1)(descriptor)
        checked(libc.syscall(URING_REGISTER, self.fd, 2, files, 1), "io_uring_register")

    def run(self, opcode, target, offset, address, length, flags=0, last=0):
        tail = self.word(self.sq_tail)
        entry = struct.pack("<BBHiQQIIQHHiQQ", opcode, flags, 0, target, offset, address, length, 0, 0, 0, 0, last, 0, 0)
        self.entries[(tail & 3) * 64 : (tail & 3) * 64 + 64] = entry
        self.word(self.sq_array + (tail & 3) * 4, tail & 3)
        self.word(self.sq_tail, tail + 1)
        enter = 1 if not self.polled else 3
        checked(libc.syscall(URING_ENTER, self.fd, 0 if self.polled else 1, 1, enter, None, 0), "io_uring_enter")
        head = self.word(self.cq_head)
        result = struct.unpack_from("<i", self.rings, self.cqes + (head & 7) * 16 + 8)[0]
        self.word(self.cq_head, head + 1)
        if result < 0:
            raise OSError(-result, f"ring: {os.strerror(-result)}")
        return result


def uring(offset, length, flags=0, registered=False, entry_flags=0):
    ring = Ring(flags)
    area, address = aligned(length)
    target = fd
    if registered:
        ring.register(fd)
        os.close(fd)
        target, entry_flags = 0, entry_flags | 1
    if ring.run(OP_WRITE, target, offset, address, length, entry_flags) != length:
        raise OSError("short write by io_uring")


def uring_truncate(offset, length):
    """Shortens within a page and makes it as long as before: what is left behind are zeros."""
    size = os.fstat(fd).st_size
    ring = Ring()
    ring.run(OP_FTRUNCATE, fd, offset + 1, 0, 0)
    ring.run(OP_FTRUNCATE, fd, size, 0, 0)


def source(length):
    other = os.memfd_create("source")
    os.write(other, b"N" * length)
    os.lseek(other, 0, os.SEEK_SET)
    return other


def beside(length):
    """A file of the same filesystem."""
    other = os.open(path + ".beside", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(other, b"N" * length)
    os.fsync(other)
    return other


def splice(offset, length):
    reader, writer = os.pipe()
    done = 0
    while done < length:
        os.write(writer, b"N" * min(length - done, 65536))
        done += os.splice(reader, fd, 65536, offset_dst=offset + done)


def splice_slowly(offset, length):
    """Asked about once, at the beginning; writes when something comes, after a while."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        time.sleep(2.5)
        os.write(writer, b"N" * length)
        os._exit(0)
    os.close(writer)
    os.splice(reader, fd, length, offset_dst=offset)
    os.wait()


def sendfile(offset, length):
    os.lseek(fd, offset, os.SEEK_SET)
    other = source(length)
    left = length
    while left > 0:
        left -= os.sendfile(fd, other, length - left, left)


def copy_range(offset, length):
    other = beside(length)
    done = 0
    while done < length:
        done += os.copy_file_range(other, fd, length - done, done, offset + done)


def fallocate(mode):
    def change(offset, length):
        checked(libc.fallocate(fd, mode, ctypes.c_long(offset), ctypes.c_long(length)), "fallocate")

    return change


def clone(offset, length):
    fcntl.ioctl(fd, FICLONE, beside(os.fstat(fd).st_size))


def truncate_and_extend(offset, length):
    size = os.fstat(fd).st_size
    os.ftruncate(fd, offset)
    os.ftruncate(fd, size)


def map_shared(offset, length):
    with mmap.mmap(fd, length, offset=offset) as area:
        area[0:length] = b"N" * length


def map_private(offset, length):
    with mmap.mmap(fd, length, flags=mmap.MAP_PRIVATE, offset=offset) as area:
        area[0:length] = b"N" * length


def open_truncating(offset, length):
    os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))


class OpenHow(ctypes.Structure):
    _fields_ = [("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64)]


def openat2_truncating(offset, length):
    how = OpenHow(os.O_WRONLY | os.O_TRUNC, 0, 0)
    os.close(checked(libc.syscall(437, -100, path.encode(), ctypes.byref(how), 24), "openat2"))


def append(offset, length):
    other = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.write(other, b"N" * length)
    os.close(other)


def rename_over(offset, length):
    os.close(beside(length))
    os.rename(path + ".beside", path)


def write_and_unlink(offset, length):
    os.unlink(path)
    os.pwrite(fd, b"N" * length, offset)


ways = {
    "pwrite": lambda offset, length: os.pwrite(fd, b"N" * length, offset),
    "pwritev": lambda offset, length: os.pwritev(fd, [b"N" * (length // 2), b"N" * (length - length // 2)], offset),
    "direct": lambda offset, length: os.pwritev(fd, [aligned(length)[0]], offset),
    "append": append,
    "aio": aio,
    "uring": uring,
    "uring-worker": lambda offset, length: uring(offset, length, entry_flags=16),
    "uring-registered": lambda offset, length: uring(offset, length, registered=True),
    "uring-polled": lambda offset, length: uring(offset, length, flags=2),
    "uring-truncate": uring_truncate,
    "splice": splice,
    "splice-slowly": splice_slowly,
    "sendfile": sendfile,
    "copy-file-range": copy_range,
    "clone": clone,
    "punch": fallocate(3),
    "zero-range": fallocate(16),
    "collapse": fallocate(8),
    "insert": fallocate(32),
    "uring-punch": lambda offset, length: Ring().run(OP_FALLOCATE, fd, offset, length, 3),
    "truncate": lambda offset, length: os.ftruncate(fd, offset),
    "truncate-path": lambda offset, length: os.truncate(path, offset),
    "truncate-and-extend": truncate_and_extend,
    "open-truncating": open_truncating,
    "openat2-truncating": openat2_truncating,
    "map-shared": map_shared,
    "map-private": map_private,
    "rename-over": rename_over,
    "write-and-unlink": write_and_unlink,
    "read": lambda offset, length: os.pread(fd, length, offset),
}

for order in sys.stdin:
    words = order.split()
    answer = {"done": words[0]}
    try:
        if words[0] == "open":
            path = words[1]
            fd = os.open(path, os.O_RDWR | (os.O_DIRECT if "direct" in words[2:] else 0))
        elif words[0] == "close":
            os.close(fd)
        else:
            ways[words[0]](int(words[1]), int(words[2]))
    except OSError as error:
        answer = {"failed": words[0], "code": errno.errorcode.get(error.errno or 0, "?"), "text": str(error)}
    print(json.dumps(answer), flush=True)
