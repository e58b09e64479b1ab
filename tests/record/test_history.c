/* Changing, deleting, restoring, and the history that tells it; what was altered behind the
 * ledger's back is named. */
#include "world.h"

struct job {
    pb_uuid id;
    int64_t expected;
    const given *values;
};

static pb_status create_person(world *w, record_writer *writer, void *context, pb_error *err)
{
    struct job *job = context;
    return world_create(writer, w->person, job->values, "P-1", &job->id, err);
}

static pb_status change_person(world *w, record_writer *writer, void *context, pb_error *err)
{
    struct job *job = context;
    return world_change(writer, w->person, job->id, job->expected, job->values, err);
}

static pb_status delete_person(world *w, record_writer *writer, void *context, pb_error *err)
{
    return record_delete(writer, w->person, ((struct job *)context)->id, err);
}

static pb_status restore_person(world *w, record_writer *writer, void *context, pb_error *err)
{
    return record_restore(writer, w->person, ((struct job *)context)->id, err);
}

static void person(world *w, struct job *job)
{
    pb_error err;
    job->values = GIVEN({"full_name", "Anna Smith"}, {"email", "a@example.org"},
                        {"remark", "first"}, {"balance", "10.00"}, {"scratch", "x"});
    world_must(world_write(w, RECORD_STRICT, create_person, job, NULL, &err), &err);
}

static pb_status change(world *w, struct job *job, int64_t expected, const given *values,
                        pb_error *err)
{
    job->expected = expected;
    job->values = values;
    return world_write(w, RECORD_STRICT, change_person, job, NULL, err);
}

/* Writes a history as text: `kind@version{name:before>after …}`. */
struct story {
    char text[4096];
    size_t used;
    uint64_t sequences[16];
    size_t count;
};

static size_t value_text(pb_value value, char *to, size_t size)
{
    switch (value.kind) {
    case PB_NULL:
        return (size_t)snprintf(to, size, "-");
    case PB_INT:
        return (size_t)snprintf(to, size, "%lld", (long long)value.as.i);
    case PB_REAL:
        return (size_t)snprintf(to, size, "%g", value.as.r);
    case PB_BLOB:
        return (size_t)snprintf(to, size, "#");
    default:
        return (size_t)snprintf(to, size, "%.*s", PB_STR_FMT(value.as.s));
    }
}

static pb_status tell(void *context, const record_step *step, pb_error *err)
{
    struct story *s = context;
    (void)err;
    s->sequences[s->count++] = step->sequence;
    char *to = s->text;
    s->used +=
        (size_t)snprintf(to + s->used, sizeof s->text - s->used, "%s@%lld%s{", step->event.kind,
                         (long long)step->event.version, step->erased ? " erased" : "");
    for (size_t i = 0; i < step->change_count; i++) {
        s->used += (size_t)snprintf(to + s->used, sizeof s->text - s->used, "%s%.*s:", i ? " " : "",
                                    PB_STR_FMT(step->changes[i].name));
        s->used += value_text(step->changes[i].before, to + s->used, sizeof s->text - s->used);
        s->used += (size_t)snprintf(to + s->used, sizeof s->text - s->used, ">");
        s->used += value_text(step->changes[i].after, to + s->used, sizeof s->text - s->used);
    }
    s->used += (size_t)snprintf(to + s->used, sizeof s->text - s->used, "}\n");
    return PB_OK;
}

static void story_of(world *w, pb_uuid id, struct story *story)
{
    pb_error err;
    memset(story, 0, sizeof *story);
    db_session *session = world_look(w);
    world_must(record_history(session, w->person, id, tell, story, &err), &err);
    db_snapshot_close(session);
}

