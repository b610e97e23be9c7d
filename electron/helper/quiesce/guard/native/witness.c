/* Thaws in the guard's place when the guard cannot. */
#define _GNU_SOURCE
#include "stillpoint-guard.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_active(uint32_t state)
{
	return state == FREEZING || state == FROZEN || state == THAWING;
}

static void kill_guard(void)
{
	syscall(SYS_pidfd_send_signal, given.guard_fd, SIGKILL, NULL, 0);
}

/* True when the guard's end was seen within the time given. */
static int guard_ends_within(int ms)
{
	struct pollfd p = { (int)given.guard_fd, POLLIN, 0 };

	return poll(&p, 1, ms) > 0;
}

static int finish(enum frame_kind kind, int error, int exit_code)
{
	page->thaw.magic = FRAME_MAGIC;
	page->thaw.kind = kind;
	page->thaw.error = error;
	page->thaw.detail = page->cause = BY_WITNESS;
	rcu_restore();
	atomic_store(&page->state, THAWED);
	reply(&page->thaw);
	return exit_code;
}

/* Nothing of ours is frozen, and nothing of ours will be. */
static int call_off(void)
{
	rcu_restore();
	reply_kind(CANCELLED_FRAME, ECANCELED, BY_WITNESS);
	return CALLED_OFF;
}

/* Ends a freeze, or what may be one, in the guard's place. */
static int take_over(void)
{
	uint32_t state = atomic_load(&page->state);
	uint64_t hopeless = now(CLOCK_BOOTTIME) + (uint64_t)given.margin_ms * 1000000u;
	long wait_ms = 1;
	int emergency = 0;

	kill_guard();
	/*
	 * Caught in the middle, the guard may be about to write down that the freeze was refused. Its end makes the page
	 * final. A guard that cannot die now (its control group is frozen, or FIFREEZE goes on) is not waited for longer.
	 */
	if (state == FREEZING)
		guard_ends_within((int)given.margin_ms);
	for (;;) {
		/* Looked at before the call: only an EINVAL that comes after the freezer's end means "not frozen". */
		int gone = is_readable((int)given.guard_fd);
		int error;

		if (!is_active(atomic_load(&page->state)))
			return call_off();
		before(&page->thaw);
		error = thaw_filesystem();
		after(&page->thaw);
		if (error == 0) {
			/* A freezer caught inside the call may have been queued behind a freeze that was not ours. */
			if (state == FREEZING && !gone && guard_ends_within(2000))
				thaw_filesystem();
			return finish(THAWED_FRAME, 0, emergency ? EMERGENCY : TOOK_OVER);
		}
		if (error == EINVAL && gone)
			return finish(NOT_FROZEN_FRAME, error, emergency ? EMERGENCY : CALLED_OFF);
		if (error != EINVAL && given.sysrq_fd >= 0 && !emergency && now(CLOCK_BOOTTIME) >= hopeless) {
			ssize_t ignored = write((int)given.sysrq_fd, "j", 1);

			(void)ignored;
			emergency = 1;
		}
		pause_ms(wait_ms);
		wait_ms = wait_ms < 16 ? wait_ms * 2 : 20;
	}
}

/* When the witness must act if nothing changes, in CLOCK_BOOTTIME ns; 0 for never. */
static uint64_t witness_deadline(uint32_t state, uint64_t helper_gone_at)
{
	uint64_t margin = (uint64_t)given.margin_ms * 1000000u;
	uint64_t lease = (uint64_t)given.lease_ms * 1000000u;

	/* A guard stopped inside FIFREEZE stays in this state although the filesystem is frozen. */
	if (state == FREEZING)
		return atomic_load(&page->begun_boot) + lease + margin;
	if (is_active(state))
		return atomic_load(&page->frozen_boot) + lease + margin;
	return helper_gone_at ? helper_gone_at + margin : 0;
}

int run_witness(void)
{
	struct pollfd p[5] = {
		{ 0, POLLIN, 0 },
		{ (int)given.helper_fd, POLLIN, 0 },
		{ (int)given.guard_fd, POLLIN, 0 },
		{ (int)given.event_fd, POLLIN, 0 },
		{ timer_fd, POLLIN, 0 },
	};
	uint64_t helper_gone_at = 0;
	int guard_gone = 0, ordered = 0;

	for (;;) {
		uint32_t state = atomic_load(&page->state);
		uint64_t deadline = witness_deadline(state, helper_gone_at);
		uint64_t drained;
		int is_late;
		char command = 0;
		ssize_t n;

		wake_at(deadline);
		if (poll(p, 5, -1) < 0)
			continue;
		if (p[0].revents) {
			n = read(0, &command, 1);
			if (n == 1 && command == 'P')
				reply_kind(READY, 0, abilities);
			if (n == 1 && command == 'T')
				ordered = 1;
			if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
				p[0].fd = -1;
		}
		if (p[1].revents)
			p[1].fd = -1;
		if ((p[0].fd < 0 || p[1].fd < 0) && !helper_gone_at)
			helper_gone_at = now(CLOCK_BOOTTIME);
		if (p[2].revents) {
			p[2].fd = -1;
			guard_gone = 1;
		}
		if (p[3].revents) {
			n = read((int)given.event_fd, &drained, sizeof drained);
			(void)n;
		}

		state = atomic_load(&page->state);
		deadline = witness_deadline(state, helper_gone_at);
		is_late = deadline && now(CLOCK_BOOTTIME) >= deadline;
		if (is_active(state)) {
			if (ordered || is_late || (guard_gone && helper_gone_at))
				return take_over();
			continue;
		}
		if (guard_gone) {
			rcu_restore();
			if (ordered)
				reply_kind(CANCELLED_FRAME, ECANCELED, BY_WITNESS);
			return DONE;
		}
		if ((ordered || is_late) && (state != IDLE || become(IDLE, CANCELLED))) {
			kill_guard();
			guard_ends_within(1000);
			return call_off();
		}
	}
}
