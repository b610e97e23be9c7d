/*
 * stillpoint-guard: holds one freeze of one filesystem, and sees that it ends on time.
 *
 *   stillpoint-guard guard   lease-ms=N mount-fd=N state-fd=N event-fd=N helper-fd=N [rcu-fd=N]
 *   stillpoint-guard witness lease-ms=N mount-fd=N state-fd=N event-fd=N helper-fd=N [rcu-fd=N]
 *                            margin-ms=N guard-fd=N [sysrq-fd=N]
 *   stillpoint-guard watch   freezes nothing: see watch.c
 *   stillpoint-guard probe   freezes nothing: see probe.c
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
 * Commands to the witness: 'P' are you awake? (answered by another "ready")
 *                          'T' end it now: the helper found the guard dead or deaf
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
#include "stillpoint-guard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, STACK_BYTES = 64 * 1024 };

struct options given = { -1, -1, -1, -1, -1, -1, -1, -1, -1 };
struct page *page;
int timer_fd = -1;
uint32_t abilities;

static int parse(const char *argument)
{
	const struct {
		const char *key;
		long *value;
	} known[] = {
		{ "lease-ms=", &given.lease_ms },
		{ "margin-ms=", &given.margin_ms },
		{ "mount-fd=", &given.mount_fd },
		{ "state-fd=", &given.state_fd },
		{ "event-fd=", &given.event_fd },
		{ "helper-fd=", &given.helper_fd },
		{ "guard-fd=", &given.guard_fd },
		{ "rcu-fd=", &given.rcu_fd },
		{ "sysrq-fd=", &given.sysrq_fd },
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

/*
 * Who started the helper may have left it with the processor's leftovers (SCHED_IDLE, where the nice value counts for
 * nothing) or on one busy processor: that must not make a thaw late.
 */
static void run_like_others(void)
{
	struct sched_param none = { 0 };
	cpu_set_t all;

	memset(&all, 0xff, sizeof all);
	sched_setaffinity(0, sizeof all, &all);
	sched_setscheduler(0, SCHED_OTHER, &none);
	setpriority(PRIO_PROCESS, 0, -20);
}

/* False when the page, the timer or the reply pipe cannot be had. */
static int set_up(const char *name)
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU,
				       SIGUSR1, SIGUSR2, SIGALRM };
	unsigned highest = 2;
	const long inherited[] = { given.mount_fd, given.state_fd, given.event_fd, given.helper_fd,
				   given.guard_fd, given.rcu_fd,   given.sysrq_fd };
	int flags;

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
	run_like_others();
	if (given.state_fd >= 0)
		page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, (int)given.state_fd, 0);
	timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	flags = fcntl(1, F_GETFL);
	if (page == MAP_FAILED || timer_fd < 0 || flags < 0 || fcntl(1, F_SETFL, flags | O_NONBLOCK) < 0)
		return 0;
	touch_stack();
	if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0)
		abilities |= MEMORY_LOCKED;
	if (given.rcu_fd >= 0)
		abilities |= RCU_USABLE;
	if (given.sysrq_fd >= 0)
		abilities |= SYSRQ_USABLE;
	return 1;
}

int main(int argc, char **argv)
{
	int is_guard = argc > 1 && strcmp(argv[1], "guard") == 0;
	int is_witness = argc > 1 && strcmp(argv[1], "witness") == 0;
	int is_watch = argc > 1 && strcmp(argv[1], "watch") == 0;
	int is_probe = argc > 1 && strcmp(argv[1], "probe") == 0;

	if (!is_guard && !is_witness && !is_watch && !is_probe)
		return SETUP_FAILED;
	for (int i = 2; i < argc; i++)
		if (!parse(argv[i]))
			return SETUP_FAILED;
	if (given.lease_ms < 1 || !is_open(0) || !is_open(1) || !is_open(given.helper_fd))
		return SETUP_FAILED;
	if (!is_watch && !is_open(given.mount_fd))
		return SETUP_FAILED;
	if ((is_guard || is_witness) && (!is_open(given.state_fd) || !is_open(given.event_fd)))
		return SETUP_FAILED;
	if ((given.rcu_fd >= 0 && !is_open(given.rcu_fd)) || (given.sysrq_fd >= 0 && !is_open(given.sysrq_fd)))
		return SETUP_FAILED;
	if ((is_witness && given.margin_ms < 1) || ((is_witness || is_watch) && !is_open(given.guard_fd)))
		return SETUP_FAILED;
	if (!set_up(is_guard ? "sp-guard" : is_witness ? "sp-witness" : is_watch ? "sp-watch" : "sp-probe"))
		return SETUP_FAILED;
	reply_kind(READY, 0, abilities);
	return is_guard ? run_guard() : is_witness ? run_witness() : is_watch ? run_watch() : run_probe();
}
