/* System calls that are given up: a filter of the kernel's (seccomp(2), classic BPF), which every
 * thread and process that is started later inherits.
 */
#include "sys/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#endif

/* Numbers from here on are x86's second kind of calls (x32), which would slip through. */
enum { SECOND_KIND = 0x40000000 };

/* What a program that serves never does: start others, look into them, change the system. The
 * leak checker of sanitizers looks at its own process by ptrace. */
static const int given_up[] = {
    SYS_execve,
    SYS_execveat,
#ifndef __SANITIZE_ADDRESS__
    SYS_ptrace,
#endif
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_pidfd_getfd,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_unshare,
    SYS_setns,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_clock_adjtime,
    SYS_adjtimex,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_acct,
    SYS_quotactl,
    SYS_syslog,
    SYS_vhangup,
    SYS_open_by_handle_at,
    SYS_personality,
#if defined(__x86_64__)
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
#endif
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_mount_setattr
    SYS_mount_setattr,
#endif
};

enum {
    /* Namespaces of its own would give a process rights over mounts and networks that it has
     * nowhere else. (CLONE_NEWTIME is not for clone(): it is a bit of the signal there.) */
    NEW_SPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                 CLONE_NEWPID | CLONE_NEWNET,
    CALLS = sizeof given_up / sizeof *given_up,
    BEFORE = 7,
    AFTER = 7
};

static pb_status cannot(int error_number, pb_error *err)
{
    char room[128];
    pb_fail(err, PB_UNSUPPORTED, PB_MSG("This system cannot take system calls from a process."),
            NULL);
    pb_error_detail(err, PB_MSG("The system says: {reason}"), "reason",
                    strerror_r(error_number, room, sizeof room), NULL);
    pb_error_hint(err,
                  PB_MSG("Use the unit of systemd that --write-unit makes: it confines by other "
                         "means."),
                  NULL);
    return PB_UNSUPPORTED;
}

#ifdef ARCHITECTURE

static struct sock_filter load(uint32_t offset)
{
    return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
}

static struct sock_filter answer(uint32_t what)
{
    return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what);
}

/* Jumps are counted in steps from the next one on. */
static struct sock_filter compare(uint16_t how, uint32_t value, size_t yes, size_t no)
{
    return (struct sock_filter)BPF_JUMP(BPF_JMP | how | BPF_K, value, (uint8_t)yes, (uint8_t)no);
}

/* Another architecture's numbers mean other calls: such a call ends the process. What clone3() is
 * asked for lies in memory, where a filter cannot look: it is as on a kernel that has none, and the
 * C library starts threads by clone(). */
pb_status sys_sandbox_calls(pb_error *err)
{
    struct sock_filter steps[BEFORE + CALLS + AFTER];
    enum { ALLOW = BEFORE + CALLS, REFUSE, CLONE, LACKING = CLONE + 4 };
    size_t n = 0;
    steps[n++] = load(offsetof(struct seccomp_data, arch));
    steps[n++] = compare(BPF_JEQ, ARCHITECTURE, 1, 0);
    steps[n++] = answer(SECCOMP_RET_KILL_PROCESS);
    steps[n++] = load(offsetof(struct seccomp_data, nr));
    steps[n] = compare(BPF_JGE, SECOND_KIND, REFUSE - n - 1, 0);
    n++;
    steps[n] = compare(BPF_JEQ, SYS_clone, CLONE - n - 1, 0);
    n++;
    steps[n] = compare(BPF_JEQ, SYS_clone3, LACKING - n - 1, 0);
    n++;
    for (size_t i = 0; i < CALLS; i++, n++)
        steps[n] = compare(BPF_JEQ, (uint32_t)given_up[i], REFUSE - n - 1, 0);
    steps[n++] = answer(SECCOMP_RET_ALLOW);
    steps[n++] = answer(SECCOMP_RET_ERRNO | EPERM);
    /* Its flags: the lower half of the first argument, on machines that begin with that. */
    steps[n++] = load(offsetof(struct seccomp_data, args[0]));
    steps[n++] = compare(BPF_JSET, NEW_SPACES, 0, 1);
    steps[n++] = answer(SECCOMP_RET_ERRNO | EPERM);
    steps[n++] = answer(SECCOMP_RET_ALLOW);
    steps[n++] = answer(SECCOMP_RET_ERRNO | ENOSYS);
    const struct sock_fprog program = {(unsigned short)n, steps};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
        return cannot(errno, err);
    return PB_OK;
}

#else

pb_status sys_sandbox_calls(pb_error *err)
{
    return cannot(ENOSYS, err);
}

#endif
