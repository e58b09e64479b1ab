/* Import runs: a row a file, a row a column, one event with the summary. */
#include "record/run.h"
#include "internal.h"

#include <stdlib.h>

#include "base/cbor.h"

typedef struct run_column {
    pb_str header, field, how;
    uint64_t filled;
} run_column;

typedef struct run_file {
    int64_t number;
    pb_str name;
    const model_entity *entity;
    uint8_t hash[32];
    record_run_counts counts;
    run_column *columns;
    size_t column_count, column_capacity;
} run_file;

struct record_run {
    db_session *session;
    ledger_actor actor;
    int64_t now_us;
    pb_arena *arena;
    int64_t first, next;
    uint64_t events; /* sequence of the first event that belongs to the run */
    uint64_t slice;  /* the same of the transaction at work */
    run_file *files;
    size_t file_count, file_capacity;
    keyset counted; /* references that found no record, of all transactions */
};

pb_status run_next_number(db_session *session, int64_t *ret_number, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, "SELECT COALESCE(MAX(run), 0) + 1 FROM t_import_run", &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_number = row ? db_column_i64(stmt, 0) : 1;
    db_reset(stmt);
    return PB_OK;
}

pb_status record_run_begin(db_session *session, ledger_actor actor, int64_t now_us,
                           record_run **ret_run, pb_error *err)
{
    int64_t number;
    PB_TRY(run_next_number(session, &number, err));
    uint64_t events;
    PB_TRY(ledger_next(session, &events, err));
    record_run *run = calloc(1, sizeof *run);
    if (run == NULL)
        return pb_fail_memory(err);
    *run = (record_run){.session = session,
                        .actor = actor,
                        .now_us = now_us,
                        .arena = pb_arena_new(0),
                        .first = number,
                        .next = number,
                        .events = events,
                        .slice = events};
    if (run->arena == NULL) {
        record_run_close(run);
        return pb_fail_memory(err);
    }
    *ret_run = run;
    return PB_OK;
}

record_run *record_run_close(record_run *run)
{
    if (run != NULL) {
        keyset_free(&run->counted);
        pb_arena_free(run->arena);
    }
    free(run);
    return NULL;
}

int64_t record_run_number(const record_run *run)
{
    return run->first;
}

static pb_str hex_text(const run_file *file, pb_buf *out)
{
    pb_hex(out, file->hash, sizeof file->hash);
    return pb_buf_str(out);
}

static pb_status insert_run(record_run *run, const run_file *file, pb_error *err)
{
    PB_AUTO_BUF hash = PB_BUF_INIT(128);
    db_stmt *stmt;
    PB_TRY(db_prepare(run->session,
                      "INSERT INTO t_import_run (run, at_us, actor, profile, hash, kind)"
                      " VALUES (?, ?, ?, ?, ?, 'import')",
                      &stmt, err));
    db_bind_i64(stmt, 1, file->number);
    db_bind_i64(stmt, 2, run->now_us);
    db_bind_text(stmt, 3, run->actor.name);
    db_bind_text(stmt, 4, run->actor.via);
    db_bind_text(stmt, 5, hex_text(file, &hash));
    return db_run(stmt, err);
}

static pb_status insert_file(record_run *run, const run_file *file, pb_error *err)
{
    PB_AUTO_BUF hash = PB_BUF_INIT(128);
    db_stmt *stmt;
    PB_TRY(db_prepare(run->session,
                      "INSERT INTO t_source_file (n, run, source, entity, hash)"
                      " SELECT COALESCE(MAX(n), 0) + 1, ?1, ?2, ?3, ?4 FROM t_source_file",
                      &stmt, err));
    db_bind_i64(stmt, 1, file->number);
    db_bind_text(stmt, 2, file->name);
    db_bind_text(stmt, 3, file->entity ? file->entity->name : PB_STR(""));
    db_bind_text(stmt, 4, hex_text(file, &hash));
    return db_run(stmt, err);
}

pb_status record_run_file(record_run *run, pb_str name, const model_entity *entity,
                          const uint8_t hash[32], int64_t *ret_number, pb_error *err)
{
    run_file file = {.number = run->next, .name = pb_arena_str(run->arena, name), .entity = entity};
    for (size_t i = 0; i < sizeof file.hash; i++)
        file.hash[i] = hash[i];
    if (file.name.ptr == NULL ||
        !PB_PUSH(run->arena, run->files, run->file_count, run->file_capacity, file))
        return pb_fail_memory(err);
    PB_TRY(insert_run(run, &file, err));
    PB_TRY(insert_file(run, &file, err));
    run->next++;
    *ret_number = file.number;
    return PB_OK;
}

static pb_status find_file(record_run *run, int64_t number, run_file **ret_file, pb_error *err)
{
    if (number < run->first || number >= run->next)
        return pb_fail(err, PB_INTERNAL, PB_MSG("There is no source file {number} in this import."),
                       "number", PB_ARG_INT(number), NULL);
    *ret_file = &run->files[number - run->first];
    return PB_OK;
}

