/*
 * Measures what a writer feels: writes a record every millisecond to a file of the filesystem, and keeps the longest
 * time that one write took. Freezes nothing, and thaws nothing.
 *
 *   stillpoint-guard probe lease-ms=N mount-fd=N helper-fd=N
 *
 *   0          'P': tell what was measured since the last time, and begin anew. End of file: end
 *   1          replies, struct frame: "ready", then "probed" with the number of writes in `detail` and the longest, ns, in
 *              `mono_before`
 *   mount-fd   here: a file open for writing, without a name, so that nothing is left of it
 *   helper-fd  pidfd of the helper, with which it ends       lease-ms   any
 *
 * While it waits in a write it answers nobody, and nobody can end it: it is asked after the thaw. It is a process of its own
 * so that the helper can end while it waits.
 */
#define _GNU_SOURCE
#include "stillpoint-guard.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { RECORD_BYTES = 64, PAUSE_NS = 1000000 };

int run_probe(void)
{
	static const char record[RECORD_BYTES];
	const struct timespec pause = { 0, PAUSE_NS };
	struct pollfd p[2] = { { 0, POLLIN, 0 }, { (int)given.helper_fd, POLLIN, 0 } };
	uint64_t longest = 0;
	uint32_t writes = 0;

	for (;;) {
		uint64_t from = now(CLOCK_MONOTONIC);
		int error = pwrite((int)given.mount_fd, record, sizeof record, 0) < 0 ? errno : 0;
		uint64_t took = now(CLOCK_MONOTONIC) - from;

		writes += 1;
		if (took > longest)
			longest = took;
		if (ppoll(p, 2, &pause, NULL) <= 0)
			continue;
		if (p[1].revents)
			return DONE;
		if (p[0].revents) {
			struct frame f = { .magic = FRAME_MAGIC, .kind = PROBED_FRAME, .error = error, .detail = writes,
					   .mono_before = longest };
			char command = 0;

			if (read(0, &command, 1) != 1)
				return DONE;
			reply(&f);
			longest = 0;
			writes = 0;
		}
	}
}
