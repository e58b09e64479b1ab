/* Giving up what is not needed: Landlock (landlock(7)), by system calls, which glibc does not wrap.
 */
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { REFER_SINCE = 2, TRUNCATE_SINCE = 3 };

/* Rights that kernels learned later than the header this was built with may not name. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

static const uint64_t reads =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t of_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                                 LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

static uint64_t all_rights(int version)
{
    uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
    if (version >= REFER_SINCE)
        all |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= TRUNCATE_SINCE)
        all |= LANDLOCK_ACCESS_FS_TRUNCATE;
    return all;
}

static pb_status refused(const char *path, int error_number, pb_error *err)
{
    char room[128];
    pb_fail(err, PB_IO, PB_MSG("The process could not be confined to {path}."), "path", path, NULL);
    pb_error_detail(err, PB_MSG("The system says: {reason}"), "reason",
                    strerror_r(error_number, room, sizeof room), NULL);
    return PB_IO;
}

/* What is not there cannot be reached anyway. */
static pb_status allow(int rules, const char *path, uint64_t rights, pb_error *err)
{
    struct stat about;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == EACCES ? PB_OK : refused(path, errno, err);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    if (fstat(fd, &about) == 0 && !S_ISDIR(about.st_mode))
        rule.allowed_access &= of_files;
    long done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int error_number = errno;
    close(fd);
    return done == 0 ? PB_OK : refused(path, error_number, err);
}

static pb_status allow_all(int rules, const sys_sandbox *sandbox, uint64_t all, pb_error *err)
{
    for (size_t i = 0; i < sandbox->read_count; i++)
        PB_TRY(allow(rules, sandbox->read[i], reads, err));
    for (size_t i = 0; i < sandbox->write_count; i++)
        PB_TRY(allow(rules, sandbox->write[i], all, err));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        return refused("/", errno, err);
    return PB_OK;
}

pb_status sys_sandbox_enter(const sys_sandbox *sandbox, pb_error *err)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) {
        pb_fail(err, PB_UNSUPPORTED, PB_MSG("This system cannot confine a process to folders."),
                NULL);
        pb_error_detail(err, PB_MSG("Its kernel has no Landlock, or it is switched off."), NULL);
        pb_error_hint(err,
                      PB_MSG("Use the unit of systemd that --write-unit makes: it confines by "
                             "other means."),
                      NULL);
        return PB_UNSUPPORTED;
    }
    uint64_t all = all_rights((int)version);
    struct landlock_ruleset_attr attributes = {.handled_access_fs = all};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (rules < 0)
        return refused("/", errno, err);
    pb_status status = allow_all(rules, sandbox, all, err);
    close(rules);
    return status;
}
