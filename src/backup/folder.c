/* A folder of objects. An object is written under `.new/` of its first folder, then renamed; all
 * pieces of a backup go to the disk in one call (settle) before the manifest that needs them is
 * put, which is what makes a folder fast: a sync for each piece would cost more than the piece.
 * Nothing reads a piece before a manifest names it; all else is read as soon as it has its name, so
 * its bytes are on the disk before: a power cut must not leave a name without them. */
#include "folder.h"

#include "base/bytes.h"
#include "sys/file.h"
#include "sys/random.h"

#define NEW ".new"

typedef struct folder {
    pb_arena *arena;
    char *path;
    pb_arena *names; /* for one call */
} folder;

static void folder_close(void *self)
{
    folder *f = self;
    pb_arena_free(f->names);
    pb_arena_free(f->arena); /* f lies in it */
}

/* The disk that is not mounted leaves its mount point behind, or nothing at all: only one level is
 * made, so that a backup never lands beside the medium it was meant for. */
static pb_status make_root(const folder *f, pb_error *err)
{
    sys_kind kind = sys_path_kind(f->path);
    if (kind == SYS_FOLDER)
        return PB_OK;
    pb_status status = kind == SYS_NONE ? sys_dir_make(f->path, 0700, false, err) : PB_EXISTS;
    if (status == PB_OK)
        return PB_OK;
    if (kind != SYS_NONE)
        return pb_fail(err, PB_INVALID, PB_MSG("{path} is no folder."), "path", f->path, NULL);
    if (status == PB_NOT_FOUND)
        pb_error_hint(err, PB_MSG("Is the medium mounted? The folder above must be there."), NULL);
    return status;
}

static pb_status need_root(const folder *f, bool make, pb_error *err)
{
    if (!make && sys_path_kind(f->path) == SYS_NONE) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no place {place}."), "place", f->path, NULL);
        pb_error_hint(err, PB_MSG("Is the medium mounted? Is the folder written as it is called?"),
                      NULL);
        return PB_NOT_FOUND;
    }
    return make_root(f, err);
}

pb_status backup_folder_open(const char *path, bool make, void **ret_self, pb_error *err)
{
    pb_arena *arena = pb_arena_new(1 << 20);
    folder *f = arena == NULL ? NULL : pb_arena_alloc(arena, sizeof *f);
    if (f == NULL) {
        pb_arena_free(arena);
        return pb_fail_memory(err);
    }
    *f = (folder){.arena = arena,
                  .path = pb_arena_cstr(arena, pb_str_c(path)),
                  .names = pb_arena_new(1 << 24)};
    pb_status status =
        f->path == NULL || f->names == NULL ? pb_fail_memory(err) : sys_sodium_init(err);
    if (status == PB_OK)
        status = need_root(f, make, err);
    if (status != PB_OK) {
        folder_close(f);
        return status;
    }
    *ret_self = f;
    return PB_OK;
}

static char *path_of(folder *f, const char *name)
{
    pb_arena_reset(f->names);
    return sys_path_join(f->names, f->path, name);
}

static char *above_of(folder *f, const char *path)
{
    pb_str name = sys_path_name(path);
    return pb_arena_cstr(f->names, pb_str_n(path, (size_t)(name.ptr - path) - 1));
}

/* The folder of `path`, made with those above it when it is missing. */
static pb_status make_above(folder *f, const char *path, pb_error *err)
{
    char *above = above_of(f, path);
    if (above == NULL)
        return pb_fail_memory(err);
    return sys_path_kind(above) == SYS_FOLDER ? PB_OK : sys_dir_make(above, 0700, true, err);
}

/* A full disk is a full place, whatever else may be wrong with writing. */
static pb_status judge(folder *f, pb_status status, size_t size, pb_error *err)
{
    uint64_t device, left;
    if (status != PB_IO || sys_path_device(f->path, &device, &left, NULL) != PB_OK ||
        left > size + 65536)
        return status;
    pb_fail(err, PB_LIMIT, PB_MSG("{place} is full."), "place", f->path, NULL);
    pb_error_detail(err, PB_MSG("{bytes} bytes are free."), "bytes", PB_ARG_INT(left), NULL);
    pb_error_hint(err, PB_MSG("Free space there, keep fewer backups, or take another place."),
                  NULL);
    return PB_LIMIT;
}

static bool counts_at_once(const char *name)
{
    return pb_str_find(pb_str_c(name), PB_STR("/pieces/")) == SIZE_MAX;
}

static pb_status sync_above(folder *f, const char *path, pb_error *err)
{
    char *above = above_of(f, path);
    return above == NULL ? pb_fail_memory(err) : sys_dir_sync(above, err);
}

