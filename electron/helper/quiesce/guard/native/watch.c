/*
 * Watches a process that answers for others: while the kernel holds writers until it has answered, nobody but this one
 * notices that it has stopped. Killing it ends the waiting: the kernel lets all of them go on.
 *
 *   stillpoint-guard watch lease-ms=N helper-fd=N guard-fd=N
 *
 *   0          beats: any byte says that it is awake and has answered what was asked
 *   1          one struct frame: "ready"
 *   guard-fd   pidfd of the process that is watched      helper-fd   pidfd of the helper
 *
 * It is killed when, after its first beat, it is silent for lease-ms, and when it outlives the helper by that time. Nothing is ever thawed or
 * frozen here. Ends when the watched process has ended.
 *
 * Exit codes: 0 it ended by itself, 1 bad arguments or descriptors, 9 it was killed
 */
#define _GNU_SOURCE
#include "stillpoint-guard.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { KILLED = 9, TRY_AGAIN_MS = 100, LONGEST_WAIT_MS = 60 * 1000 };

static uint64_t now_ms(void)
{
	return now(CLOCK_MONOTONIC) / 1000000u;
}

int run_watch(void)
{
	struct pollfd p[] = { { (int)given.guard_fd, POLLIN, 0 },
			      { 0, POLLIN, 0 },
			      { (int)given.helper_fd, POLLIN, 0 } };
	uint64_t silence = (uint64_t)given.lease_ms;
	/* Until its first beat it answers nobody, and the helper waits for it. */
	uint64_t deadline = UINT64_MAX / 2;
	int exit_code = DONE;
	char beats[256];

	for (;;) {
		uint64_t at = now_ms();
		uint64_t left = at < deadline ? deadline - at : 0;
		int wait = exit_code == KILLED ? TRY_AGAIN_MS : left > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : (int)left;
		int found = poll(p, 3, wait);

		if (found > 0 && p[0].revents)
			return exit_code;
		/* Late ourselves (the machine slept, or was busy): its beats may be waiting for us, and count. */
		if (found > 0 && p[1].revents) {
			ssize_t n = read(0, beats, sizeof beats);

			if (n > 0 && p[2].fd >= 0)
				deadline = now_ms() + silence;
			else if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
				p[1].fd = -1;
		}
		if (found > 0 && p[2].revents) {
			/* It has until then to end by itself; its beats buy no more time. */
			p[2].fd = -1;
			deadline = now_ms() + silence;
		}
		if (exit_code == KILLED || (found == 0 && now_ms() >= deadline) || now_ms() >= deadline + silence) {
			syscall(SYS_pidfd_send_signal, given.guard_fd, SIGKILL, NULL, 0);
			exit_code = KILLED;
		}
	}
}
