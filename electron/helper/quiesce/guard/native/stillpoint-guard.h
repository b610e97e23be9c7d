/* What guard and witness share: the page, the wire, and the few calls they are made of. */
#ifndef STILLPOINT_GUARD_H
#define STILLPOINT_GUARD_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "the protocol is little-endian and 64-bit; only x86-64 and arm64 were considered"
#endif

enum { FRAME_MAGIC = 0x31475053 };

/* Kept in step with ../wire.ts. */
enum frame_kind { READY = 1, FROZEN_FRAME, BUSY_FRAME, FAILED_FRAME, THAWED_FRAME, NOT_FROZEN_FRAME, CANCELLED_FRAME,
		  PROBED_FRAME };
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

/* What this process was started with; -1 for what it was not given. */
struct options {
	long lease_ms, margin_ms;
	long mount_fd, state_fd, event_fd, helper_fd, guard_fd, rcu_fd, sysrq_fd;
};

extern struct options given;
extern struct page *page;
extern int timer_fd;
/* What the "ready" frame tells: a set of enum ability. */
extern uint32_t abilities;

/* Nanoseconds. */
uint64_t now(clockid_t clock);
void pause_ms(long ms);
/* Take both clocks around an ioctl. */
void before(struct frame *f);
void after(struct frame *f);
/* Never waits: the pipe is non-blocking, and a helper that is gone needs no answer. */
void reply(const struct frame *f);
void reply_kind(enum frame_kind kind, int error, uint32_t detail);
/* Also true at an end of file, and for the pidfd of a process that has ended. */
int is_readable(int fd);
/* Arms the timer for a time of CLOCK_BOOTTIME, which goes on during sleep; 0 disarms it. */
void wake_at(uint64_t boot_ns);
/* False when the page was in another state. */
int become(enum state from, enum state to);
/* The errno of the ioctl, or 0. */
int freeze_filesystem(void);
int thaw_filesystem(void);

/*
 * Expedited RCU is a setting of the whole system. The lock belongs to the open file description that guard, witness
 * and helper share, so that two freezes at once cannot save each other's value as the one to go back to; the second
 * does without. Restoring twice, or what was not changed, does nothing.
 */
void rcu_expedite(void);
void rcu_restore(void);

/* Serve one freeze and return the exit code. */
int run_guard(void);
int run_witness(void);
/* Freeze nothing: see watch.c, probe.c. */
int run_watch(void);
int run_probe(void);

#endif
