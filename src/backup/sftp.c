/* SFTP, by libssh2. An object is written under another name, synced where the server knows how,
 * then renamed; all objects have names of their own, so nothing is ever replaced but by the same.
 */
#include "remote.h"

#include "sftp_session.h"

#include "base/bytes.h"
#include "sys/random.h"

#define NEW ".new"

static pb_status fail(const sftp_session *s, const char *what, pb_error *err)
{
    return sftp_fail(s, what, err);
}

/* Makes the folders of `path` that are missing, below the root only. */
static pb_status make_above(sftp_session *s, const char *path, pb_error *err)
{
    pb_arena *arena = s->names;
    char *part = pb_arena_cstr(arena, pb_str_c(path));
    if (part == NULL)
        return pb_fail_memory(err);
    char *last = strrchr(part, '/');
    if (last == NULL || last == part)
        return PB_OK;
    *last = '\0';
    if (sftp_is_folder(s, part))
        return PB_OK;
    if (strlen(part) <= strlen(s->root)) /* the root itself: one level, as for a folder */
        return sftp_make_folder(s, part, err);
    PB_TRY(make_above(s, part, err));
    return sftp_make_folder(s, part, err);
}

static char *path_of(sftp_session *s, const char *name)
{
    pb_arena_reset(s->names);
    return pb_arena_printf(s->names, "%s/%s", s->root, name);
}

static pb_status write_file(sftp_session *s, const char *path, pb_str bytes, pb_error *err)
{
    LIBSSH2_SFTP_HANDLE *file =
        sftp_open_file(s, path, LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT | LIBSSH2_FXF_TRUNC, 0600);
    if (file == NULL)
        return fail(s, path, err);
    while (bytes.len > 0) {
        ssize_t len = libssh2_sftp_write(file, bytes.ptr, bytes.len);
        if (len < 0) {
            pb_status status = fail(s, path, err);
            libssh2_sftp_close(file);
            return status;
        }
        bytes = pb_str_sub(bytes, (size_t)len, bytes.len);
    }
    /* A server without the extension says so: then its word is all there is. */
    int synced = libssh2_sftp_fsync(file);
    bool unknown = synced == LIBSSH2_ERROR_SFTP_PROTOCOL &&
                   libssh2_sftp_last_error(s->sftp) == LIBSSH2_FX_OP_UNSUPPORTED;
    pb_status status = synced == 0 || unknown ? PB_OK : fail(s, path, err);
    if (libssh2_sftp_close(file) != 0 && status == PB_OK)
        status = fail(s, path, err);
    return status;
}

/* Renames onto `path`; version 3 of the protocol does not replace, so what is there goes first. */
static pb_status put_in_place(sftp_session *s, const char *fresh, const char *path, pb_error *err)
{
    if (sftp_rename(s, fresh, path))
        return PB_OK;
    if (!sftp_is_file(s, path))
        return fail(s, path, err);
    if (!sftp_unlink(s, path) || !sftp_rename(s, fresh, path))
        return fail(s, path, err);
    return PB_OK;
}

static pb_status sftp_put(void *self, const char *name, pb_str bytes, pb_error *err)
{
    sftp_session *s = self;
    uint8_t random[8];
    PB_AUTO_BUF hex = PB_BUF_INIT(64);
    PB_TRY(sftp_ready(s, err));
    char *path = path_of(s, name);
    sys_random(random, sizeof random);
    pb_hex(&hex, random, sizeof random);
    pb_str room = pb_str_sub(pb_str_c(name), 0, pb_str_index(pb_str_c(name), '/'));
    char *fresh = pb_arena_printf(s->names, "%s/%.*s/" NEW "/%s", s->root, PB_STR_FMT(room),
                                  pb_buf_cstr(&hex));
    if (path == NULL || fresh == NULL || hex.failed)
        return pb_fail_memory(err);
    PB_TRY(make_above(s, fresh, err));
    PB_TRY(make_above(s, path, err));
    pb_status status = write_file(s, fresh, bytes, err);
    if (status == PB_OK)
        status = put_in_place(s, fresh, path, err);
    if (status != PB_OK && s->sftp != NULL)
        sftp_unlink(s, fresh);
    return status;
}

static pb_status read_all(sftp_session *s, LIBSSH2_SFTP_HANDLE *file, const char *path, size_t max,
                          pb_buf *out, pb_error *err)
{
    size_t start = out->len;
    for (;;) {
        if (!pb_buf_reserve(out, 1 << 16))
            return pb_fail_memory(err);
        ssize_t len = libssh2_sftp_read(file, out->ptr + out->len, 1 << 16);
        if (len < 0)
            return fail(s, path, err);
        if (len == 0)
            return PB_OK;
        out->len += (size_t)len;
        if (out->len - start > max)
            return pb_fail(err, PB_CORRUPT,
                           PB_MSG("An object at {place} is larger than any of ours."), "place",
                           s->name, NULL);
    }
}

static pb_status sftp_get(void *self, const char *name, size_t max, pb_buf *out, pb_error *err)
{
    sftp_session *s = self;
    PB_TRY(sftp_ready(s, err));
    char *path = path_of(s, name);
    if (path == NULL)
        return pb_fail_memory(err);
    LIBSSH2_SFTP_HANDLE *file = sftp_open_file(s, path, LIBSSH2_FXF_READ, 0);
    if (file == NULL)
        return fail(s, path, err);
    pb_status status = read_all(s, file, path, max, out, err);
    libssh2_sftp_close(file);
    return status;
}

