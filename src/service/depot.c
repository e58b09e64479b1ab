/* Files of the depot: what they are, listed, removed. */
#include "depot_file.h"

#include "internal.h"

#include "base/time.h"
#include "base/utf8.h"
#include "sys/random.h"

enum { TYPE_MAX = 100 };
const char service_depot_mark[DEPOT_MARK + 1] = "PBD1";

/* ---- what it is ---- */

typedef struct cursor {
    uint8_t *at;
} cursor;

static void put_bytes(cursor *c, const void *bytes, size_t len)
{
    memcpy(c->at, bytes, len);
    c->at += len;
}

static void put_number(cursor *c, int64_t number)
{
    for (int i = 7; i >= 0; i--)
        *c->at++ = (uint8_t)((uint64_t)number >> (8 * i));
}

static void put_text(cursor *c, pb_str text)
{
    *c->at++ = (uint8_t)text.len;
    put_bytes(c, text.ptr == NULL ? "" : text.ptr, text.len);
}

static int64_t take_number(cursor *c)
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | *c->at++;
    return (int64_t)number;
}

static pb_str take_text(cursor *c)
{
    size_t len = *c->at++;
    pb_str text = pb_str_n((const char *)c->at, len);
    c->at += len;
    return text;
}

void service_deposit_pack(const service_deposit *what, uint8_t bytes[DEPOT_WHAT])
{
    cursor c = {bytes};
    memset(bytes, 0, DEPOT_WHAT);
    put_bytes(&c, what->user.b, sizeof what->user.b);
    put_number(&c, what->job);
    put_number(&c, what->at_us);
    put_number(&c, what->until_us);
    put_text(&c, pb_utf8_cut(what->name, SERVICE_DEPOT_NAME));
    put_text(&c, pb_str_sub(what->type, 0, TYPE_MAX));
}

/* Texts stay where the bytes are. */
service_deposit service_deposit_unpack(uint8_t bytes[DEPOT_WHAT])
{
    service_deposit what = {.job = 0};
    cursor c = {bytes + sizeof what.user.b};
    memcpy(what.user.b, bytes, sizeof what.user.b);
    what.job = take_number(&c);
    what.at_us = take_number(&c);
    what.until_us = take_number(&c);
    what.name = take_text(&c);
    what.type = take_text(&c);
    return what;
}

uint64_t service_deposit_content(uint64_t file)
{
    uint64_t sealed = file > DEPOT_BEFORE ? file - DEPOT_BEFORE : 0;
    uint64_t pieces = (sealed + DEPOT_PIECE + DEPOT_OVER - 1) / (DEPOT_PIECE + DEPOT_OVER);
    return sealed > pieces * DEPOT_OVER ? sealed - pieces * DEPOT_OVER : 0;
}

uint64_t service_deposit_sealed(uint64_t content)
{
    uint64_t pieces = content == 0 ? 1 : (content + DEPOT_PIECE - 1) / DEPOT_PIECE;
    return DEPOT_BEFORE + content + pieces * DEPOT_OVER;
}

void service_deposit_path(const service_depot *depot, pb_uuid id, char path[DEPOT_PATH_ROOM])
{
    char text[37];
    pb_uuid_text(id, text);
    (void)snprintf(path, DEPOT_PATH_ROOM, "%s/%s", depot->folder, text);
}

pb_status service_deposit_fail_gone(pb_error *err)
{
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no such file here, or it is not kept any more."),
            NULL);
    pb_error_hint(err, PB_MSG("Files are kept for a day: send it again, or have it made again."),
                  NULL);
    return PB_NOT_FOUND;
}

/* ---- the depot ---- */

typedef pb_status (*each_file)(service_depot *depot, pb_str name, const char *path, int64_t now_us,
                               pb_arena *arena, pb_error *err);

static pb_status for_each_file(service_depot *depot, each_file each, int64_t now_us, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_str *names;
    size_t count;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_dir_list(depot->folder, arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        char *path = pb_arena_printf(arena, "%s/%.*s", depot->folder, PB_STR_FMT(names[i]));
        if (path == NULL)
            return pb_fail_memory(err);
        PB_TRY(each(depot, names[i], path, now_us, arena, err));
    }
    return PB_OK;
}

static pb_status count_one(service_depot *depot, pb_str name, const char *path, int64_t now_us,
                           pb_arena *arena, pb_error *err)
{
    int64_t changed_us;
    uint64_t size;
    (void)name;
    (void)now_us;
    (void)arena;
    (void)err;
    if (sys_path_about(path, &changed_us, &size, NULL) == PB_OK)
        atomic_fetch_add(&depot->held, size);
    return PB_OK;
}

pb_status service_depot_open(db_workspace *workspace, const char *folder, uint64_t most,
                             service_depot **ret_depot, pb_error *err)
{
    pb_arena *arena = pb_arena_new(0);
    service_depot *depot = arena == NULL ? NULL : pb_arena_alloc(arena, sizeof *depot);
    pb_status status = depot == NULL ? pb_fail_memory(err) : sys_sodium_init(err);
    if (status == PB_OK) {
        *depot = (service_depot){.arena = arena, .most = most};
        db_workspace_subkey(workspace, "depot\0\0", depot->key);
        depot->folder = pb_arena_cstr(arena, pb_str_c(folder));
        status =
            depot->folder == NULL ? pb_fail_memory(err) : sys_dir_make_durable(folder, 0700, err);
    }
    if (status == PB_OK)
        status = for_each_file(depot, count_one, 0, err);
    if (status == PB_OK)
        *ret_depot = depot;
    else
        pb_arena_free(arena);
    return status;
}

