#include "fault.h"

#include "db/copy.h"
#include "sys/file.h"

enum { FULL_AT = 2000 }; /* less than the smallest workspace needs */

static const char *const names[BACKUP_FAULT_COUNT] = {"none",
                                                      "lost-disk",
                                                      "torn-page",
                                                      "flipped-bit-database",
                                                      "flipped-bit-backup",
                                                      "flipped-bit-manifest",
                                                      "missing-piece",
                                                      "wrong-key",
                                                      "full-target",
                                                      "old-copy"};

const char *backup_fault_name(backup_fault fault)
{
    return fault < BACKUP_FAULT_COUNT ? names[fault] : "?";
}

bool backup_fault_parse(const char *name, backup_fault *ret_fault)
{
    for (int i = 0; i < BACKUP_FAULT_COUNT; i++) {
        if (strcmp(name, names[i]) != 0)
            continue;
        *ret_fault = (backup_fault)i;
        return true;
    }
    return false;
}

/* ---- the pane ---- */

typedef struct pane {
    backup_target *real;
    backup_fault fault;
    unsigned pieces;     /* fetched so far */
    uint64_t room_bytes; /* left at a place that is about to be full */
} pane;

static bool is_piece(const char *name)
{
    return strstr(name, "/pieces/") != NULL;
}

static bool is_manifest(const char *name)
{
    return strstr(name, "/backups/") != NULL;
}

static void flip(pb_buf *bytes, size_t start)
{
    if (bytes->len > start)
        bytes->ptr[start + (bytes->len - start) / 2] ^= 1;
}

static pb_status pane_get(void *self, const char *name, size_t max, pb_buf *out, pb_error *err)
{
    pane *p = self;
    size_t start = out->len;
    bool second = is_piece(name) && ++p->pieces == 2; /* the first is a table */
    if (p->fault == BACKUP_FAULT_MISSING_PIECE && second)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("Could not read {path}"), "path", name, NULL);
    PB_TRY(backup_target_get(p->real, name, max, out, err));
    if ((p->fault == BACKUP_FAULT_FLIPPED_BIT_BACKUP && second) ||
        (p->fault == BACKUP_FAULT_FLIPPED_BIT_MANIFEST && is_manifest(name)))
        flip(out, start);
    return PB_OK;
}

static pb_status pane_put(void *self, const char *name, pb_str bytes, pb_error *err)
{
    pane *p = self;
    if (p->fault != BACKUP_FAULT_FULL_TARGET)
        return pb_fail(err, PB_DENIED, PB_MSG("A drill writes nothing to {place}."), "place",
                       backup_target_place(p->real), NULL);
    if (bytes.len > p->room_bytes)
        return pb_fail(err, PB_LIMIT, PB_MSG("{place} is full."), "place",
                       backup_target_place(p->real), NULL);
    p->room_bytes -= bytes.len;
    return backup_target_put(p->real, name, bytes, err);
}

static pb_status pane_list(void *self, const char *folder, pb_arena *arena,
                           backup_object **ret_objects, size_t *ret_count, pb_error *err)
{
    pane *p = self;
    pb_str name = pb_str_c(folder);
    PB_TRY(backup_target_list(p->real, folder, arena, ret_objects, ret_count, err));
    /* An older state of the place: the newest manifest is not there yet. */
    if (p->fault == BACKUP_FAULT_OLD_COPY && pb_str_ends(name, PB_STR("/backups")) &&
        *ret_count > 0)
        (*ret_count)--;
    return PB_OK;
}

static pb_status pane_remove(void *self, const char *name, pb_error *err)
{
    pane *p = self;
    (void)name;
    return pb_fail(err, PB_DENIED, PB_MSG("A drill writes nothing to {place}."), "place",
                   backup_target_place(p->real), NULL);
}

static pb_status pane_exists(void *self, const char *name, bool *ret_there, pb_error *err)
{
    pane *p = self;
    return backup_target_exists(p->real, name, ret_there, err);
}

