/* What the tests of merging share: merging, taking apart, and all that a workspace says. */
#ifndef TESTS_RECORD_MERGE_WORLD_H
#define TESTS_RECORD_MERGE_WORLD_H

#include "record/likely.h"
#include "record/merge.h"
#include "world.h"

enum { GROUP_MAX = 8, SEEN_MAX = 64, STATE_MAX = 1 << 22 };

/** What a merge, an unmerging or an undoing told and came to. */
typedef struct merge_job {
    world *w;
    const record_merge_group *groups;
    size_t group_count;
    const model_entity *entity; /* unmerge */
    pb_uuid id;
    int64_t undo; /* run to take back */
    bool rehearse;
    record_merge_counts counts;
    record_unmerge_counts parted;
    record_undo_counts undone;
    int64_t number;
    char why[SEEN_MAX][64]; /* field: from, why, of the last merge told */
    size_t why_count;
    char kept[SEEN_MAX][160];
    size_t kept_count;
    size_t links;
} merge_job;

static inline pb_status merge_told(void *context, const record_merge *merge, pb_error *err)
{
    merge_job *job = context;
    (void)err;
    job->why_count = 0;
    for (size_t i = 0; i < merge->entity->field_count; i++) {
        const record_merge_field *field = &merge->fields[i];
        if (field->from == RECORD_MERGE_NONE || job->why_count == SEEN_MAX)
            continue;
        assert_true(field->from < (int)merge->count);
        assert_string_not_equal(record_merge_says(pb_str_c(field->why)), "");
        snprintf(job->why[job->why_count++], sizeof job->why[0], "%.*s: %d, %s%s%s",
                 PB_STR_FMT(field->field->name), field->from, field->why,
                 field->changed ? ", changed" : "", field->conflict ? ", conflict" : "");
    }
    return PB_OK;
}

static inline pb_status link_told(void *context, const record_merge_link *link, pb_error *err)
{
    merge_job *job = context;
    (void)err;
    assert_non_null(link->field->target);
    job->links++;
    return PB_OK;
}

static inline pb_status merge_kept_told(void *context, const record_undo_kept *kept, pb_error *err)
{
    merge_job *job = context;
    (void)err;
    if (job->kept_count < SEEN_MAX)
        snprintf(job->kept[job->kept_count++], sizeof job->kept[0], "%s: %s",
                 kept->field != NULL ? kept->field->name.ptr : "-", kept->says.ptr);
    return PB_OK;
}

static inline pb_status merge_groups(record_writer *writer, merge_job *job, pb_error *err)
{
    record_merger *merger = NULL;
    const record_merge_told told = {merge_told, link_told, job};
    pb_status status = record_merger_open(writer, &told, &merger, err);
    for (size_t i = 0; i < job->group_count && status == PB_OK; i++)
        status = record_merger_merge(merger, &job->groups[i], err);
    if (status == PB_OK)
        status = record_merger_finish(merger, PB_STR("by hand"), NULL, NULL, &job->counts,
                                      &job->number, err);
    record_merger_close(merger);
    return status;
}

static inline pb_status merge_work(db_session *session, void *context, pb_error *err)
{
    merge_job *job = context;
    const record_merge_told told = {NULL, link_told, job};
    record_writer *writer = NULL;
    record_run_info run;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    job->kept_count = job->links = 0;
    if (job->undo > 0)
        PB_TRY(record_run_find(session, job->undo, arena, &run, err));
    PB_TRY(record_writer_open(session, world_actor(), job->w->now_us, RECORD_KEEP, &writer, err));
    pb_status status =
        job->groups != NULL ? merge_groups(writer, job, err)
        : job->undo > 0
            ? record_undo(writer, &run, merge_kept_told, NULL, job, &job->undone, &job->number, err)
            : record_unmerge(writer, job->entity, job->id, merge_kept_told, &told, NULL, job,
                             &job->parted, &job->number, err);
    record_writer_close(writer);
    return status == PB_OK && job->rehearse ? PB_CANCELLED : status;
}

static inline pb_status merge_run(world *w, merge_job *job, pb_error *err)
{
    job->w = w;
    w->now_us += 1000000;
    return db_write(w->workspace, merge_work, job, err);
}

/** Merges `count` records of an entity. */
static inline pb_status merge_ids(world *w, const model_entity *entity, const pb_uuid *ids,
                                  size_t count, const pb_uuid *into, merge_job *job, pb_error *err)
{
    const record_merge_group group = {.entity = entity, .ids = ids, .count = count, .into = into};
    *job = (merge_job){.groups = &group, .group_count = 1};
    pb_status status = merge_run(w, job, err);
    job->groups = NULL;
    return status;
}

