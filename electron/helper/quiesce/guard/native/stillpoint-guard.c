/*
 * stillpoint-guard: holds one freeze of one filesystem, and sees that it ends on time.
 *
 *   stillpoint-guard guard   lease-ms=N mount-fd=N state-fd=N event-fd=N helper-fd=N [rcu-fd=N]
 *   stillpoint-guard witness lease-ms=N mount-fd=N state-fd=N event-fd=N helper-fd=N [rcu-fd=N]
 *                            margin-ms=N guard-fd=N [sysrq-fd=N]
 *
 * Both processes serve one freeze and then end. Everything they touch is inherited, already open:
 *   0          commands, one byte each; end of file means that the helper is gone or done
 *   1          replies, struct frame
 *   mount-fd   a directory of the filesystem (the whole filesystem is frozen, whichever directory it is)
 *   state-fd   a sealed memory file of one page, struct page, shared by guard, witness and helper
 *   event-fd   an eventfd: the guard tells the witness that the page has changed
 *   helper-fd  pidfd of the helper         guard-fd  pidfd of the guard
 *   rcu-fd     /sys/kernel/rcu_expedited, read and write, one open file description shared by all three
 *   sysrq-fd   /proc/sysrq-trigger
 *
 * Commands to the guard:   'F' freeze   'T' thaw
 * Commands to the witness: 'T' end it now: the helper found the guard dead or deaf
 *
 * After "ready" neither process allocates, opens, executes, logs or touches a path: it may be that the filesystem it
 * would wait for is the frozen one. Both lock their memory, lead a session of their own, ignore the polite signals and
 * ask not to be chosen by the out-of-memory killer.
 *
 * Who ends a freeze, in this order:
 *   1. the guard: on 'T', when the helper is gone, or when the lease (counted from the return of FIFREEZE) is over;
 *   2. the witness: on 'T', when guard and helper are both gone, or when lease + margin is over. It kills the guard
 *      first, so that a guard which was only stopped cannot wake later and act on a filesystem that is somebody
 *      else's by then;
 *   3. the helper, if it finds both gone (it does the same as the witness).
 *
 * Two rules that are easy to get wrong:
 *   - FITHAW answers EINVAL also while a FIFREEZE is under way. A thawer therefore asks again until the freezer is
 *     known to be gone, and then once more.
 *   - A filesystem that answered EBUSY was frozen by somebody else, and is never thawed here. What the guard learned is
 *     in the shared page before anybody else can act on it. One case cannot be told apart: a guard that dies inside
 *     FIFREEZE takes the answer with it. The witness then thaws: a filesystem frozen for ever is the greater harm.
 *
 * Exit codes:
 *   0  thawed on command; or nothing was ever frozen and nothing had to be done
 *   1  bad arguments or descriptors; no "ready" was sent
 *   2  the freeze was refused (errno in the reply)
 *   3  thawed because the helper was gone
 *   4  thawed because the time was over
 *   5  at the thaw the filesystem was no longer frozen: somebody else had ended it
 *   6  (witness) thawed in the guard's place
 *   7  (witness) nothing was frozen; a freeze that had not begun was called off
 *   8  (witness) every thaw failed; the kernel's emergency thaw was asked for
 *
 * Sources: ioctl_fs(2) / linux/fs.h (FIFREEZE, FITHAW), pidfd_open(2), timerfd_create(2), memfd_create(2),
 * Documentation/admin-guide/sysrq.rst ('j'), Documentation/admin-guide/kernel-parameters.txt (rcupdate.rcu_expedited).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#ifndef __x86_64__
#ifndef __aarch64__
#error "the protocol is little-endian and 64-bit; only x86-64 and arm64 were considered"
#endif
#endif

enum { FRAME_MAGIC = 0x31475053, PAGE_BYTES = 4096, STACK_BYTES = 64 * 1024 };

/* Kept in step with ../wire.ts. */
enum frame_kind { READY = 1, FROZEN_FRAME, BUSY_FRAME, FAILED_FRAME, THAWED_FRAME, NOT_FROZEN_FRAME, CANCELLED_FRAME };
enum cause { BY_COMMAND = 1, BY_END_OF_FILE, BY_DEADLINE, BY_WITNESS };
enum state { IDLE = 0, FREEZING, FROZEN, THAWING, THAWED, BUSY, FAILED, CANCELLED };
enum ability { MEMORY_LOCKED = 1, OOM_EXEMPT = 2, OWN_SESSION = 4, RCU_USABLE = 8, SYSRQ_USABLE = 16 };
enum exit_code { DONE, SETUP_FAILED, REFUSED, HELPER_GONE, TIME_OVER, ENDED_EARLY, TOOK_OVER, CALLED_OFF, EMERGENCY };

