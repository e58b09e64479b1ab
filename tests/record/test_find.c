/* Finding: by words in three scripts, by what a record is called, all in order; import runs. */
#include "world.h"

static pb_status people(world *w, record_writer *writer, void *context, pb_error *err)
{
    pb_uuid *ids = context;
    PB_TRY(world_create(writer, w->firm, GIVEN({"name", "Globex GmbH"}, {"city", "Berlin"}), "F-1",
                        NULL, err));
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "Jürgen Müller"}, {"email", "jm@globex.example"},
                              {"firm", "Globex GmbH"}),
                        "P-1", &ids[0], err));
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "王小明"}, {"email", "wxm@example.cn"}), "P-2", &ids[1],
                        err));
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "علي رضايي"}, {"email", "ali@example.ir"}), "P-3",
                        &ids[2], err));
    PB_TRY(world_create(writer, w->person,
                        GIVEN({"full_name", "Anna Müller"}, {"email", "anna@example.org"}), "P-4",
                        &ids[3], err));
    return world_create(writer, w->person,
                        GIVEN({"full_name", "Anna Müller"}, {"email", "other@example.org"}), "P-5",
                        &ids[4], err);
}

struct hits {
    char text[256];
    size_t used;
};

static pb_status hit(void *context, const record_data *record, pb_error *err)
{
    struct hits *h = context;
    (void)err;
    pb_str name = record->source_id;
    h->used += (size_t)snprintf(h->text + h->used, sizeof h->text - h->used, "%s%.*s",
                                h->used ? " " : "", PB_STR_FMT(name));
    return PB_OK;
}

static void expect_hits(world *w, const model_entity *entity, const char *query, int64_t limit,
                        const char *expected)
{
    pb_error err;
    struct hits hits = {{0}, 0};
    db_session *session = world_look(w);
    world_must(record_find(session, entity, pb_str_c(query), limit, hit, &hits, &err), &err);
    db_snapshot_close(session);
    if (strcmp(hits.text, expected) != 0)
        fail_msg("“%s” finds %s, not %s", query, hits.text, expected);
}

static pb_status one_persian(world *w, record_writer *writer, void *context, pb_error *err)
{
    (void)context;
    return world_create(writer, w->person,
                        GIVEN({"full_name", "محمد کریمی"}, {"email", "mk@example.ir"}), "P-9", NULL,
                        err);
}

/* shows: REC-1 UX-1 */
static void a_name_sounded_out_in_another_script(void **state)
{
    world w;
    pb_error err;
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_STRICT, one_persian, NULL, NULL, &err), &err);
    expect_hits(&w, w.person, "mohammad", 10, "P-9");
    expect_hits(&w, w.person, "heinrich", 10, "");
    world_close(&w);
}

static pb_status change_and_delete(world *w, record_writer *writer, void *context, pb_error *err)
{
    pb_uuid *ids = context;
    PB_TRY(world_change(writer, w->person, ids[0], 0, GIVEN({"full_name", "Jürgen Schmidt"}), err));
    return record_delete(writer, w->person, ids[3], err);
}

/* shows: REC-1 UX-1 */
static void words_in_three_scripts(void **state)
{
    world w;
    pb_error err;
    pb_uuid ids[5];
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_STRICT, people, ids, NULL, &err), &err);
    expect_hits(&w, w.person, "müller", 10, "P-1 P-4 P-5");
    expect_hits(&w, w.person, "MULLER jur", 10, "P-1");
    expect_hits(&w, w.person, "小明", 10, "P-2");
    expect_hits(&w, w.person, "wang xiao", 10, "P-2");
    expect_hits(&w, w.person, "علی رضایی", 10, "P-3");
    expect_hits(&w, w.person, "globex", 10, "P-1");
    expect_hits(&w, NULL, "globex", 10, "F-1 P-1");
    expect_hits(&w, w.person, "anna müller", 10, "P-4 P-5");
    expect_hits(&w, w.person, "anna müller", 1, "P-4");
    expect_hits(&w, w.person, "nobody", 10, "");
    expect_hits(&w, w.person, "mulelr", 10, "P-1 P-4 P-5");
    expect_hits(&w, w.person, "anna mullre", 10, "P-4 P-5");
    expect_hits(&w, w.person, "glubex", 10, "P-1");
    expect_hits(&w, w.person, "", 10, "");
    world_must(world_write(&w, RECORD_STRICT, change_and_delete, ids, NULL, &err), &err);
    expect_hits(&w, w.person, "müller", 10, "P-5");
    expect_hits(&w, w.person, "schmidt", 10, "P-1");
    world_close(&w);
}

