/* Folders and paths. */
#include "sys/environment.h"
#include "sys/file.h"

#include "calls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH = 64 };

sys_kind sys_path_kind(const char *path)
{
    struct stat about;
    if (stat(path, &about) < 0)
        return SYS_NONE;
    return S_ISREG(about.st_mode) ? SYS_FILE : S_ISDIR(about.st_mode) ? SYS_FOLDER : SYS_OTHER;
}

pb_status sys_path_mode(const char *path, unsigned *ret_mode, bool *ret_own, pb_error *err)
{
    struct stat about;
    if (stat(path, &about) < 0)
        return sys_fail_path(err, PB_MSG("Could not find out the permissions of {path}"), path,
                             errno);
    *ret_mode = about.st_mode & 07777u;
    *ret_own = about.st_uid == geteuid();
    return PB_OK;
}

char *sys_path_join(pb_arena *arena, const char *folder, const char *name)
{
    size_t len = strlen(folder);
    if (*name == '/' || len == 0)
        return pb_arena_cstr(arena, pb_str_c(name));
    return pb_arena_printf(arena, folder[len - 1] == '/' ? "%s%s" : "%s/%s", folder, name);
}

pb_str sys_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return pb_str_c(slash ? slash + 1 : path);
}

static int by_bytes(const void *a, const void *b)
{
    return pb_str_cmp(*(const pb_str *)a, *(const pb_str *)b);
}

static bool itself_or_above(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

pb_status sys_dir_list(const char *path, pb_arena *arena, pb_str **ret_names, size_t *ret_count,
                       pb_error *err)
{
    const char *primary = PB_MSG("Could not list the folder {path}");
    pb_str *names = NULL;
    size_t count = 0;
    size_t capacity = 0;
    int fd = sys_call_open(path, O_RDONLY | O_DIRECTORY, 0);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder) {
        int error_number = errno;
        if (fd >= 0)
            close(fd);
        return sys_fail_path(err, primary, path, error_number);
    }
    pb_status status = PB_OK;
    const struct dirent *entry;
    while (errno = 0, status == PB_OK && (entry = readdir(folder)) != NULL) {
        if (itself_or_above(entry->d_name))
            continue;
        pb_str name = pb_arena_str(arena, pb_str_c(entry->d_name));
        if (!name.ptr || !PB_PUSH(arena, names, count, capacity, name))
            status = pb_fail_memory(err);
    }
    if (status == PB_OK && errno != 0)
        status = sys_fail_path(err, primary, path, errno);
    closedir(folder);
    if (status != PB_OK)
        return status;
    if (count)
        qsort(names, count, sizeof *names, by_bytes);
    *ret_names = names;
    *ret_count = count;
    return PB_OK;
}

static pb_status could_not_make(pb_error *err, const char *path, int error_number)
{
    return sys_fail_path(err, PB_MSG("Could not make the folder {path}"), path, error_number);
}

static pb_status make_one(const char *path, unsigned mode, bool may_exist, pb_error *err)
{
    if (sys_call_mkdir(path, (mode_t)mode) == 0)
        return PB_OK;
    int error_number = errno;
    if (may_exist && error_number == EEXIST && sys_path_kind(path) == SYS_FOLDER)
        return PB_OK;
    return could_not_make(err, path, error_number);
}

/* `path` was made; its name begins at `slash`, or at the beginning. */
static pb_status sync_above(char *path, char *slash, pb_error *err)
{
    if (*slash != '/')
        return sys_dir_sync(".", err);
    if (slash == path)
        return sys_dir_sync("/", err);
    *slash = '\0';
    pb_status status = sys_dir_sync(path, err);
    *slash = '/';
    return status;
}

/* Makes the folder and those above it that are missing. `durable`: each new name is on the disk. */
static pb_status make_with_parents(char *path, unsigned mode, bool durable, pb_error *err)
{
    for (char *slash = path; slash != NULL;) {
        char *above = slash;
        slash = *path == '\0' ? NULL : strchr(slash + 1, '/');
        if (slash != NULL)
            *slash = '\0';
        /* Folders above get the usual permissions; only the last is as private as asked. */
        bool missing = sys_path_kind(path) != SYS_FOLDER;
        if (missing || slash == NULL)
            PB_TRY(make_one(path, slash == NULL ? mode : mode | 0711, true, err));
        if (durable && (missing || slash == NULL)) /* whoever made it may have died before this */
            PB_TRY(sync_above(path, above, err));
        if (slash != NULL)
            *slash = '/';
    }
    return PB_OK;
}

static pb_status make_all(const char *path, unsigned mode, bool durable, pb_error *err)
{
    char *part = strdup(path);
    if (!part)
        return pb_fail_memory(err);
    pb_status status = make_with_parents(part, mode, durable, err);
    free(part);
    return status;
}

pb_status sys_dir_make(const char *path, unsigned mode, bool parents, pb_error *err)
{
    return parents ? make_all(path, mode, false, err) : make_one(path, mode, false, err);
}

pb_status sys_dir_make_durable(const char *path, unsigned mode, pb_error *err)
{
    return make_all(path, mode, true, err);
}

static int remove_all(int above, const char *name, int depth);

/* Removes what is in the open folder and closes it; 0 or an error number. */
static int empty_folder(int fd, int depth)
{
    DIR *folder = fdopendir(fd);
    if (!folder) {
        int error_number = errno;
        close(fd);
        return error_number;
    }
    int error_number = 0;
    const struct dirent *entry;
    while (errno = 0, error_number == 0 && (entry = readdir(folder)) != NULL)
        if (!itself_or_above(entry->d_name))
            error_number = remove_all(fd, entry->d_name, depth);
    if (error_number == 0)
        error_number = errno;
    closedir(folder);
    return error_number;
}

static int remove_all(int above, const char *name, int depth)
{
    if (depth == DEPTH)
        return ELOOP;
    int fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno != ENOTDIR && errno != ELOOP)
        return errno == ENOENT ? 0 : errno;
    int error_number = fd < 0 ? 0 : empty_folder(fd, depth + 1);
    if (error_number)
        return error_number;
    return sys_call_unlink(above, name, fd < 0 ? 0 : AT_REMOVEDIR) < 0 ? errno : 0;
}

pb_status sys_dir_remove_tree(const char *path, pb_error *err)
{
    int error_number = remove_all(AT_FDCWD, path, 0);
    return error_number == 0
               ? PB_OK
               : sys_fail_path(err, PB_MSG("Could not remove {path}"), path, error_number);
}

pb_status sys_dir_sync(const char *path, pb_error *err)
{
    const char *primary = PB_MSG("Could not write the folder {path} to disk");
    int fd = sys_call_open(path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return sys_fail_path(err, primary, path, errno);
    int error_number = sys_call_fsync(fd) < 0 ? errno : 0;
    close(fd);
    return error_number ? sys_fail_path(err, primary, path, error_number) : PB_OK;
}

pb_status sys_temp_dir(pb_arena *arena, char **ret_path, pb_error *err)
{
    return sys_temp_dir_in(NULL, arena, ret_path, err);
}

pb_status sys_temp_dir_in(const char *above, pb_arena *arena, char **ret_path, pb_error *err)
{
    if (above == NULL)
        above = sys_getenv("TMPDIR");
    char *path = sys_path_join(arena, above ? above : "/tmp", "probity-XXXXXX");
    if (!path)
        return pb_fail_memory(err);
    if (!mkdtemp(path))
        return could_not_make(err, path, errno);
    *ret_path = path;
    return PB_OK;
}