/* ---- listing ---- */

typedef struct gathering {
    sftp_session *s;
    pb_arena *arena;
    backup_object *objects;
    size_t count, capacity;
} gathering;

static pb_status gather(gathering *g, const char *path, const char *prefix, int depth,
                        pb_error *err);

static pb_status gather_one(gathering *g, const char *path, const char *prefix, const char *name,
                            const LIBSSH2_SFTP_ATTRIBUTES *about, int depth, pb_error *err)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, NEW) == 0)
        return PB_OK;
    backup_object object = {.size = about->filesize};
    if (LIBSSH2_SFTP_S_ISDIR(about->permissions)) {
        char *below = pb_arena_printf(g->arena, "%s/%s", path, name);
        char *further = pb_arena_printf(g->arena, "%s%s/", prefix, name);
        if (below == NULL || further == NULL)
            return pb_fail_memory(err);
        return depth > 0 ? gather(g, below, further, depth - 1, err) : PB_OK;
    }
    object.name = pb_str_c(pb_arena_printf(g->arena, "%s%s", prefix, name));
    if (object.name.ptr == NULL || !PB_PUSH(g->arena, g->objects, g->count, g->capacity, object))
        return pb_fail_memory(err);
    return PB_OK;
}

static pb_status gather(gathering *g, const char *path, const char *prefix, int depth,
                        pb_error *err)
{
    char name[512];
    LIBSSH2_SFTP_ATTRIBUTES about;
    LIBSSH2_SFTP_HANDLE *folder = sftp_open_folder(g->s, path);
    if (folder == NULL)
        return fail(g->s, path, err);
    pb_status status = PB_OK;
    while (status == PB_OK) {
        int len = libssh2_sftp_readdir(folder, name, sizeof name - 1, &about);
        if (len < 0)
            status = fail(g->s, path, err);
        if (len <= 0)
            break;
        name[len] = '\0';
        status = gather_one(g, path, prefix, name, &about, depth, err);
    }
    libssh2_sftp_closedir(folder);
    return status;
}

static pb_status sftp_list(void *self, const char *folder, pb_arena *arena,
                           backup_object **ret_objects, size_t *ret_count, pb_error *err)
{
    sftp_session *s = self;
    gathering g = {.s = s, .arena = arena};
    PB_TRY(sftp_ready(s, err));
    char *path = path_of(s, folder);
    if (path == NULL)
        return pb_fail_memory(err);
    if (path[strlen(path) - 1] == '/')
        path[strlen(path) - 1] = '\0';
    pb_status status = gather(&g, path, "", 4, err);
    if (status != PB_OK && status != PB_NOT_FOUND)
        return status;
    *ret_objects = g.objects;
    *ret_count = g.count;
    return PB_OK;
}

static pb_status sftp_remove(void *self, const char *name, pb_error *err)
{
    sftp_session *s = self;
    PB_TRY(sftp_ready(s, err));
    char *path = path_of(s, name);
    if (path == NULL)
        return pb_fail_memory(err);
    pb_status status = sftp_unlink(s, path) ? PB_OK : fail(s, path, err);
    return status == PB_NOT_FOUND ? PB_OK : status;
}

static pb_status sftp_exists(void *self, const char *name, bool *ret_there, pb_error *err)
{
    sftp_session *s = self;
    PB_TRY(sftp_ready(s, err));
    char *path = path_of(s, name);
    if (path == NULL)
        return pb_fail_memory(err);
    *ret_there = sftp_is_file(s, path);
    return PB_OK;
}

static pb_status sftp_settle(void *self, pb_error *err)
{
    (void)self;
    (void)err;
    return PB_OK;
}

static pb_status sftp_tidy(void *self, const char *name, pb_error *err)
{
    sftp_session *s = self;
    PB_AUTO_ARENA arena = pb_arena_new(1 << 24);
    gathering g = {.s = s, .arena = arena};
    PB_TRY(sftp_ready(s, err));
    char *path = arena == NULL ? NULL : pb_arena_printf(arena, "%s/%s/" NEW, s->root, name);
    if (path == NULL)
        return pb_fail_memory(err);
    pb_status status = gather(&g, path, "", 0, err);
    if (status != PB_OK)
        return status == PB_NOT_FOUND ? PB_OK : status;
    for (size_t i = 0; i < g.count; i++) {
        char *file = pb_arena_printf(arena, "%s/%s", path, g.objects[i].name.ptr);
        if (file == NULL)
            return pb_fail_memory(err);
        if (!sftp_unlink(s, file))
            return fail(s, file, err);
    }
    return PB_OK;
}

static void sftp_close(void *self)
{
    sftp_session_close(self);
}

const backup_kind backup_sftp = {.durable = true,
                                 .put = sftp_put,
                                 .get = sftp_get,
                                 .list = sftp_list,
                                 .remove = sftp_remove,
                                 .exists = sftp_exists,
                                 .settle = sftp_settle,
                                 .tidy = sftp_tidy,
                                 .close = sftp_close};

pb_status backup_sftp_open(const char *place, void **ret_self, pb_error *err)
{
    sftp_session *s = NULL;
    PB_TRY(sftp_session_open(place, &s, err));
    pb_status status = sftp_ready(s, err);
    if (status != PB_OK) {
        sftp_session_close(s);
        return status;
    }
    *ret_self = s;
    return PB_OK;
}