/* shows: REC-1 */
static void looked_up_by_what_it_is_called(void **state)
{
    world w;
    pb_error err;
    pb_uuid ids[5], found;
    char id[37];
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_STRICT, people, ids, NULL, &err), &err);
    db_session *session = world_look(&w);
    pb_uuid_text(ids[1], id);
    world_must(record_lookup(session, w.person, pb_str_c(id), &found, &err), &err);
    assert_memory_equal(&found, &ids[1], sizeof found);
    world_must(record_lookup(session, w.person, PB_STR(" P-3 "), &found, &err), &err);
    assert_memory_equal(&found, &ids[2], sizeof found);
    world_must(record_lookup(session, w.person, PB_STR("jürgen  MÜLLER"), &found, &err), &err);
    assert_memory_equal(&found, &ids[0], sizeof found);
    world_must(record_lookup(session, w.person, PB_STR("other@example.org"), &found, &err), &err);
    assert_memory_equal(&found, &ids[4], sizeof found);
    assert_int_equal(record_lookup(session, w.person, PB_STR("Anna Müller"), &found, &err),
                     PB_CONFLICT);
    assert_int_equal(record_lookup(session, w.person, PB_STR("Nobody"), &found, &err),
                     PB_NOT_FOUND);
    db_snapshot_close(session);
    world_close(&w);
}

/* shows: REC-1 */
static void scanned_in_order_without_the_deleted(void **state)
{
    world w;
    pb_error err;
    pb_uuid ids[5];
    struct hits hits = {{0}, 0};
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_STRICT, people, ids, NULL, &err), &err);
    world_must(world_write(&w, RECORD_STRICT, change_and_delete, ids, NULL, &err), &err);
    db_session *session = world_look(&w);
    world_must(record_scan(session, w.person, hit, &hits, &err), &err);
    assert_string_equal(hits.text, "P-1 P-2 P-3 P-5");
    db_snapshot_close(session);
    world_close(&w);
}

static pb_status run_import(db_session *session, void *context, pb_error *err)
{
    world *w = context;
    record_run *run;
    int64_t first, second, third;
    static const uint8_t hash[32] = {1, 2, 3};
    PB_TRY(record_run_begin(session, world_actor(), w->now_us, &run, err));
    pb_status status = record_run_file(run, PB_STR("a.csv"), w->firm, hash, &first, err);
    if (status == PB_OK)
        status = record_run_file(run, PB_STR("b.csv"), w->firm, hash, &second, err);
    if (status == PB_OK)
        status = record_run_file(run, PB_STR("notes.csv"), NULL, hash, &third, err);
    if (status == PB_OK)
        status = record_run_file_done(run, second, (record_run_counts){10, 8, 2, 1}, err);
    if (status == PB_OK)
        status =
            record_run_column(run, second, PB_STR("Firm"), &w->firm->fields[1], "name", 9, err);
    if (status == PB_OK)
        status = record_run_column(run, second, PB_STR("Odd"), NULL, "unmapped", 3, err);
    if (status == PB_OK) {
        assert_int_equal(record_run_number(run), first);
        assert_int_not_equal(first, second);
        status = record_run_finish(run, 4, err);
    }
    record_run_close(run);
    return status;
}

/* shows: INT-5 AUD-3 ACC-5 */
static void an_import_run_is_told(void **state)
{
    world w;
    pb_error err;
    char texts[512];
    world_open(&w, *state);
    world_must(db_write(w.workspace, run_import, &w, &err), &err);
    assert_string_equal(world_texts(&w,
                                    "SELECT source || entity || COALESCE(CAST(rows AS TEXT), '-')"
                                    " FROM source_file ORDER BY run",
                                    texts, sizeof texts),
                        "a.csvfirm-|b.csvfirm10|notes.csv-");
    assert_string_equal(world_texts(&w,
                                    "SELECT header || COALESCE(field, '-') || filled"
                                    " || rows FROM source_column ORDER BY header",
                                    texts, sizeof texts),
                        "Firmname910|Odd-310");
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM ledger_event"), 1);
    world_must(db_write(w.workspace, run_import, &w, &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(DISTINCT run) FROM source_file"), 6);
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

int main(void)
{
    int failed = 0;
    for (size_t i = 0; i < sizeof world_engines / sizeof *world_engines; i++) {
        void *engine = (void *)(uintptr_t)world_engines[i];
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(words_in_three_scripts, engine),
            cmocka_unit_test_prestate(a_name_sounded_out_in_another_script, engine),
            cmocka_unit_test_prestate(looked_up_by_what_it_is_called, engine),
            cmocka_unit_test_prestate(scanned_in_order_without_the_deleted, engine),
            cmocka_unit_test_prestate(an_import_run_is_told, engine),
        };
        failed += cmocka_run_group_tests_name(world_engines[i], tests, NULL, NULL);
    }
    return failed;
}
