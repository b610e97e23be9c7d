"""One of several writers of one file: crowd.py PATH COUNTERS INDEX WRITERS BLOCKS PER_SECOND WAY

It writes its own blocks (those whose number is INDEX modulo WRITERS), one after the other in an order that everybody can
compute, each full of copies of: its index, the number of the write, the block, and how far the others had come before.
After each write it publishes its number in COUNTERS, shared memory, and from byte 2048 on how long its slowest write took,
in seconds, which whoever reads it sets to zero. See crowd.ts for the judge. Ends with its input.
"""
import mmap
import os
import select
import struct
import sys
import time

path, counters_path, index, writers, blocks, rate, way = sys.argv[1:]
index, writers, blocks, rate = int(index), int(writers), int(blocks), float(rate)
BLOCK, COPY = 4096, 128
own = blocks // writers

counters_fd = os.open(counters_path, os.O_RDWR)
counters = mmap.mmap(counters_fd, 4096)
fd = os.open(path, os.O_RDWR | (os.O_DIRECT if way == "direct" else 0))
area = mmap.mmap(-1, BLOCK)

slowest = 0.0
number = 0
state = index + 1
print("ready", flush=True)
begun = time.monotonic()
while True:
    due = begun + number / rate
    wait = max(0.0, due - time.monotonic())
    if select.select([sys.stdin], [], [], wait)[0]:
        break
    number += 1
    state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
    block = ((state >> 8) % own) * writers + index
    seen = struct.unpack_from(f"<{writers}Q", counters, 0)
    copy = struct.pack(f"<4sIQQ{writers}Q", b"CRWD", index, number, block, *seen).ljust(COPY, b"\0")
    area[0:BLOCK] = copy * (BLOCK // COPY)
    before = time.monotonic()
    if os.pwritev(fd, [area], block * BLOCK) != BLOCK:
        raise OSError("short write")
    took = time.monotonic() - before
    slowest = max(slowest, took)
    recently = struct.unpack_from("<d", counters, 2048 + index * 8)[0]
    struct.pack_into("<d", counters, 2048 + index * 8, max(recently, took))
    struct.pack_into("<Q", counters, index * 8, number)
print(f"{number} {slowest * 1000:.3f}", flush=True)
