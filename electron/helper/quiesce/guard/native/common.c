#define _GNU_SOURCE
#include "stillpoint-guard.h"

#include <errno.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

uint64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

void before(struct frame *f)
{
	f->real_before = now(CLOCK_REALTIME);
	f->mono_before = now(CLOCK_MONOTONIC);
}

void after(struct frame *f)
{
	f->mono_after = now(CLOCK_MONOTONIC);
	f->real_after = now(CLOCK_REALTIME);
}

void reply(const struct frame *f)
{
	ssize_t ignored = write(1, f, sizeof *f);

	(void)ignored;
}

void reply_kind(enum frame_kind kind, int error, uint32_t detail)
{
	struct frame f = { .magic = FRAME_MAGIC, .kind = kind, .error = error, .detail = detail };

	reply(&f);
}

int is_readable(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, 0) > 0 && p.revents != 0;
}

void wake_at(uint64_t boot_ns)
{
	struct itimerspec t = { { 0, 0 }, { (time_t)(boot_ns / 1000000000u), (long)(boot_ns % 1000000000u) } };

	timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &t, NULL);
}

int become(enum state from, enum state to)
{
	uint32_t expected = from;

	return atomic_compare_exchange_strong(&page->state, &expected, to);
}

int freeze_filesystem(void)
{
	return ioctl((int)given.mount_fd, FIFREEZE, 0) < 0 ? errno : 0;
}

int thaw_filesystem(void)
{
	return ioctl((int)given.mount_fd, FITHAW, 0) < 0 ? errno : 0;
}

void rcu_expedite(void)
{
	char digits[16];
	ssize_t n;

	if (given.rcu_fd < 0 || flock((int)given.rcu_fd, LOCK_EX | LOCK_NB) < 0)
		return;
	n = pread((int)given.rcu_fd, digits, sizeof digits - 1, 0);
	if (n < 1 || digits[0] < '0' || digits[0] > '9') {
		flock((int)given.rcu_fd, LOCK_UN);
		return;
	}
	digits[n] = 0;
	page->rcu_previous = (uint32_t)strtoul(digits, NULL, 10);
	atomic_store(&page->rcu_changed, 1);
	if (pwrite((int)given.rcu_fd, "1\n", 2, 0) < 0) {
		atomic_store(&page->rcu_changed, 0);
		flock((int)given.rcu_fd, LOCK_UN);
	}
}

void rcu_restore(void)
{
	char digits[16];
	uint32_t value;
	size_t at = sizeof digits;

	if (given.rcu_fd < 0 || !atomic_load(&page->rcu_changed))
		return;
	value = page->rcu_previous;
	digits[--at] = '\n';
	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	if (pwrite((int)given.rcu_fd, digits + at, sizeof digits - at, 0) < 0)
		return;
	atomic_store(&page->rcu_changed, 0);
	flock((int)given.rcu_fd, LOCK_UN);
}
