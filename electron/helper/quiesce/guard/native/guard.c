/* The freezer: freezes on command, thaws on command, at the helper's end, or when the lease is over. */
#define _GNU_SOURCE
#include "stillpoint-guard.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static void tell_witness(void)
{
	uint64_t one = 1;
	ssize_t ignored = write((int)given.event_fd, &one, sizeof one);

	(void)ignored;
}

static int freeze_now(void)
{
	struct frame *f = &page->freeze;
	int error;

	atomic_store(&page->begun_boot, now(CLOCK_BOOTTIME));
	if (!become(IDLE, FREEZING)) {
		reply_kind(CANCELLED_FRAME, ECANCELED, 0);
		return CALLED_OFF;
	}
	tell_witness();
	rcu_expedite();
	before(f);
	error = freeze_filesystem();
	after(f);
	f->magic = FRAME_MAGIC;
	f->error = page->error = error;
	f->kind = error == 0 ? FROZEN_FRAME : error == EBUSY ? BUSY_FRAME : FAILED_FRAME;
	atomic_store(&page->frozen_boot, now(CLOCK_BOOTTIME));
	/* Lost only to a witness that has taken over, and has this process killed by now. */
	if (!become(FREEZING, error == 0 ? FROZEN : error == EBUSY ? BUSY : FAILED))
		return ENDED_EARLY;
	tell_witness();
	if (error != 0) {
		rcu_restore();
		reply(f);
		return REFUSED;
	}
	wake_at(atomic_load(&page->frozen_boot) + (uint64_t)given.lease_ms * 1000000u);
	reply(f);
	return -1;
}

static int thaw_now(enum cause cause)
{
	struct frame *f = &page->thaw;
	int error;

	if (!become(FROZEN, THAWING)) {
		reply_kind(NOT_FROZEN_FRAME, EINVAL, BY_WITNESS);
		return ENDED_EARLY;
	}
	before(f);
	/* Any error but EINVAL leaves the filesystem frozen. The witness ends this loop by ending the process. */
	while ((error = thaw_filesystem()) != 0 && error != EINVAL)
		pause_ms(5);
	after(f);
	f->magic = FRAME_MAGIC;
	f->kind = error == 0 ? THAWED_FRAME : NOT_FROZEN_FRAME;
	f->error = error;
	f->detail = page->cause = cause;
	rcu_restore();
	atomic_store(&page->state, THAWED);
	tell_witness();
	reply(f);
	if (error != 0)
		return ENDED_EARLY;
	return cause == BY_COMMAND ? DONE : cause == BY_END_OF_FILE ? HELPER_GONE : TIME_OVER;
}

int run_guard(void)
{
	int frozen = 0;

	for (;;) {
		struct pollfd p[3] = {
			{ 0, POLLIN, 0 },
			{ timer_fd, POLLIN, 0 },
			{ (int)given.helper_fd, POLLIN, 0 },
		};
		char command = 0;
		ssize_t n;

		if (poll(p, 3, -1) < 0)
			continue;
		if (p[1].revents && frozen)
			return thaw_now(BY_DEADLINE);
		if (p[2].revents)
			return frozen ? thaw_now(BY_END_OF_FILE) : DONE;
		if (!p[0].revents)
			continue;
		n = read(0, &command, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n != 1)
			return frozen ? thaw_now(BY_END_OF_FILE) : DONE;
		if (command == 'T')
			return frozen ? thaw_now(BY_COMMAND) : DONE;
		if (command == 'F' && !frozen) {
			int end = freeze_now();

			if (end >= 0)
				return end;
			frozen = 1;
		}
	}
}