struct frame {
	uint32_t magic;
	uint32_t kind;
	int32_t error;
	uint32_t detail;
	uint64_t mono_before, mono_after; /* CLOCK_MONOTONIC, ns, around the ioctl */
	uint64_t real_before, real_after; /* CLOCK_REALTIME, ns, around the ioctl */
};

/* The shared page. Times are written before the state that makes them valid. */
struct page {
	_Atomic uint32_t state;
	_Atomic uint32_t rcu_changed;
	uint32_t rcu_previous;
	int32_t error;
	uint32_t cause;
	uint32_t reserved;
	_Atomic uint64_t begun_boot;  /* CLOCK_BOOTTIME, ns, before FIFREEZE */
	_Atomic uint64_t frozen_boot; /* CLOCK_BOOTTIME, ns, after FIFREEZE */
	struct frame freeze;
	struct frame thaw;
};
_Static_assert(sizeof(struct frame) == 48, "wire.ts reads these offsets");
_Static_assert(offsetof(struct page, freeze) == 40, "wire.ts reads these offsets");
_Static_assert(offsetof(struct page, thaw) == 88, "wire.ts reads these offsets");

static long lease_ms = -1, margin_ms = -1;
static long mount_fd = -1, state_fd = -1, event_fd = -1, helper_fd = -1, guard_fd = -1, rcu_fd = -1, sysrq_fd = -1;
static int timer_fd = -1;
static struct page *page;

static uint64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static void before(struct frame *f)
{
	f->real_before = now(CLOCK_REALTIME);
	f->mono_before = now(CLOCK_MONOTONIC);
}

static void after(struct frame *f)
{
	f->mono_after = now(CLOCK_MONOTONIC);
	f->real_after = now(CLOCK_REALTIME);
}

/* Never waits: the pipe is non-blocking, and a helper that is gone needs no answer. */
static void reply(const struct frame *f)
{
	ssize_t ignored = write(1, f, sizeof *f);

	(void)ignored;
}

static void reply_kind(enum frame_kind kind, int error, uint32_t detail)
{
	struct frame f = { .magic = FRAME_MAGIC, .kind = kind, .error = error, .detail = detail };

	reply(&f);
}

static void tell_witness(void)
{
	uint64_t one = 1;
	ssize_t ignored = write((int)event_fd, &one, sizeof one);

	(void)ignored;
}

static int is_readable(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, 0) > 0 && p.revents != 0;
}

static void wake_at(uint64_t boot_ns)
{
	struct itimerspec t = { { 0, 0 }, { (time_t)(boot_ns / 1000000000u), (long)(boot_ns % 1000000000u) } };

	timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &t, NULL);
}

static int become(enum state from, enum state to)
{
	uint32_t expected = from;

	return atomic_compare_exchange_strong(&page->state, &expected, to);
}

/*
 * Expedited RCU is a setting of the whole system. The lock belongs to the open file description that guard, witness
 * and helper share, so that two freezes at once cannot save each other's value as the one to go back to; the second
 * does without.
 */
static void rcu_expedite(void)
{
	char digits[16];
	ssize_t n;

	if (rcu_fd < 0 || flock((int)rcu_fd, LOCK_EX | LOCK_NB) < 0)
		return;
	n = pread((int)rcu_fd, digits, sizeof digits - 1, 0);
	if (n < 1 || digits[0] < '0' || digits[0] > '9') {
		flock((int)rcu_fd, LOCK_UN);
		return;
	}
	digits[n] = 0;
	page->rcu_previous = (uint32_t)strtoul(digits, NULL, 10);
	atomic_store(&page->rcu_changed, 1);
	if (pwrite((int)rcu_fd, "1\n", 2, 0) < 0) {
		atomic_store(&page->rcu_changed, 0);
		flock((int)rcu_fd, LOCK_UN);
	}
}