static inline pb_status unmerge_id(world *w, const model_entity *entity, pb_uuid id, merge_job *job,
                                   pb_error *err)
{
    *job = (merge_job){.entity = entity, .id = id};
    return merge_run(w, job, err);
}

static inline pb_status undo_run(world *w, int64_t number, merge_job *job, pb_error *err)
{
    *job = (merge_job){.undo = number};
    return merge_run(w, job, err);
}

/** The record that a text leads to. */
static inline pb_status look_up_id(world *w, const model_entity *entity, const char *text,
                                   pb_uuid *ret_id)
{
    db_session *session = world_look(w);
    pb_status status = record_lookup(session, entity, pb_str_c(text), ret_id, NULL);
    db_snapshot_close(session);
    return status;
}

static inline bool same_id(pb_uuid a, pb_uuid b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

/* --- all that a workspace says --- */

static inline void put_cell(db_stmt *stmt, int column, pb_buf *out)
{
    pb_value value = db_column_value(stmt, column);
    if (value.kind == PB_INT)
        pb_buf_i64(out, value.as.i);
    else if (value.kind == PB_REAL)
        pb_buf_printf(out, "%s", value.as.r > 0 ? "+" : "-");
    else if (value.kind == PB_TEXT)
        pb_buf_add(out, value.as.s);
    else if (value.kind == PB_BLOB)
        pb_hex(out, value.as.s.ptr, value.as.s.len);
    pb_buf_byte(out, '|');
}

/* Rows of a query, but for columns that say when they were written last. */
static inline void put_rows(db_session *session, const char *sql, pb_buf *out)
{
    pb_error err;
    db_stmt *stmt;
    bool row;
    world_must(db_prepare(session, sql, &stmt, &err), &err);
    for (;;) {
        world_must(db_step(stmt, &row, &err), &err);
        if (!row)
            return;
        for (int i = 0; i < db_column_count(stmt); i++) {
            const char *name = db_column_name(stmt, i);
            if (strcmp(name, "version") != 0 && strcmp(name, "event") != 0 &&
                strcmp(name, "changed_us") != 0)
                put_cell(stmt, i, out);
        }
        pb_buf_byte(out, '\n');
    }
}

static inline pb_status put_found(void *context, const record_data *record, pb_error *err)
{
    pb_buf_printf(context, " %s%lld", record->entity->name.ptr, (long long)record->n);
    (void)err;
    return PB_OK;
}

/** Every row, link, key, remark, and what words find. Owner: the caller, free(). */
static inline char *merge_state(world *w, const char *const *words, size_t word_count)
{
    static const char *const queries[] = {
        "SELECT * FROM t_firm ORDER BY n",
        "SELECT * FROM t_person ORDER BY n",
        "SELECT * FROM t_deal ORDER BY n",
        "SELECT * FROM record_key ORDER BY entity, hash, n",
        "SELECT * FROM record_merged ORDER BY entity, gone",
        "SELECT * FROM link_promise ORDER BY entity, key",
        "SELECT * FROM t_value_note ORDER BY entity, field, kind, n, part",
        "SELECT n, firm_id, firm_ref, full_name, email FROM person ORDER BY n",
    };
    pb_error err;
    PB_AUTO_BUF out = PB_BUF_INIT(STATE_MAX);
    db_session *session = world_look(w);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        pb_buf_printf(&out, "%s\n", queries[i]);
        put_rows(session, queries[i], &out);
    }
    for (size_t i = 0; i < word_count; i++) {
        pb_buf_printf(&out, "find %s:", words[i]);
        world_must(record_find(session, NULL, pb_str_c(words[i]), 200, put_found, &out, &err),
                   &err);
        pb_buf_byte(&out, '\n');
    }
    db_snapshot_close(session);
    assert_false(out.failed);
    return strdup(pb_buf_cstr(&out));
}

/** Fails at the first line in which two states differ, and frees both. */
static inline void same_state(char *is, char *was, unsigned seed, const char *when)
{
    pb_str a = pb_str_c(is), b = pb_str_c(was), left, right;
    while (pb_str_split(&a, '\n', &left)) {
        assert_true(pb_str_split(&b, '\n', &right));
        if (!pb_str_eq(left, right))
            fail_msg("seed %u, %s:\n  is  %.*s\n  was %.*s", seed, when, PB_STR_FMT(left),
                     PB_STR_FMT(right));
    }
    free(is);
    free(was);
}

#endif