static pb_status write_new(folder *f, const char *name, const char *path, pb_str bytes,
                           pb_error *err)
{
    uint8_t random[8];
    PB_AUTO_BUF below = PB_BUF_INIT(4096);
    sys_random(random, sizeof random);
    pb_buf_add(&below, pb_str_sub(pb_str_c(name), 0, pb_str_index(pb_str_c(name), '/')));
    pb_buf_addc(&below, "/" NEW "/");
    pb_hex(&below, random, sizeof random);
    char *fresh = sys_path_join(f->names, f->path, pb_buf_cstr(&below));
    if (below.failed || fresh == NULL)
        return pb_fail_memory(err);
    PB_TRY(make_above(f, fresh, err));
    PB_TRY(make_above(f, path, err));
    pb_status status = sys_file_write(fresh, bytes, 0600, err);
    if (status == PB_OK && counts_at_once(name))
        status = sys_file_sync(fresh, err);
    if (status == PB_OK)
        status = sys_rename(fresh, path, true, err);
    if (status != PB_OK) {
        sys_file_remove(fresh, NULL);
        return status;
    }
    return counts_at_once(name) ? sync_above(f, path, err) : PB_OK;
}

static pb_status folder_put(void *self, const char *name, pb_str bytes, pb_error *err)
{
    folder *f = self;
    char *path = path_of(f, name);
    if (path == NULL)
        return pb_fail_memory(err);
    return judge(f, write_new(f, name, path, bytes, err), bytes.len, err);
}

static pb_status folder_get(void *self, const char *name, size_t max, pb_buf *out, pb_error *err)
{
    char *path = path_of(self, name);
    return path == NULL ? pb_fail_memory(err) : sys_file_read(path, max, out, err);
}

typedef struct gathering {
    folder *f;
    pb_arena *arena;
    backup_object *objects;
    size_t count, capacity;
} gathering;

static pb_status gather(gathering *g, const char *path, const char *prefix, int depth,
                        pb_error *err)
{
    pb_str *names;
    size_t count;
    PB_TRY(sys_dir_list(path, g->arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        char *below = sys_path_join(g->arena, path, names[i].ptr);
        char *name = pb_arena_printf(g->arena, "%s%s", prefix, names[i].ptr);
        if (below == NULL || name == NULL)
            return pb_fail_memory(err);
        backup_object object = {.name = pb_str_c(name)};
        int64_t changed;
        if (pb_str_is(names[i], NEW))
            continue;
        if (sys_path_kind(below) == SYS_FOLDER) {
            char *further = pb_arena_printf(g->arena, "%s/", name);
            if (further == NULL)
                return pb_fail_memory(err);
            if (depth > 0)
                PB_TRY(gather(g, below, further, depth - 1, err));
            continue;
        }
        PB_TRY(sys_path_about(below, &changed, &object.size, err));
        if (!PB_PUSH(g->arena, g->objects, g->count, g->capacity, object))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status folder_list(void *self, const char *name, pb_arena *arena,
                             backup_object **ret_objects, size_t *ret_count, pb_error *err)
{
    gathering g = {.f = self, .arena = arena};
    char *path = path_of(self, name);
    if (path == NULL)
        return pb_fail_memory(err);
    if (sys_path_kind(path) != SYS_NONE)
        PB_TRY(gather(&g, path, "", 4, err));
    *ret_objects = g.objects;
    *ret_count = g.count;
    return PB_OK;
}

static pb_status folder_remove(void *self, const char *name, pb_error *err)
{
    char *path = path_of(self, name);
    pb_status status = path == NULL ? pb_fail_memory(err) : sys_file_remove(path, err);
    return status == PB_NOT_FOUND ? PB_OK : status;
}

static pb_status folder_exists(void *self, const char *name, bool *ret_there, pb_error *err)
{
    char *path = path_of(self, name);
    if (path == NULL)
        return pb_fail_memory(err);
    *ret_there = sys_path_kind(path) == SYS_FILE;
    return PB_OK;
}

static pb_status folder_settle(void *self, pb_error *err)
{
    folder *f = self;
    return judge(f, sys_dir_sync_all(f->path, err), 0, err);
}

static pb_status folder_tidy(void *self, const char *name, pb_error *err)
{
    folder *f = self;
    char *path = path_of(f, name);
    char *fresh = path == NULL ? NULL : sys_path_join(f->names, path, NEW);
    return fresh == NULL ? pb_fail_memory(err) : sys_dir_remove_tree(fresh, err);
}

static bool folder_device(void *self, uint64_t *ret_device, uint64_t *ret_free)
{
    folder *f = self;
    return sys_path_device(f->path, ret_device, ret_free, NULL) == PB_OK;
}

const backup_kind backup_folder = {.durable = false,
                                   .near = true,
                                   .put = folder_put,
                                   .get = folder_get,
                                   .list = folder_list,
                                   .remove = folder_remove,
                                   .exists = folder_exists,
                                   .settle = folder_settle,
                                   .tidy = folder_tidy,
                                   .device = folder_device,
                                   .close = folder_close};
