/* Taking a run back in a test, and what a workspace says before and after. */
#ifndef TESTS_RECORD_UNDOING_H
#define TESTS_RECORD_UNDOING_H

#include "record/undo.h"
#include "world.h"

enum { DUMP = 1 << 17 };

typedef struct undo_job {
    world *w;
    int64_t number, by;
    record_undo_counts counts;
    size_t told;
} undo_job;

static inline pb_status count_kept(void *context, const record_undo_kept *kept, pb_error *err)
{
    (void)err;
    assert_non_null(kept->says.ptr);
    ((undo_job *)context)->told++;
    return PB_OK;
}

static inline pb_status undo_work(db_session *session, void *context, pb_error *err)
{
    undo_job *job = context;
    record_writer *writer = NULL;
    record_run_info run;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    job->told = 0;
    job->w->now_us += 1000000;
    PB_TRY(record_run_find(session, job->number, arena, &run, err));
    PB_TRY(record_writer_open(session, world_actor(), job->w->now_us, RECORD_KEEP, &writer, err));
    pb_status status =
        record_undo(writer, &run, count_kept, NULL, job, &job->counts, &job->by, err);
    record_writer_close(writer);
    return status;
}

static inline pb_status undo(world *w, int64_t number, undo_job *job, pb_error *err)
{
    *job = (undo_job){.w = w, .number = number};
    return db_write(w->workspace, undo_work, job, err);
}

/* --- what the workspace says --- */

static inline pb_status put_record(void *context, const record_data *record, pb_error *err)
{
    pb_buf *out = context;
    char id[37];
    (void)err;
    pb_uuid_text(record->id, id);
    pb_buf_printf(out, "%s %s", record->entity->name.ptr, id);
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const pb_value *value = &record->values[i];
        pb_buf_byte(out, '|');
        if (value->kind == PB_TEXT)
            pb_buf_add(out, value->as.s);
        else if (value->kind == PB_INT)
            pb_buf_i64(out, value->as.i);
        pb_buf_byte(out, '~');
        pb_buf_add(out, record->refs[i]);
    }
    pb_buf_byte(out, '\n');
    return PB_OK;
}

/* Every record that is not deleted, whom it is linked to, every note about it, and what can be
 * found. The id that a reference without a record will get says nothing. */
static inline char *state(world *w, bool notes_too)
{
    pb_error err;
    PB_AUTO_BUF out = PB_BUF_INIT(DUMP);
    char notes[8192];
    db_session *session = world_look(w);
    for (size_t i = 0; i < w->schema->entity_count; i++)
        world_must(record_scan(session, &w->schema->entities[i], put_record, &out, &err), &err);
    world_must(record_find(session, NULL, PB_STR("ben"), 100, put_record, &out, &err), &err);
    db_snapshot_close(session);
    pb_buf_addc(&out, world_texts(w,
                                  "SELECT p.n || ' ' || f.name FROM t_person AS p JOIN t_firm AS f"
                                  " ON f.id = p.firm_id WHERE p.deleted + f.deleted = 0 ORDER BY 1",
                                  notes, sizeof notes));
    if (notes_too)
        pb_buf_addc(&out, world_texts(w,
                                      "SELECT DISTINCT v.n || v.field || v.kind || v.value FROM"
                                      " t_value_note AS v JOIN t_person AS t ON t.n = v.n AND"
                                      " t.deleted = 0 WHERE v.entity = 'person' ORDER BY 1",
                                      notes, sizeof notes));
    assert_false(out.failed);
    return strdup(pb_buf_cstr(&out));
}

static inline void same(const char *a, const char *b, unsigned seed)
{
    if (strcmp(a, b) == 0)
        return;
    print_message("seed %u:\n%s\n-- is not --\n", seed, a);
    print_message("%s\n", b);
    fail();
}

#endif