static pb_status set_counts(record_run *run, const char *sql, const run_file *file, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(run->session, sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)file->counts.rows);
    db_bind_i64(stmt, 2, (int64_t)(file->counts.imported + file->counts.changed));
    db_bind_i64(stmt, 3, (int64_t)file->counts.rejected);
    db_bind_i64(stmt, 4, file->number);
    return db_run(stmt, err);
}

pb_status record_run_file_done(record_run *run, int64_t number, record_run_counts counts,
                               pb_error *err)
{
    run_file *file = NULL;
    PB_TRY(find_file(run, number, &file, err));
    file->counts = counts;
    PB_TRY(set_counts(run,
                      "UPDATE t_import_run SET rows = ?, imported = ?, rejected = ? WHERE run = ?",
                      file, err));
    return set_counts(run,
                      "UPDATE t_source_file SET rows = ?, imported = ?, rejected = ? WHERE run = ?",
                      file, err);
}

pb_status record_run_file_hash(record_run *run, int64_t number, const uint8_t hash[32],
                               pb_error *err)
{
    static const char *const updates[] = {"UPDATE t_import_run SET hash = ?1 WHERE run = ?2",
                                          "UPDATE t_source_file SET hash = ?1 WHERE run = ?2"};
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    run_file *file = NULL;
    PB_TRY(find_file(run, number, &file, err));
    for (size_t i = 0; i < sizeof file->hash; i++)
        file->hash[i] = hash[i];
    pb_str hex = hex_text(file, &text);
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
        db_stmt *stmt;
        PB_TRY(db_prepare(run->session, updates[i], &stmt, err));
        db_bind_text(stmt, 1, hex);
        db_bind_i64(stmt, 2, number);
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}

static pb_status insert_column(record_run *run, const run_file *file, const run_column *column,
                               pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(run->session,
                      "INSERT INTO t_source_column (n, run, entity, source, header, field, filled,"
                      " rows) SELECT COALESCE(MAX(n), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7"
                      " FROM t_source_column",
                      &stmt, err));
    db_bind_i64(stmt, 1, file->number);
    db_bind_text(stmt, 2, file->entity ? file->entity->name : PB_STR(""));
    db_bind_text(stmt, 3, file->name);
    db_bind_text(stmt, 4, column->header);
    if (column->field.ptr != NULL)
        db_bind_text(stmt, 5, column->field);
    else
        db_bind_null(stmt, 5);
    db_bind_i64(stmt, 6, (int64_t)column->filled);
    db_bind_i64(stmt, 7, (int64_t)file->counts.rows);
    return db_run(stmt, err);
}

pb_status record_run_column(record_run *run, int64_t number, pb_str header,
                            const model_field *field, const char *how, uint64_t filled,
                            pb_error *err)
{
    run_file *file = NULL;
    PB_TRY(find_file(run, number, &file, err));
    run_column column = {.header = pb_arena_str(run->arena, header),
                         .field = field ? field->name : PB_STR_NONE,
                         .how = pb_str_c(how),
                         .filled = filled};
    if (column.header.ptr == NULL ||
        !PB_PUSH(run->arena, file->columns, file->column_count, file->column_capacity, column))
        return pb_fail_memory(err);
    /* What a product writes for itself is no column that people could fill. */
    return pb_str_is(column.how, "left") ? PB_OK : insert_column(run, file, &column, err);
}

static void write_column(pb_buf *out, const run_column *column)
{
    pb_cbor_map(out, column->field.ptr ? 4 : 3);
    pb_cbor_text(out, PB_STR("how"));
    pb_cbor_text(out, column->how);
    if (column->field.ptr != NULL) {
        pb_cbor_text(out, PB_STR("field"));
        pb_cbor_text(out, column->field);
    }
    pb_cbor_text(out, PB_STR("filled"));
    pb_cbor_uint(out, column->filled);
    pb_cbor_text(out, PB_STR("header"));
    pb_cbor_text(out, column->header);
}

