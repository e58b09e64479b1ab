/* Reading and durable writing of files. */
#include "sys/file.h"

#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

struct sys_reader {
    int fd;
    uint64_t size;
    char path[];
};

struct sys_writer {
    int fd;
    unsigned mode;
    char *temporary; /* behind the path, in the same allocation; NULL: a device, written directly */
    char path[];
};

static pb_status could_not_read(pb_error *err, const char *path, int error_number)
{
    return sys_fail_path(err, PB_MSG("Could not read {path}"), path, error_number);
}

static pb_status could_not_write(pb_error *err, const char *path, int error_number)
{
    return sys_fail_path(err, PB_MSG("Could not write {path}"), path, error_number);
}

pb_status sys_reader_open(const char *path, sys_reader **ret, pb_error *err)
{
    size_t size = strlen(path) + 1;
    sys_reader *reader = malloc(sizeof *reader + size);
    if (!reader)
        return pb_fail_memory(err);
    memcpy(reader->path, path, size);
    reader->fd = sys_call_open(path, O_RDONLY | O_NOCTTY, 0);
    struct stat about;
    if (reader->fd < 0 || fstat(reader->fd, &about) < 0 || S_ISDIR(about.st_mode)) {
        int error_number = reader->fd < 0 || !S_ISDIR(about.st_mode) ? errno : EISDIR;
        sys_reader_close(reader);
        return could_not_read(err, path, error_number);
    }
    reader->size = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    if (reader->size)
        (void)posix_fadvise(reader->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    *ret = reader;
    return PB_OK;
}

pb_status sys_reader_read(sys_reader *reader, void *to, size_t size, size_t *ret_len, pb_error *err)
{
    size_t len = 0;
    while (len < size) {
        ssize_t more = sys_call_read(reader->fd, (char *)to + len, size - len);
        if (more < 0)
            return could_not_read(err, reader->path, errno);
        if (more == 0)
            break;
        len += (size_t)more;
    }
    *ret_len = len;
    return PB_OK;
}

pb_status sys_reader_read_at(const sys_reader *reader, uint64_t position, void *to, size_t size,
                             size_t *ret_len, pb_error *err)
{
    size_t len = 0;
    if (position > INT64_MAX - size)
        return could_not_read(err, reader->path, EINVAL);
    while (len < size) {
        ssize_t more =
            sys_call_read_at(reader->fd, (char *)to + len, size - len, (off_t)(position + len));
        if (more < 0)
            return could_not_read(err, reader->path, errno);
        if (more == 0)
            break;
        len += (size_t)more;
    }
    *ret_len = len;
    return PB_OK;
}

pb_status sys_reader_seek(sys_reader *reader, uint64_t position, pb_error *err)
{
    if (position > INT64_MAX || lseek(reader->fd, (off_t)position, SEEK_SET) < 0)
        return could_not_read(err, reader->path, position > INT64_MAX ? EINVAL : errno);
    return PB_OK;
}

uint64_t sys_reader_size(const sys_reader *reader)
{
    return reader->size;
}

sys_reader *sys_reader_close(sys_reader *reader)
{
    if (reader && reader->fd >= 0)
        close(reader->fd);
    free(reader);
    return NULL;
}

static pb_status too_large(pb_error *err, const char *path, size_t max)
{
    pb_fail(err, PB_LIMIT, PB_MSG("Could not read {path}"), "path", path, NULL);
    pb_error_detail(err, PB_MSG("It is larger than {max} bytes."), "max", PB_ARG_INT(max), NULL);
    pb_error_hint(err, PB_MSG("Check that this is the file you mean."), NULL);
    return PB_LIMIT;
}

static pb_status read_all(sys_reader *reader, size_t max, pb_buf *out, pb_error *err)
{
    size_t total = 0;
    if (reader->size > max)
        return too_large(err, reader->path, max);
    for (;;) {
        size_t left = max - total < PIECE ? max - total + 1 : PIECE;
        size_t want = reader->size > total ? (size_t)reader->size - total : left;
        if (!pb_buf_reserve(out, want))
            return out->max - out->len < want ? too_large(err, reader->path, max)
                                              : pb_fail_memory(err);
        size_t len = 0;
        PB_TRY(sys_reader_read(reader, out->ptr + out->len, want, &len, err));
        out->len += len;
        total += len;
        if (total > max)
            return too_large(err, reader->path, max);
        if (len < want || total == reader->size)
            return PB_OK;
    }
}

pb_status sys_file_read(const char *path, size_t max, pb_buf *out, pb_error *err)
{
    sys_reader *reader = NULL;
    PB_TRY(sys_reader_open(path, &reader, err));
    pb_status status = read_all(reader, max, out, err);
    sys_reader_close(reader);
    return status;
}

pb_status sys_file_write(const char *path, pb_str bytes, unsigned mode, pb_error *err)
{
    int fd = sys_call_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, (mode_t)mode);
    if (fd < 0)
        return could_not_write(err, path, errno);
    int error_number = sys_call_write_all(fd, bytes) ? 0 : errno;
    if (sys_call_close(fd) < 0 && error_number == 0)
        error_number = errno;
    return error_number ? could_not_write(err, path, error_number) : PB_OK;
}