static void rcu_restore(void)
{
	char digits[16];
	uint32_t value;
	size_t at = sizeof digits;

	if (rcu_fd < 0 || !atomic_load(&page->rcu_changed))
		return;
	value = page->rcu_previous;
	digits[--at] = '\n';
	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	if (pwrite((int)rcu_fd, digits + at, sizeof digits - at, 0) < 0)
		return;
	atomic_store(&page->rcu_changed, 0);
	flock((int)rcu_fd, LOCK_UN);
}

/* --- guard ------------------------------------------------------------------------------------------------------- */

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
	error = ioctl((int)mount_fd, FIFREEZE, 0) < 0 ? errno : 0;
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
	wake_at(atomic_load(&page->frozen_boot) + (uint64_t)lease_ms * 1000000u);
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
	while ((error = ioctl((int)mount_fd, FITHAW, 0) < 0 ? errno : 0) != 0 && error != EINVAL)
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

static int run_guard(void)
{
	int frozen = 0;

	for (;;) {
		struct pollfd p[3] = { { 0, POLLIN, 0 }, { timer_fd, POLLIN, 0 }, { (int)helper_fd, POLLIN, 0 } };
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

/* --- witness ----------------------------------------------------------------------------------------------------- */

static int is_active(uint32_t state)
{
	return state == FREEZING || state == FROZEN || state == THAWING;
}

static void kill_guard(void)
{
	syscall(SYS_pidfd_send_signal, guard_fd, SIGKILL, NULL, 0);
}

/* True when the guard's end was seen within the time given. */
static int guard_ends_within(int ms)
{
	struct pollfd p = { (int)guard_fd, POLLIN, 0 };

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

/* Ends a freeze, or what may be one, in the guard's place. */
static int take_over(void)
{
	uint32_t state = atomic_load(&page->state);
	uint64_t hopeless = now(CLOCK_BOOTTIME) + (uint64_t)margin_ms * 1000000u;
	long wait_ms = 1;
	int emergency = 0;

	kill_guard();
	for (;;) {
		/* Looked at before the call: only an EINVAL that comes after the freezer's end means "not frozen". */
		int gone = is_readable((int)guard_fd);
		int error;

		before(&page->thaw);
		error = ioctl((int)mount_fd, FITHAW, 0) < 0 ? errno : 0;
		after(&page->thaw);
		if (error == 0) {
			/* A freezer caught inside the call may have been queued behind a freeze that was not ours. */
			if (state == FREEZING && !gone && guard_ends_within(2000))
				ioctl((int)mount_fd, FITHAW, 0);
			return finish(THAWED_FRAME, 0, emergency ? EMERGENCY : TOOK_OVER);
		}
		if (error == EINVAL && gone)
			return finish(NOT_FROZEN_FRAME, error, emergency ? EMERGENCY : CALLED_OFF);
		if (error != EINVAL && gone && sysrq_fd >= 0 && !emergency && now(CLOCK_BOOTTIME) >= hopeless) {
			ssize_t ignored = write((int)sysrq_fd, "j", 1);

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
	uint64_t margin = (uint64_t)margin_ms * 1000000u;
	uint64_t lease = (uint64_t)lease_ms * 1000000u;

	/* A guard stopped inside FIFREEZE stays in this state although the filesystem is frozen. */
	if (state == FREEZING)
		return atomic_load(&page->begun_boot) + lease + margin;
	if (is_active(state))
		return atomic_load(&page->frozen_boot) + lease + margin;
	return helper_gone_at ? helper_gone_at + margin : 0;
}

static int run_witness(void)
{
	struct pollfd p[5] = {
		{ 0, POLLIN, 0 }, { (int)helper_fd, POLLIN, 0 }, { (int)guard_fd, POLLIN, 0 },
		{ (int)event_fd, POLLIN, 0 }, { timer_fd, POLLIN, 0 },
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
			n = read((int)event_fd, &drained, sizeof drained);
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
			rcu_restore();
			reply_kind(CANCELLED_FRAME, ECANCELED, BY_WITNESS);
			return CALLED_OFF;
		}
	}
}

/* --- start ------------------------------------------------------------------------------------------------------- */

static int parse(const char *argument)
{
	static const struct {
		const char *key;
		long *value;
	} known[] = {
		{ "lease-ms=", &lease_ms }, { "margin-ms=", &margin_ms }, { "mount-fd=", &mount_fd },
		{ "state-fd=", &state_fd }, { "event-fd=", &event_fd },	  { "helper-fd=", &helper_fd },
		{ "guard-fd=", &guard_fd }, { "rcu-fd=", &rcu_fd },	  { "sysrq-fd=", &sysrq_fd },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t length = strlen(known[i].key);
		char *end;

		if (strncmp(argument, known[i].key, length) != 0)
			continue;
		errno = 0;
		*known[i].value = strtol(argument + length, &end, 10);
		return argument[length] != 0 && *end == 0 && errno == 0 && *known[i].value >= 0 &&
		       *known[i].value <= INT_MAX;
	}
	return 0;
}

static int is_open(long fd)
{
	return fd >= 0 && fcntl((int)fd, F_GETFD) >= 0;
}

static int exempt_from_oom_killer(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	int ok;

	if (fd < 0)
		return 0;
	ok = write(fd, "-1000", 5) == 5;
	close(fd);
	return ok;
}

/* So that locking the memory locks the stack this program can ever use. */
static void __attribute__((noinline)) touch_stack(void)
{
	volatile char stack[STACK_BYTES];

	for (size_t i = 0; i < sizeof stack; i += 512)
		stack[i] = 0;
}

/* Returns the abilities for the "ready" frame, or -1. */
static int set_up(const char *name)
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU,
				       SIGUSR1, SIGUSR2, SIGALRM };
	unsigned highest = 2;
	const long inherited[] = { mount_fd, state_fd, event_fd, helper_fd, guard_fd, rcu_fd, sysrq_fd };
	int abilities = 0, flags;

	for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++)
		if (inherited[i] > (long)highest)
			highest = (unsigned)inherited[i];
	syscall(SYS_close_range, highest + 1, ~0u, 0);
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	prctl(PR_SET_NAME, name, 0, 0, 0);
	if (setsid() >= 0 || getsid(0) == getpid())
		abilities |= OWN_SESSION;
	if (exempt_from_oom_killer())
		abilities |= OOM_EXEMPT;
	setpriority(PRIO_PROCESS, 0, -20);
	page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, (int)state_fd, 0);
	timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	flags = fcntl(1, F_GETFL);
	if (page == MAP_FAILED || timer_fd < 0 || flags < 0 || fcntl(1, F_SETFL, flags | O_NONBLOCK) < 0)
		return -1;
	touch_stack();
	if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0)
		abilities |= MEMORY_LOCKED;
	if (rcu_fd >= 0)
		abilities |= RCU_USABLE;
	if (sysrq_fd >= 0)
		abilities |= SYSRQ_USABLE;
	return abilities;
}

int main(int argc, char **argv)
{
	int is_guard = argc > 1 && strcmp(argv[1], "guard") == 0;
	int is_witness = argc > 1 && strcmp(argv[1], "witness") == 0;
	int abilities;

	if (!is_guard && !is_witness)
		return SETUP_FAILED;
	for (int i = 2; i < argc; i++)
		if (!parse(argv[i]))
			return SETUP_FAILED;
	if (lease_ms < 1 || !is_open(0) || !is_open(1) || !is_open(mount_fd) || !is_open(state_fd) || !is_open(event_fd) ||
	    !is_open(helper_fd) || (rcu_fd >= 0 && !is_open(rcu_fd)) || (sysrq_fd >= 0 && !is_open(sysrq_fd)))
		return SETUP_FAILED;
	if (is_witness && (margin_ms < 1 || !is_open(guard_fd)))
		return SETUP_FAILED;
	abilities = set_up(is_guard ? "sp-guard" : "sp-witness");
	if (abilities < 0)
		return SETUP_FAILED;
	reply_kind(READY, 0, (uint32_t)abilities);
	return is_guard ? run_guard() : run_witness();
}
