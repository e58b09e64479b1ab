/* Opening places by their text, and trying again what a network lets fail. */
#include "backup/target_kind.h"

#include "folder.h"

#include "sys/clock.h"
#include "sys/module.h"

#include <stdatomic.h>

enum { TRIES = 4, FIRST_WAIT_US = 250000, LOOK_US = 50000, BEGIN_US = 20000000 };

struct backup_target {
    const backup_kind *kind;
    void *self;
    char *place;
    const _Atomic bool *stop; /* NULL: nobody stops it */
    bool away;                /* it could not be reached, after all tries */
};

/* The tries of one call. */
typedef struct trying {
    int count;
    int64_t since_us;
} trying;

pb_status backup_target_wrap(const char *place, const backup_kind *kind, void *self,
                             backup_target **ret_target, pb_error *err)
{
    backup_target *target = calloc(1, sizeof *target);
    char *copy = strdup(place);
    if (target == NULL || copy == NULL) {
        free(target);
        free(copy);
        kind->close(self);
        return pb_fail_memory(err);
    }
    *target = (backup_target){.kind = kind, .self = self, .place = copy};
    *ret_target = target;
    return PB_OK;
}

/* `name:` with two slashes behind it, or absent. */
static pb_str scheme_of(const char *place)
{
    pb_str text = pb_str_c(place);
    size_t end = pb_str_find(text, PB_STR("://"));
    return end == SIZE_MAX ? PB_STR_NONE : pb_str_sub(text, 0, end);
}

static pb_status unknown_scheme(const char *place, pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("No backups can go to {place}."), "place", place, NULL);
    pb_error_hint(err, PB_MSG("Name a folder, s3://BUCKET/PREFIX or sftp://USER@HOST/PATH."), NULL);
    return PB_USAGE;
}

static pb_status open_place(const char *place, bool make, backup_target **ret_target, pb_error *err)
{
    const backup_kind *kind = &backup_folder;
    void *self = NULL;
    pb_str scheme = scheme_of(place);
    if (*place == '\0')
        return unknown_scheme(place, err);
    if (scheme.ptr == NULL || pb_str_is(scheme, "file")) {
        PB_TRY(backup_folder_open(scheme.ptr == NULL ? place : place + 7, make, &self, err));
    } else if (pb_str_is(scheme, "s3") || pb_str_is(scheme, "sftp")) {
        sys_function found;
        PB_TRY(sys_module_find("probity-remote.so", "probity_remote", &found, err));
        PB_TRY(((backup_remote_open)found)(place, &kind, &self, err));
    } else {
        return unknown_scheme(place, err);
    }
    return backup_target_wrap(place, kind, self, ret_target, err);
}

pb_status backup_target_open(const char *place, backup_target **ret_target, pb_error *err)
{
    return open_place(place, true, ret_target, err);
}

pb_status backup_target_find(const char *place, backup_target **ret_target, pb_error *err)
{
    return open_place(place, false, ret_target, err);
}

backup_target *backup_target_close(backup_target *target)
{
    if (target != NULL) {
        target->kind->close(target->self);
        free(target->place);
    }
    free(target);
    return NULL;
}

const char *backup_target_place(const backup_target *target)
{
    return target->place;
}

bool backup_target_device(const backup_target *target, uint64_t *ret_device, uint64_t *ret_free)
{
    return target->kind->device != NULL && target->kind->device(target->self, ret_device, ret_free);
}

bool backup_target_durable(const backup_target *target)
{
    return target->kind->durable;
}

bool backup_target_near(const backup_target *target)
{
    return target->kind->near;
}

void backup_target_watch(backup_target *target, const _Atomic bool *stop)
{
    target->stop = stop;
    if (target->kind->watch != NULL)
        target->kind->watch(target->self, stop);
}

static bool is_stopped(const backup_target *target)
{
    return target->stop != NULL && atomic_load(target->stop);
}

static trying begin(void)
{
    return (trying){.since_us = sys_monotonic_us()};
}

/* True when the failed call shall be made once more; waits before that, longer each time. */
static bool again(backup_target *target, pb_status status, trying *t)
{
    if (status != PB_BUSY && status != PB_CANCELLED)
        target->away = false;
    if (status != PB_BUSY || is_stopped(target))
        return false;
    if (target->away || t->count >= TRIES - 1 || sys_monotonic_us() - t->since_us >= BEGIN_US) {
        target->away = true;
        return false;
    }
    int64_t until = sys_monotonic_us() + ((int64_t)FIRST_WAIT_US << t->count);
    while (sys_monotonic_us() < until && !is_stopped(target))
        sys_sleep_us(LOOK_US);
    t->count++;
    return !is_stopped(target);
}

/* What a stopped call failed with says nothing of the place. */
static pb_status settled(const backup_target *target, pb_status status, pb_error *err)
{
    return status == PB_BUSY && is_stopped(target)
               ? pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL)
               : status;
}

pb_status backup_target_put(backup_target *target, const char *name, pb_str bytes, pb_error *err)
{
    pb_status status;
    trying tries = begin();
    do
        status = target->kind->put(target->self, name, bytes, err);
    while (again(target, status, &tries));
    return settled(target, status, err);
}

pb_status backup_target_get(backup_target *target, const char *name, size_t max, pb_buf *out,
                            pb_error *err)
{
    pb_status status;
    trying tries = begin();
    size_t before = out->len;
    do {
        out->len = before;
        status = target->kind->get(target->self, name, max, out, err);
    } while (again(target, status, &tries));
    return settled(target, status, err);
}

static int by_name(const void *a, const void *b)
{
    return pb_str_cmp(((const backup_object *)a)->name, ((const backup_object *)b)->name);
}

pb_status backup_target_list(backup_target *target, const char *folder, pb_arena *arena,
                             backup_object **ret_objects, size_t *ret_count, pb_error *err)
{
    pb_status status;
    trying tries = begin();
    backup_object *objects = NULL;
    size_t count = 0;
    do
        status = target->kind->list(target->self, folder, arena, &objects, &count, err);
    while (again(target, status, &tries));
    PB_TRY(settled(target, status, err));
    if (count > 0)
        qsort(objects, count, sizeof *objects, by_name);
    *ret_objects = objects;
    *ret_count = count;
    return PB_OK;
}

pb_status backup_target_remove(backup_target *target, const char *name, pb_error *err)
{
    pb_status status;
    trying tries = begin();
    do
        status = target->kind->remove(target->self, name, err);
    while (again(target, status, &tries));
    return settled(target, status, err);
}

pb_status backup_target_exists(backup_target *target, const char *name, bool *ret_there,
                               pb_error *err)
{
    pb_status status;
    trying tries = begin();
    do
        status = target->kind->exists(target->self, name, ret_there, err);
    while (again(target, status, &tries));
    return settled(target, status, err);
}

pb_status backup_target_settle(backup_target *target, pb_error *err)
{
    return target->kind->settle(target->self, err);
}

pb_status backup_target_tidy(backup_target *target, const char *folder, pb_error *err)
{
    return target->kind->tidy(target->self, folder, err);
}