/* Keys of every map in order of their encoded bytes: by length, then by letter. */
static void write_file(pb_buf *out, const run_file *file)
{
    bool changes = file->counts.changed + file->counts.same > 0;
    pb_cbor_map(out, 8 + (size_t)(file->entity != NULL) + (changes ? 2 : 0));
    pb_cbor_text(out, PB_STR("run"));
    pb_cbor_uint(out, (uint64_t)file->number);
    pb_cbor_text(out, PB_STR("hash"));
    pb_cbor_bytes(out, pb_str_n((const char *)file->hash, sizeof file->hash));
    pb_cbor_text(out, PB_STR("name"));
    pb_cbor_text(out, file->name);
    pb_cbor_text(out, PB_STR("rows"));
    pb_cbor_uint(out, file->counts.rows);
    if (changes) {
        pb_cbor_text(out, PB_STR("same"));
        pb_cbor_uint(out, file->counts.same);
    }
    pb_cbor_text(out, PB_STR("noted"));
    pb_cbor_uint(out, file->counts.noted);
    if (file->entity != NULL) {
        pb_cbor_text(out, PB_STR("entity"));
        pb_cbor_text(out, file->entity->name);
    }
    if (changes) {
        pb_cbor_text(out, PB_STR("changed"));
        pb_cbor_uint(out, file->counts.changed);
    }
    pb_cbor_text(out, PB_STR("columns"));
    pb_cbor_array(out, file->column_count);
    for (size_t i = 0; i < file->column_count; i++)
        write_column(out, &file->columns[i]);
    pb_cbor_text(out, PB_STR("imported"));
    pb_cbor_uint(out, file->counts.imported);
    pb_cbor_text(out, PB_STR("rejected"));
    pb_cbor_uint(out, file->counts.rejected);
}

/* All files of the run know which events are its. */
static pb_status set_events(record_run *run, const char *kind, uint64_t last, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(run->session,
                      "UPDATE t_import_run SET first = ?1, event = ?2, kind = ?5"
                      " WHERE run >= ?3 AND run < ?4",
                      &stmt, err));
    db_bind_text(stmt, 5, pb_str_c(kind));
    db_bind_i64(stmt, 1, (int64_t)run->events);
    db_bind_i64(stmt, 2, (int64_t)last);
    db_bind_i64(stmt, 3, run->first);
    db_bind_i64(stmt, 4, run->next);
    return db_run(stmt, err);
}

pb_status record_run_finish(record_run *run, uint64_t unresolved, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(32 << 20);
    pb_cbor_map(&payload, 3);
    pb_cbor_text(&payload, PB_STR("run"));
    pb_cbor_uint(&payload, (uint64_t)run->first);
    pb_cbor_text(&payload, PB_STR("files"));
    pb_cbor_array(&payload, run->file_count);
    for (size_t i = 0; i < run->file_count; i++)
        write_file(&payload, &run->files[i]);
    pb_cbor_text(&payload, PB_STR("unresolved"));
    pb_cbor_uint(&payload, unresolved);
    if (payload.failed)
        return pb_fail_buffer(&payload, PB_MSG("The summary of the import is too large."), err);
    ledger_event event = {.kind = "import.finished",
                          .at_us = run->now_us,
                          .actor = run->actor,
                          .payload = pb_buf_str(&payload)};
    uint64_t sequence;
    PB_TRY(ledger_append(run->session, &event, &sequence, err));
    return set_events(run, "import", sequence, err);
}

static pb_status check_stands(record_run *run, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(run->session, "SELECT undone, kind FROM t_import_run WHERE run = ?1", &stmt,
                      err));
    db_bind_i64(stmt, 1, run->first);
    PB_TRY(db_step(stmt, &row, err));
    bool stands = row && db_column_is_null(stmt, 0);
    bool kept = stands && pb_str_is(db_column_text(stmt, 1), "partial");
    db_reset(stmt);
    if (stands && !kept)
        return PB_OK;
    return pb_fail(err, PB_CONFLICT,
                   kept ? PB_MSG("The import ended: somebody had what run {run} wrote so far kept.")
                        : PB_MSG("The import ended: somebody took run {run} back."),
                   "run", PB_ARG_INT(run->first), NULL);
}

pb_status record_run_continue(record_run *run, db_session *session, pb_error *err)
{
    run->session = session;
    for (size_t i = 0; i < run->file_count; i++)
        run->files[i].column_count = 0; /* those of a transaction that is done again */
    PB_TRY(ledger_next(session, &run->slice, err));
    return check_stands(run, err);
}

pb_status record_run_writer(record_run *run, record_writer *writer, const model_entity *entity,
                            int64_t after_n, pb_error *err)
{
    plan *p;
    PB_TRY(writer_plan(writer, entity, &p, err));
    writer->counted = &run->counted;
    p->index.part_n = after_n;
    p->index.part_first = run->first;
    p->index.part_next = run->next;
    return PB_OK;
}

uint64_t record_writer_resolved(const record_writer *writer)
{
    return writer->resolved;
}

pb_status record_run_slice(record_run *run, int64_t row, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(1024);
    uint64_t sequence;
    pb_cbor_map(&payload, 3);
    pb_cbor_text(&payload, PB_STR("row"));
    pb_cbor_int(&payload, row);
    pb_cbor_text(&payload, PB_STR("run"));
    pb_cbor_int(&payload, run->first);
    pb_cbor_text(&payload, PB_STR("first"));
    pb_cbor_uint(&payload, run->slice);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "import.slice",
                                .at_us = run->now_us,
                                .actor = run->actor,
                                .payload = pb_buf_str(&payload)};
    PB_TRY(ledger_append(run->session, &event, &sequence, err));
    return set_events(run, "unfinished", sequence, err);
}