/* shows: REC-7 ACC-5 */
static void every_change_is_told_newest_first(void **state)
{
    world w;
    pb_error err;
    struct job job;
    struct story story;
    world_open(&w, *state);
    person(&w, &job);
    world_must(change(&w, &job, 1, GIVEN({"remark", "second"}, {"balance", "7.50 USD"}), &err),
               &err);
    world_must(change(&w, &job, 2, GIVEN({"remark", ""}, {"scratch", "y"}), &err), &err);
    world_must(world_write(&w, RECORD_STRICT, delete_person, &job, NULL, &err), &err);
    world_must(world_write(&w, RECORD_STRICT, restore_person, &job, NULL, &err), &err);
    story_of(&w, job.id, &story);
    assert_string_equal(
        story.text,
        "record.restored@5{}\n"
        "record.deleted@4{}\n"
        "record.changed@3{remark:second>-}\n"
        "record.changed@2{remark:first>second balance:1000>750 balance_currency:EUR>USD}\n"
        "record.created@1{email:->a@example.org remark:->first balance:->1000 full_name:->Anna "
        "Smith"
        " source_id:->P-1 balance_currency:->EUR}\n");
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

/* shows: REC-7 */
static void nothing_changed_is_no_event(void **state)
{
    world w;
    pb_error err;
    struct job job;
    world_open(&w, *state);
    person(&w, &job);
    int64_t events = world_number(&w, "SELECT COUNT(*) FROM ledger_event");
    world_must(change(&w, &job, 1, GIVEN({"remark", " first "}, {"balance", "10"}), &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM ledger_event"), events);
    assert_int_equal(world_number(&w, "SELECT version FROM t_person"), 1);
    world_close(&w);
}

/* shows: INT-5 REC-7 */
static void whoever_was_slower_is_told(void **state)
{
    world w;
    pb_error err;
    char says[1024];
    struct job job;
    world_open(&w, *state);
    person(&w, &job);
    world_must(change(&w, &job, 1, GIVEN({"remark", "mine"}), &err), &err);
    assert_int_equal(change(&w, &job, 1, GIVEN({"remark", "yours"}), &err), PB_CONFLICT);
    assert_non_null(strstr(world_says(&err, says, sizeof says), "version 2, not 1"));
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_person WHERE remark = 'mine'"), 1);
    world_must(change(&w, &job, 0, GIVEN({"remark", "yours"}), &err), &err);
    world_close(&w);
}

/* shows: REC-4 DQ-1 */
static void a_change_that_breaks_a_rule_is_refused(void **state)
{
    world w;
    pb_error err;
    struct job job;
    world_open(&w, *state);
    person(&w, &job);
    assert_int_equal(change(&w, &job, 0, GIVEN({"full_name", ""}), &err), PB_INVALID);
    assert_int_equal(change(&w, &job, 0, GIVEN({"email", "N/A"}), &err), PB_INVALID);
    assert_int_equal(change(&w, &job, 0, GIVEN({"email", "nonsense"}), &err), PB_INVALID);
    assert_int_equal(world_number(&w, "SELECT version FROM t_person"), 1);
    world_close(&w);
}

/* shows: REC-7 */
static void deleted_records_hide_and_come_back(void **state)
{
    world w;
    pb_error err;
    struct job job;
    world_open(&w, *state);
    person(&w, &job);
    world_must(world_write(&w, RECORD_STRICT, delete_person, &job, NULL, &err), &err);
    world_must(world_write(&w, RECORD_STRICT, delete_person, &job, NULL, &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM person"), 0);
    assert_int_equal(world_number(&w, "SELECT version FROM t_person"), 2);
    assert_int_equal(change(&w, &job, 0, GIVEN({"remark", "late"}), &err), PB_NOT_FOUND);
    world_must(world_verify(&w, &err), &err);
    world_must(world_write(&w, RECORD_STRICT, restore_person, &job, NULL, &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM person"), 1);
    world_must(world_verify(&w, &err), &err);
    struct job nobody = {.id = {{1}}};
    assert_int_equal(world_write(&w, RECORD_STRICT, delete_person, &nobody, NULL, &err),
                     PB_NOT_FOUND);
    world_close(&w);
}

static pb_status erase(db_session *session, void *context, pb_error *err)
{
    return ledger_erase_payload(session, *(uint64_t *)context, world_actor(), WORLD_NOW, err);
}

/* shows: PRI-5 REC-7 ACC-5 */
static void an_erased_step_is_marked_and_the_rest_still_verifies(void **state)
{
    world w;
    pb_error err;
    struct job job;
    struct story story;
    world_open(&w, *state);
    person(&w, &job);
    world_must(change(&w, &job, 0, GIVEN({"remark", "secret"}), &err), &err);
    world_must(change(&w, &job, 0, GIVEN({"remark", "open"}), &err), &err);
    story_of(&w, job.id, &story);
    world_must(db_write(w.workspace, erase, &story.sequences[1], &err), &err);
    story_of(&w, job.id, &story);
    assert_non_null(strstr(story.text, "record.changed@2 erased{}\n"));
    assert_non_null(strstr(story.text, "record.changed@3{remark:secret>open}\n"));
    assert_non_null(strstr(story.text, "record.created@1{email:"));
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

/* A hand that writes to a table past the road. */
static pb_status tamper(db_session *session, void *context, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare_text(session, pb_str_c(context), &stmt, err));
    return db_run(stmt, err);
}

static void expect_named(world *w, const char *sql, const char *field)
{
    pb_error err;
    char says[1024];
    void *statement = (void *)(uintptr_t)sql;
    world_must(db_write(w->workspace, tamper, statement, &err), &err);
    assert_int_equal(world_verify(w, &err), PB_CORRUPT);
    world_says(&err, says, sizeof says);
    if (strstr(says, field) == NULL || strstr(says, "person") == NULL)
        fail_msg("after %s: %s", sql, says);
}

/* shows: ACC-5 */
static void an_altered_cell_is_named(void **state)
{
    /* clang-format off */
    static const char *const cells[][3] = {
        {"UPDATE t_person SET remark = 'x'", "remark", "UPDATE t_person SET remark = 'second'"},
        {"UPDATE t_person SET remark = NULL", "remark", "UPDATE t_person SET remark = 'second'"},
        {"UPDATE t_person SET phone = '+4930'", "phone", "UPDATE t_person SET phone = NULL"},
        {"UPDATE t_person SET balance = balance + 1", "balance",
         "UPDATE t_person SET balance = balance - 1"},
        {"UPDATE t_person SET balance_currency = 'USD'", "balance_currency",
         "UPDATE t_person SET balance_currency = 'EUR'"},
        {"UPDATE t_person SET firm_ref = 'other'", "firm_ref", "UPDATE t_person SET firm_ref = NULL"},
        {"UPDATE t_person SET source_id = 'P-2'", "source_id",
         "UPDATE t_person SET source_id = 'P-1'"},
        {"UPDATE t_person SET row = 5", "row", "UPDATE t_person SET row = NULL"},
        {"UPDATE t_person SET version = version + 1", "", "UPDATE t_person SET version = version - 1"},
        {"UPDATE t_person SET deleted = 1", "deleted", "UPDATE t_person SET deleted = 0"},
        {"UPDATE t_person SET created_us = created_us + 1", "created_us",
         "UPDATE t_person SET created_us = created_us - 1"},
        {"UPDATE t_person SET changed_us = changed_us + 1", "changed_us",
         "UPDATE t_person SET changed_us = changed_us - 1"},
        {"UPDATE t_person SET event = event - 1", "", "UPDATE t_person SET event = event + 1"},
        {"UPDATE t_person SET n = 17", "n", "UPDATE t_person SET n = 1"},
        {"DELETE FROM t_person", "", NULL},
    };
    /* clang-format on */
    world w;
    pb_error err;
    struct job job;
    world_open(&w, *state);
    person(&w, &job);
    world_must(change(&w, &job, 0, GIVEN({"remark", "second"}), &err), &err);
    world_must(world_verify(&w, &err), &err);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        expect_named(&w, cells[i][0], cells[i][1]);
        if (cells[i][2] != NULL) {
            void *statement = (void *)(uintptr_t)cells[i][2];
            world_must(db_write(w.workspace, tamper, statement, &err), &err);
            world_must(world_verify(&w, &err), &err);
        }
    }
    world_close(&w);
}

/* What was noted about a value goes when the value is mended.
 * shows: DQ-7 */
static void mending_a_value_settles_its_note(void **state)
{
    world w;
    pb_error err;
    struct job job = {.values = GIVEN({"full_name", "Anna Smith"}, {"email", "nonsense"})};
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_KEEP, create_person, &job, NULL, &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_value_note"), 1);
    world_must(change(&w, &job, 0, GIVEN({"email", "anna@example.org"}), &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_value_note"), 0);
    world_close(&w);
}

int main(void)
{
    int failed = 0;
    for (size_t i = 0; i < sizeof world_engines / sizeof *world_engines; i++) {
        void *engine = (void *)(uintptr_t)world_engines[i];
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(every_change_is_told_newest_first, engine),
            cmocka_unit_test_prestate(nothing_changed_is_no_event, engine),
            cmocka_unit_test_prestate(whoever_was_slower_is_told, engine),
            cmocka_unit_test_prestate(a_change_that_breaks_a_rule_is_refused, engine),
            cmocka_unit_test_prestate(deleted_records_hide_and_come_back, engine),
            cmocka_unit_test_prestate(an_erased_step_is_marked_and_the_rest_still_verifies, engine),
            cmocka_unit_test_prestate(an_altered_cell_is_named, engine),
            cmocka_unit_test_prestate(mending_a_value_settles_its_note, engine),
        };
        failed += cmocka_run_group_tests_name(world_engines[i], tests, NULL, NULL);
    }
    return failed;
}