service_depot *service_depot_close(service_depot *depot)
{
    if (depot != NULL) {
        sodium_memzero(depot->key, sizeof depot->key);
        pb_arena_free(depot->arena);
    }
    return NULL;
}

/* ---- looking ---- */

static service_deposit about(service_withdrawing *file)
{
    service_deposit what = service_deposit_unpack(file->plain);
    what.id = file->id;
    what.size = service_deposit_content(sys_reader_size(file->reader));
    return what;
}

static pb_status keep_texts(service_deposit *what, pb_arena *arena, pb_error *err)
{
    what->name = pb_arena_str(arena, what->name);
    what->type = pb_arena_str(arena, what->type);
    return what->name.ptr == NULL || what->type.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status service_deposit_find(service_depot *depot, pb_uuid user, pb_uuid id, pb_arena *arena,
                               service_deposit *ret_deposit, pb_error *err)
{
    service_withdrawing *file = NULL;
    PB_TRY(service_withdraw_own(depot, user, id, &file, err));
    *ret_deposit = about(file);
    pb_status status = keep_texts(ret_deposit, arena, err);
    service_withdraw_end(file);
    return status;
}

/* What is there under a name that is an id; damaged files are nobody's. */
static pb_status look_at(service_depot *depot, pb_str name, pb_arena *arena,
                         service_deposit *ret_deposit, bool *ret_there, pb_error *err)
{
    pb_uuid id;
    service_withdrawing *file = NULL;
    *ret_there = false;
    if (!pb_uuid_parse(name, &id) || service_withdraw_open(depot, id, &file, NULL) != PB_OK)
        return PB_OK;
    *ret_deposit = about(file);
    *ret_there = true;
    pb_status status = keep_texts(ret_deposit, arena, err);
    service_withdraw_end(file);
    return status;
}

pb_status service_deposit_list(service_depot *depot, pb_uuid user, int64_t job, pb_arena *arena,
                               service_deposit **ret_deposits, size_t *ret_count, pb_error *err)
{
    service_deposit *list = NULL, one;
    size_t count = 0, room = 0, name_count;
    pb_str *names;
    bool there;
    PB_TRY(sys_dir_list(depot->folder, arena, &names, &name_count, err));
    for (size_t i = 0; i < name_count; i++) {
        PB_TRY(look_at(depot, names[i], arena, &one, &there, err));
        if (!there || one.job != job || memcmp(&one.user, &user, sizeof user) != 0)
            continue;
        if (!PB_PUSH(arena, list, count, room, one))
            return pb_fail_memory(err);
    }
    *ret_deposits = list;
    *ret_count = count;
    return PB_OK;
}

pb_status service_deposit_newest(service_depot *depot, pb_uuid user, pb_str name, pb_arena *arena,
                                 service_deposit *ret_deposit, pb_error *err)
{
    service_deposit one;
    size_t name_count;
    pb_str *names;
    bool there, found = false;
    PB_TRY(sys_dir_list(depot->folder, arena, &names, &name_count, err));
    for (size_t i = 0; i < name_count; i++) {
        PB_TRY(look_at(depot, names[i], arena, &one, &there, err));
        if (!there || !pb_str_eq(one.name, name) || memcmp(&one.user, &user, sizeof user) != 0 ||
            (found && one.at_us < ret_deposit->at_us))
            continue;
        *ret_deposit = one;
        found = true;
    }
    return found ? PB_OK : service_deposit_fail_gone(err);
}

static pb_status remove_file(service_depot *depot, pb_uuid id, pb_error *err)
{
    char path[DEPOT_PATH_ROOM];
    int64_t changed_us;
    uint64_t size = 0;
    service_deposit_path(depot, id, path);
    (void)sys_path_about(path, &changed_us, &size, NULL);
    PB_TRY(sys_file_remove(path, err));
    atomic_fetch_sub(&depot->held, size);
    return PB_OK;
}

pb_status service_deposit_remove(service_depot *depot, pb_uuid user, pb_uuid id, pb_error *err)
{
    service_withdrawing *file = NULL;
    PB_TRY(service_withdraw_own(depot, user, id, &file, err));
    service_withdraw_end(file);
    return remove_file(depot, id, err);
}

/* What cannot be read (half a file of a process that died, another key) goes by its age. */
static pb_status clear_one(service_depot *depot, pb_str name, const char *path, int64_t now_us,
                           pb_arena *arena, pb_error *err)
{
    service_deposit one;
    bool there;
    int64_t changed_us = now_us;
    uint64_t size = 0;
    PB_TRY(look_at(depot, name, arena, &one, &there, err));
    if (sys_path_about(path, &changed_us, &size, NULL) != PB_OK)
        return PB_OK; /* another process was faster */
    int64_t until_us = changed_us + SERVICE_DEPOT_DAYS * PB_US_PER_DAY;
    if ((there ? one.until_us : until_us) > now_us)
        return PB_OK;
    PB_TRY(sys_file_remove(path, err));
    atomic_fetch_sub(&depot->held, size);
    return PB_OK;
}

pb_status service_depot_clear(service_depot *depot, int64_t now_us, pb_error *err)
{
    return for_each_file(depot, clear_one, now_us, err);
}
