/* Files of the depot: written, read, listed, removed. */
#include "service/depot.h"

#include "internal.h"

#include "base/bytes.h"
#include "base/time.h"
#include "base/utf8.h"
#include "sys/file.h"
#include "sys/random.h"

#include <sodium.h>
#include <stdatomic.h>

#define HEADER crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define OVER crypto_secretstream_xchacha20poly1305_ABYTES
#define KEY crypto_secretstream_xchacha20poly1305_KEYBYTES
#define LAST crypto_secretstream_xchacha20poly1305_TAG_FINAL

/* `what` has one size, so that the length of the content follows from that of the file. */
enum { MARK = 4, PIECE = 64 << 10, WHAT = 1024, TYPE_MAX = 100, PATH_ROOM = 4400 };
static const char mark[MARK + 1] = "PBD1";

struct service_depot {
    pb_arena *arena;
    const char *folder;
    uint8_t key[KEY];
    uint64_t most;
    _Atomic uint64_t held; /* bytes of all files, those that are being written included */
};

struct service_depositing {
    service_depot *depot;
    sys_writer *writer;
    crypto_secretstream_xchacha20poly1305_state state;
    pb_uuid id;
    uint64_t counted; /* of `depot->held` */
    size_t filled;
    uint8_t plain[PIECE], sealed[PIECE + OVER];
};

struct service_withdrawing {
    sys_reader *reader;
    crypto_secretstream_xchacha20poly1305_state state;
    pb_uuid id;
    bool over;
    uint8_t plain[PIECE], sealed[PIECE + OVER];
};

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

static void pack(const service_deposit *what, uint8_t bytes[WHAT])
{
    cursor c = {bytes};
    memset(bytes, 0, WHAT);
    put_bytes(&c, what->user.b, sizeof what->user.b);
    put_number(&c, what->job);
    put_number(&c, what->at_us);
    put_number(&c, what->until_us);
    put_text(&c, pb_utf8_cut(what->name, SERVICE_DEPOT_NAME));
    put_text(&c, pb_str_sub(what->type, 0, TYPE_MAX));
}

/* Texts stay where the bytes are. */
static service_deposit unpack(uint8_t bytes[WHAT])
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

static uint64_t content_of(uint64_t file)
{
    uint64_t before = MARK + HEADER + WHAT + OVER;
    uint64_t sealed = file > before ? file - before : 0;
    uint64_t pieces = (sealed + PIECE + OVER - 1) / (PIECE + OVER);
    return sealed > pieces * OVER ? sealed - pieces * OVER : 0;
}

static void path_of(const service_depot *depot, pb_uuid id, char path[PATH_ROOM])
{
    char text[37];
    pb_uuid_text(id, text);
    (void)snprintf(path, PATH_ROOM, "%s/%s", depot->folder, text);
}

static pb_status fail_gone(pb_error *err)
{
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no such file here, or it is not kept any more."),
            NULL);
    pb_error_hint(err, PB_MSG("Files are kept for a day: send it again, or have it made again."),
                  NULL);
    return PB_NOT_FOUND;
}

static pb_status fail_altered(pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("A file that was kept for a job was altered."), NULL);
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

/* ---- writing ---- */