static pb_status pane_settle(void *self, pb_error *err)
{
    pane *p = self;
    return p->fault == BACKUP_FAULT_FULL_TARGET ? backup_target_settle(p->real, err) : PB_OK;
}

static pb_status pane_tidy(void *self, const char *folder, pb_error *err)
{
    (void)self;
    (void)folder;
    (void)err;
    return PB_OK;
}

static void pane_close(void *self)
{
    free(self);
}

static void pane_watch(void *self, const _Atomic bool *stop)
{
    pane *p = self;
    backup_target_watch(p->real, stop);
}

static const backup_kind kind = {.durable = false,
                                 .watch = pane_watch,
                                 .put = pane_put,
                                 .get = pane_get,
                                 .list = pane_list,
                                 .remove = pane_remove,
                                 .exists = pane_exists,
                                 .settle = pane_settle,
                                 .tidy = pane_tidy,
                                 .close = pane_close};

pb_status fault_pane(backup_target *real, backup_fault fault, backup_target **ret_pane,
                     pb_error *err)
{
    pane *p = malloc(sizeof *p);
    if (p == NULL)
        return pb_fail_memory(err);
    *p = (pane){.real = real, .fault = fault, .room_bytes = FULL_AT};
    return backup_target_wrap(backup_target_place(real), &kind, p, ret_pane, err);
}

/* ---- rows ---- */

static pb_status put_back(db_session *session, int64_t sequence, pb_str body, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, "UPDATE ledger_payload SET body = ?1 WHERE seq = ?2", &stmt, err));
    db_bind_blob(stmt, 1, body);
    db_bind_i64(stmt, 2, sequence);
    return db_run(stmt, err);
}

/* The payload in the middle: one bit of it, or its second half. */
static pb_status damage_work(db_session *session, void *context, pb_error *err)
{
    const backup_fault *fault = context;
    PB_AUTO_BUF body = PB_BUF_INIT(1 << 28);
    db_stmt *stmt;
    bool found;
    PB_TRY(db_prepare(session,
                      "SELECT seq, body FROM ledger_payload"
                      " WHERE seq >= (SELECT MAX(seq) / 2 FROM ledger_payload)"
                      " ORDER BY seq LIMIT 1",
                      &stmt, err));
    PB_TRY(db_step(stmt, &found, err));
    if (!found)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is nothing in it that could be damaged."),
                       NULL);
    int64_t sequence = db_column_i64(stmt, 0);
    pb_buf_add(&body, db_column_blob(stmt, 1));
    db_reset(stmt);
    if (body.failed)
        return pb_fail_memory(err);
    if (*fault == BACKUP_FAULT_TORN_PAGE)
        memset(body.ptr + body.len / 2, 0, body.len - body.len / 2);
    else
        body.ptr[body.len / 2] ^= 4;
    return put_back(session, sequence, pb_buf_str(&body), err);
}

pb_status fault_damage_rows(db_workspace *copy, backup_fault fault, pb_error *err)
{
    return db_write(copy, damage_work, &fault, err);
}

/* ---- files ---- */

pb_status fault_damage_files(const char *workspace, backup_fault fault, pb_error *err)
{
    char bytes[DB_PAGE_SIZE / 2] = {0};
    uint64_t size;
    int64_t changed;
    size_t len;
    sys_reader *reader = NULL;
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    char *path = arena == NULL ? NULL : sys_path_join(arena, workspace, "records.db");
    if (path == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_path_about(path, &changed, &size, err));
    uint64_t page = size / DB_PAGE_SIZE / 2 * DB_PAGE_SIZE;
    if (fault == BACKUP_FAULT_TORN_PAGE)
        return sys_file_patch(path, page + sizeof bytes, pb_str_n(bytes, sizeof bytes), err);
    PB_TRY(sys_reader_open(path, &reader, err));
    pb_status status = sys_reader_seek(reader, page + 1000, err);
    if (status == PB_OK)
        status = sys_reader_read(reader, bytes, 1, &len, err);
    sys_reader_close(reader);
    PB_TRY(status);
    bytes[0] ^= 4;
    return sys_file_patch(path, page + 1000, pb_str_n(bytes, 1), err);
}