pb_status sys_file_patch(const char *path, uint64_t position, pb_str bytes, pb_error *err)
{
    int fd = sys_call_open(path, O_WRONLY | O_NOCTTY, 0);
    if (fd < 0)
        return could_not_write(err, path, errno);
    bool good = position <= INT64_MAX && lseek(fd, (off_t)position, SEEK_SET) >= 0 &&
                sys_call_write_all(fd, bytes);
    int error_number = good ? 0 : errno;
    if (sys_call_close(fd) < 0 && error_number == 0)
        error_number = errno;
    return error_number ? could_not_write(err, path, error_number) : PB_OK;
}

/* A device or pipe is written, never replaced: who writes to /dev/null wants to go on having one.
 */
static bool is_device(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

pb_status sys_writer_open(const char *path, unsigned mode, sys_writer **ret, pb_error *err)
{
    static const char suffix[] = ".new-XXXXXX";
    size_t len = strlen(path);
    sys_writer *writer = malloc(sizeof *writer + 2 * len + 1 + sizeof suffix);
    if (!writer)
        return pb_fail_memory(err);
    memcpy(writer->path, path, len + 1);
    writer->temporary = writer->path + len + 1;
    memcpy(writer->temporary, path, len);
    memcpy(writer->temporary + len, suffix, sizeof suffix);
    writer->mode = mode;
    if (is_device(path))
        writer->temporary = NULL;
    writer->fd = writer->temporary == NULL ? sys_call_open(path, O_WRONLY | O_NOCTTY, 0)
                                           : sys_call_temporary(writer->temporary);
    if (writer->fd < 0) {
        int error_number = errno;
        free(writer);
        return could_not_write(err, path, error_number);
    }
    *ret = writer;
    return PB_OK;
}

pb_status sys_writer_write(sys_writer *writer, pb_str bytes, pb_error *err)
{
    return sys_call_write_all(writer->fd, bytes) ? PB_OK
                                                 : could_not_write(err, writer->path, errno);
}

sys_writer *sys_writer_abort(sys_writer *writer)
{
    if (!writer)
        return NULL;
    if (writer->fd >= 0)
        close(writer->fd);
    if (writer->temporary)
        unlink(writer->temporary);
    free(writer);
    return NULL;
}

/* The folder of `path`, which is changed; "." for a name alone. */
static const char *folder_of(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    slash[slash == path] = '\0';
    return path;
}

static bool settle(sys_writer *writer)
{
    if (!writer->temporary) {
        int device = writer->fd;
        writer->fd = -1;
        return sys_call_close(device) == 0;
    }
    if (sys_call_chmod(writer->fd, (mode_t)writer->mode) < 0 || sys_call_fsync(writer->fd) < 0)
        return false;
    int fd = writer->fd;
    writer->fd = -1;
    return sys_call_close(fd) == 0 && sys_call_rename(writer->temporary, writer->path) == 0;
}

pb_status sys_writer_finish(sys_writer *writer, pb_error *err)
{
    if (!settle(writer)) {
        pb_status status = could_not_write(err, writer->path, errno);
        sys_writer_abort(writer);
        return status;
    }
    pb_status status = writer->temporary ? sys_dir_sync(folder_of(writer->path), err) : PB_OK;
    free(writer);
    return status;
}

pb_status sys_file_write_atomic(const char *path, pb_str bytes, unsigned mode, pb_error *err)
{
    sys_writer *writer = NULL;
    PB_TRY(sys_writer_open(path, mode, &writer, err));
    pb_status status = sys_writer_write(writer, bytes, err);
    if (status == PB_OK)
        return sys_writer_finish(writer, err);
    sys_writer_abort(writer);
    return status;
}

pb_status sys_file_sync(const char *path, pb_error *err)
{
    int fd = sys_call_open(path, O_RDONLY | O_NOCTTY, 0);
    if (fd < 0)
        return could_not_write(err, path, errno);
    int error_number = sys_call_fsync(fd) < 0 ? errno : 0;
    close(fd);
    return error_number ? could_not_write(err, path, error_number) : PB_OK;
}

pb_status sys_file_remove(const char *path, pb_error *err)
{
    if (sys_call_unlink(AT_FDCWD, path, 0) == 0)
        return PB_OK;
    return sys_fail_path(err, PB_MSG("Could not remove {path}"), path, errno);
}

pb_status sys_password_read(const char *path, pb_arena *arena, const char **ret_password,
                            pb_error *err)
{
    enum { PASSWORD_FILE = 64 << 10 };
    PB_AUTO_BUF text = PB_BUF_INIT(PASSWORD_FILE);
    PB_TRY(sys_file_read(path, PASSWORD_FILE, &text, err));
    pb_str line = pb_str_sub(pb_buf_str(&text), 0, pb_str_index(pb_buf_str(&text), '\n'));
    if (pb_str_ends(line, PB_STR("\r")))
        line.len--;
    if (line.len == 0) {
        pb_fail(err, PB_INVALID, PB_MSG("The first line of {path} holds no password"), "path", path,
                NULL);
        pb_error_hint(err, PB_MSG("Write the password alone into the first line"), NULL);
        return PB_INVALID;
    }
    *ret_password = pb_arena_cstr(arena, line);
    return *ret_password == NULL ? pb_fail_memory(err) : PB_OK;
}