static pb_status seal(service_depositing *file, const uint8_t *plain, size_t len, bool last,
                      pb_error *err)
{
    service_depot *depot = file->depot;
    unsigned long long sealed = 0;
    uint64_t size = len + OVER;
    /* What is too much is given back with the rest, when the file is dropped. */
    file->counted += size;
    if (atomic_fetch_add(&depot->held, size) + size > depot->most) {
        pb_fail(err, PB_LIMIT, PB_MSG("There is no more room here for files of jobs."), NULL);
        pb_error_hint(err, PB_MSG("Delete files that nobody needs, or try again tomorrow."), NULL);
        return PB_LIMIT;
    }
    crypto_secretstream_xchacha20poly1305_push(
        &file->state, file->sealed, &sealed, plain, len, file->id.b, sizeof file->id.b,
        last ? LAST : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    return sys_writer_write(file->writer, pb_str_n((const char *)file->sealed, (size_t)sealed),
                            err);
}

static pb_status begin(service_depositing *file, const service_deposit *what, pb_error *err)
{
    char path[PATH_ROOM];
    uint8_t head[MARK + HEADER], bytes[WHAT];
    path_of(file->depot, file->id, path);
    PB_TRY(sys_writer_open(path, 0600, &file->writer, err));
    memcpy(head, mark, MARK);
    crypto_secretstream_xchacha20poly1305_init_push(&file->state, head + MARK, file->depot->key);
    PB_TRY(sys_writer_write(file->writer, pb_str_n((const char *)head, sizeof head), err));
    pack(what, bytes);
    return seal(file, bytes, sizeof bytes, false, err);
}

pb_status service_deposit_begin(service_depot *depot, const service_deposit *what, int64_t now_us,
                                service_depositing **ret_file, pb_error *err)
{
    uint8_t random[8];
    service_deposit made = *what;
    service_depositing *file = calloc(1, sizeof *file);
    if (file == NULL)
        return pb_fail_memory(err);
    sys_random(random, sizeof random);
    made.at_us = now_us;
    made.until_us = now_us + SERVICE_DEPOT_DAYS * PB_US_PER_DAY;
    file->depot = depot;
    file->id = pb_uuid_v7(now_us, random);
    pb_status status = begin(file, &made, err);
    *ret_file = status == PB_OK ? file : service_deposit_drop(file);
    return status;
}

pb_status service_deposit_add(service_depositing *file, pb_str bytes, pb_error *err)
{
    while (bytes.len > 0) {
        size_t room = PIECE - file->filled, part = bytes.len < room ? bytes.len : room;
        /* A full piece waits until more comes: the last one must be marked. */
        if (room == 0) {
            PB_TRY(seal(file, file->plain, PIECE, false, err));
            file->filled = 0;
            continue;
        }
        memcpy(file->plain + file->filled, bytes.ptr, part);
        file->filled += part;
        bytes = pb_str_sub(bytes, part, bytes.len);
    }
    return PB_OK;
}

pb_status service_deposit_end(service_depositing *file, pb_uuid *ret_id, pb_error *err)
{
    pb_status status = seal(file, file->plain, file->filled, true, err);
    if (status == PB_OK) {
        status = sys_writer_finish(file->writer, err);
        file->writer = NULL;
    }
    if (status == PB_OK) {
        *ret_id = file->id;
        file->counted = 0;
    }
    service_deposit_drop(file);
    return status;
}

service_depositing *service_deposit_drop(service_depositing *file)
{
    if (file != NULL) {
        sys_writer_abort(file->writer);
        atomic_fetch_sub(&file->depot->held, file->counted);
        sodium_memzero(file, sizeof *file);
        free(file);
    }
    return NULL;
}

/* ---- reading ---- */

/* Reads and opens one message; `*ret_len` of it. */
static pb_status open_piece(service_withdrawing *file, size_t most, size_t *ret_len, bool *ret_last,
                            pb_error *err)
{
    size_t len;
    unsigned long long plain = 0;
    unsigned char tag = 0;
    PB_TRY(sys_reader_read(file->reader, file->sealed, most + OVER, &len, err));
    if (len < OVER || crypto_secretstream_xchacha20poly1305_pull(
                          &file->state, file->plain, &plain, &tag, file->sealed, len, file->id.b,
                          sizeof file->id.b) != 0)
        return fail_altered(err);
    *ret_len = (size_t)plain;
    *ret_last = tag == LAST;
    return PB_OK;
}

static pb_status read_head(service_depot *depot, service_withdrawing *file, pb_error *err)
{
    char path[PATH_ROOM];
    uint8_t head[MARK + HEADER];
    size_t len = 0;
    bool last = false;
    path_of(depot, file->id, path);
    if (sys_path_kind(path) != SYS_FILE)
        return fail_gone(err);
    PB_TRY(sys_reader_open(path, &file->reader, err));
    PB_TRY(sys_reader_read(file->reader, head, sizeof head, &len, err));
    if (len != sizeof head || memcmp(head, mark, MARK) != 0 ||
        crypto_secretstream_xchacha20poly1305_init_pull(&file->state, head + MARK, depot->key) != 0)
        return fail_altered(err);
    PB_TRY(open_piece(file, WHAT, &len, &last, err));
    return len == WHAT && !last ? PB_OK : fail_altered(err);
}

/* Opens a file at its content; what it is stays in `plain` until the first read. */
static pb_status open_file(service_depot *depot, pb_uuid id, service_withdrawing **ret_file,
                           pb_error *err)
{
    service_withdrawing *file = calloc(1, sizeof *file);
    if (file == NULL) {
        pb_fail_memory(err);
        return PB_MEMORY;
    }
    file->id = id;
    pb_status status = read_head(depot, file, err);
    *ret_file = status == PB_OK ? file : service_withdraw_end(file);
    return status;
}

static service_deposit about(service_withdrawing *file)
{
    service_deposit what = unpack(file->plain);
    what.id = file->id;
    what.size = content_of(sys_reader_size(file->reader));
    return what;
}

static pb_status open_own(service_depot *depot, pb_uuid user, pb_uuid id,
                          service_withdrawing **ret_file, pb_error *err)
{
    PB_TRY(open_file(depot, id, ret_file, err));
    const service_deposit what = unpack((*ret_file)->plain);
    if (memcmp(&what.user, &user, sizeof user) == 0)
        return PB_OK;
    *ret_file = service_withdraw_end(*ret_file);
    return fail_gone(err);
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
    PB_TRY(open_own(depot, user, id, &file, err));
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
    if (!pb_uuid_parse(name, &id) || open_file(depot, id, &file, NULL) != PB_OK)
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
    return found ? PB_OK : fail_gone(err);
}

static pb_status remove_file(service_depot *depot, pb_uuid id, pb_error *err)
{
    char path[PATH_ROOM];
    int64_t changed_us;
    uint64_t size = 0;
    path_of(depot, id, path);
    (void)sys_path_about(path, &changed_us, &size, NULL);
    PB_TRY(sys_file_remove(path, err));
    atomic_fetch_sub(&depot->held, size);
    return PB_OK;
}

pb_status service_deposit_remove(service_depot *depot, pb_uuid user, pb_uuid id, pb_error *err)
{
    service_withdrawing *file = NULL;
    PB_TRY(open_own(depot, user, id, &file, err));
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

pb_status service_withdraw_begin(service_depot *depot, pb_uuid user, pb_uuid id,
                                 service_withdrawing **ret_file, pb_error *err)
{
    return open_own(depot, user, id, ret_file, err);
}

pb_status service_withdraw(service_withdrawing *file, pb_str *ret_bytes, pb_error *err)
{
    size_t len = 0;
    *ret_bytes = PB_STR("");
    if (file->over)
        return PB_OK;
    PB_TRY(open_piece(file, PIECE, &len, &file->over, err));
    *ret_bytes = pb_str_n((const char *)file->plain, len);
    return PB_OK;
}

service_withdrawing *service_withdraw_end(service_withdrawing *file)
{
    if (file != NULL) {
        sys_reader_close(file->reader);
        sodium_memzero(file, sizeof *file);
        free(file);
    }
    return NULL;
}

pb_status service_withdraw_all(service_depot *depot, pb_uuid user, pb_uuid id, pb_buf *out,
                               pb_error *err)
{
    service_withdrawing *file = NULL;
    pb_str bytes = PB_STR("");
    PB_TRY(open_own(depot, user, id, &file, err));
    pb_status status;
    do {
        status = service_withdraw(file, &bytes, err);
        if (status == PB_OK)
            pb_buf_add(out, bytes);
    } while (status == PB_OK && bytes.len > 0);
    service_withdraw_end(file);
    return status == PB_OK && out->failed ? pb_fail_memory(err) : status;
}
