/* Records on their way in: what each policy does with good and bad values, and how it says so. */
#include "world.h"

/* clang-format off */
static const given good_person[] = {
    {"full_name", "Anna Smith"}, {"email", "Anna@Example.ORG"}, {"phone", "030 1234567"},
    {"country", "DE"}, {"born", "1980-02-29"}, {"vip", "yes"}, {"score", "4.5"},
    {"balance", "12.50 USD"}, {"remark", "met at the fair"}, {"scratch", "a"}, {NULL, NULL}};
/* clang-format on */

struct one {
    const model_entity *entity;
    const given *values;
    const char *source_id;
    pb_uuid id;
};

static pb_status create_one(world *w, record_writer *writer, void *context, pb_error *err)
{
    struct one *one = context;
    (void)w;
    return world_create(writer, one->entity, one->values, one->source_id, &one->id, err);
}

static void read_one(world *w, const struct one *one, pb_arena *arena, record_data *ret_record)
{
    pb_error err;
    db_session *session = world_look(w);
    world_must(record_read(session, one->entity, one->id, arena, ret_record, &err), &err);
    db_snapshot_close(session);
}

/* shows: REC-5 DQ-1 REC-7 */
static void good_values_are_stored_in_standard_form(void **state)
{
    world w;
    pb_error err;
    record_data record;
    world_open(&w, *state);
    pb_arena *arena = pb_arena_new(0);
    struct one one = {w.person, good_person, "P-1", {{0}}};
    world_must(world_write(&w, RECORD_STRICT, create_one, &one, NULL, &err), &err);
    read_one(&w, &one, arena, &record);
    assert_true(world_holds(&record, "full_name", "Anna Smith"));
    assert_true(world_holds(&record, "email", "Anna@example.org"));
    assert_true(world_holds(&record, "phone", "+49301234567"));
    assert_int_equal(world_value(&record, "born")->as.i, 3711);
    assert_int_equal(world_value(&record, "vip")->as.i, 1);
    assert_true(world_value(&record, "score")->as.r == 4.5);
    assert_int_equal(world_value(&record, "balance")->as.i, 1250);
    const model_field *balance = model_field_find(w.person, PB_STR("balance"));
    assert_true(pb_str_is(record.currencies[balance->index], "USD"));
    assert_int_equal(record.version, 1);
    assert_int_equal(record.n, 1);
    assert_true(pb_str_is(record.source_id, "P-1"));
    assert_int_equal(record.created_us, w.now_us);
    assert_false(record.deleted);
    world_must(world_verify(&w, &err), &err);
    /* Standard forms are nothing to remark on where people enter records themselves. */
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_value_note"), 0);
    pb_arena_free(arena);
    world_close(&w);
}

struct refusal {
    const record_problem *problems;
    size_t count;
    pb_error err;
    char first[64], second[64];
};

static pb_status create_refused(world *w, record_writer *writer, void *context, pb_error *err)
{
    struct refusal *refusal = context;
    (void)err;
    record_input inputs[WORLD_INPUTS];
    size_t count = world_inputs(w->person,
                                GIVEN({"full_name", "Anna Smith"}, {"email", "anna at example.org"},
                                      {"born", "2990-01-01"}),
                                inputs);
    pb_status status = record_create(writer, w->person, inputs, count, (record_origin){0}, NULL,
                                     &refusal->problems, &refusal->count, &refusal->err);
    assert_int_equal(status, PB_INVALID);
    assert_int_equal(refusal->count, 2);
    for (size_t i = 0; i < refusal->count; i++)
        assert_true(refusal->problems[i].says.len > 0);
    assert_true(pb_str_is(refusal->problems[0].field->name, "email"));
    assert_true(pb_str_is(refusal->problems[0].value, "anna at example.org"));
    assert_true(pb_str_is(refusal->problems[1].field->name, "born"));
    assert_true(pb_str_is(refusal->problems[1].value, "2990-01-01"));
    return PB_OK; /* a refused record does not end the writer */
}

/* shows: DQ-1 */
static void strict_refuses_and_names_field_value_and_mend(void **state)
{
    world w;
    pb_error err;
    char says[2048];
    world_open(&w, *state);
    struct refusal refusal;
    world_must(world_write(&w, RECORD_STRICT, create_refused, &refusal, NULL, &err), &err);
    world_says(&refusal.err, says, sizeof says);
    assert_non_null(strstr(says, "anna at example.org"));
    assert_non_null(strstr(says, "Email"));
    assert_non_null(strstr(says, "save again"));
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_person"), 0);
    world_close(&w);
}

static void expect_refused(world *w, const model_entity *entity, const given *values,
                           const char *word)
{
    pb_error err;
    char says[2048];
    struct one one = {entity, values, NULL, {{0}}};
    assert_int_equal(world_write(w, RECORD_STRICT, create_one, &one, NULL, &err), PB_INVALID);
    world_says(&err, says, sizeof says);
    if (strstr(says, word) == NULL)
        fail_msg("“%s” does not say “%s”", says, word);
}

/* shows: REC-4 DQ-1 */
static void required_fields_and_essential_rules_refuse(void **state)
{
    world w;
    pb_error err;
    world_open(&w, *state);
    expect_refused(&w, w.firm, GIVEN({"city", "Berlin"}), "Name");
    expect_refused(&w, w.person, GIVEN({"full_name", "Anna Smith"}),
                   "A person can be reached by e-mail or phone");
    expect_refused(&w, w.deal, GIVEN({"title", "Big one"}, {"stage", "won"}), "Closed on");
    struct one open = {w.deal, GIVEN({"title", "Big one"}, {"stage", "open"}), NULL, {{0}}};
    world_must(world_write(&w, RECORD_STRICT, create_one, &open, NULL, &err), &err);
    /* The desirable rule (a remark) does not stand in the way. */
    struct one person = {
        w.person, GIVEN({"full_name", "Anna Smith"}, {"email", "a@example.org"}), NULL, {{0}}};
    world_must(world_write(&w, RECORD_STRICT, create_one, &person, NULL, &err), &err);
    world_close(&w);
}

/* shows: AUD-3 DQ-1 REC-5 */
static void keep_keeps_the_record_and_notes_what_is_wrong(void **state)
{
    world w;
    pb_error err;
    record_data record;
    char texts[1024];
    world_open(&w, *state);
    pb_arena *arena = pb_arena_new(0);
    /* clang-format off */
    const given values[] = {{"full_name", "Anna Smith"}, {"email", " anna at example.org "},
                            {"born", "yesterday"}, {"balance", "much"}, {"phone", "030 1234567"},
                            {"country", "Germany"}, {NULL, NULL}};
    /* clang-format on */
    struct one one = {w.person, values, "7", {{0}}};
    world_must(world_write(&w, RECORD_KEEP, create_one, &one, NULL, &err), &err);
    read_one(&w, &one, arena, &record);
    assert_true(world_holds(&record, "email", "anna at example.org"));
    assert_int_equal(world_value(&record, "born")->kind, PB_NULL);
    assert_int_equal(world_value(&record, "balance")->kind, PB_NULL);
    assert_true(world_holds(&record, "country", "DE"));
    assert_true(world_holds(&record, "phone", "+49301234567"));
    assert_string_equal(world_texts(&w,
                                    "SELECT field || '=' || value FROM t_value_note"
                                    " WHERE kind = 'bad' ORDER BY field",
                                    texts, sizeof texts),
                        "balance=much|born=yesterday|email= anna at example.org ");
    assert_string_equal(world_texts(&w,
                                    "SELECT field || '=' || value FROM t_value_note"
                                    " WHERE kind = 'restyled' ORDER BY field",
                                    texts, sizeof texts),
                        "country=Germany|phone=030 1234567");
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_value_note"
                                      " WHERE kind = 'bad' AND problem IS NULL"),
                     0);
    world_must(world_verify(&w, &err), &err);
    pb_arena_free(arena);
    world_close(&w);
}

/* shows: DQ-1 */
static void keep_takes_what_lacks_required_fields(void **state)
{
    world w;
    pb_error err;
    world_open(&w, *state);
    struct one one = {w.person, GIVEN({"remark", "nothing else is known"}), NULL, {{0}}};
    world_must(world_write(&w, RECORD_KEEP, create_one, &one, NULL, &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_person"), 1);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_value_note"), 0);
    world_close(&w);
}

/* shows: DQ-1 */
static void several_values_of_a_many_valued_field(void **state)
{
    world w;
    pb_error err;
    record_data record;
    char texts[1024];
    world_open(&w, *state);
    pb_arena *arena = pb_arena_new(0);
    /* clang-format off */
    const given values[] = {{"full_name", "Anna Smith"}, {"email", "a@example.org; b@example.org"},
                            {"email", "c@example.org"}, {"email", "a@example.org"}, {NULL, NULL}};
    /* clang-format on */
    struct one one = {w.person, values, NULL, {{0}}};
    world_must(world_write(&w, RECORD_STRICT, create_one, &one, NULL, &err), &err);
    read_one(&w, &one, arena, &record);
    assert_true(world_holds(&record, "email", "a@example.org"));
    assert_string_equal(world_texts(&w,
                                    "SELECT value FROM t_value_note WHERE kind = 'more'"
                                    " AND field = 'email' ORDER BY value",
                                    texts, sizeof texts),
                        "b@example.org|c@example.org");
    expect_refused(&w, w.firm, GIVEN({"name", "Acme"}, {"city", "Berlin"}, {"city", "Paris"}),
                   "Paris");
    pb_arena_free(arena);
    world_close(&w);
}

static pb_status create_twice(world *w, record_writer *writer, void *context, pb_error *err)
{
    const char *const *names = context;
    PB_TRY(world_create(writer, w->firm, GIVEN({"name", names[0]}), "F-1", NULL, err));
    PB_TRY(world_create(writer, w->firm, GIVEN({"name", "Other"}), "f-1", NULL, err));
    return world_create(writer, w->firm, GIVEN({"name", names[1]}), "F-1", NULL, err);
}

/* shows: DQ-4 */
static void a_source_id_that_comes_twice(void **state)
{
    world w;
    pb_error err;
    char texts[1024];
    world_open(&w, *state);
    const char *names[] = {"Acme", "Acme again"};
    assert_int_equal(world_write(&w, RECORD_STRICT, create_twice, names, NULL, &err), PB_INVALID);
    assert_non_null(strstr(world_says(&err, texts, sizeof texts), "The id F-1 appears twice"));
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_firm"), 0);
    world_must(world_write(&w, RECORD_KEEP, create_twice, names, NULL, &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_firm"), 3);
    assert_string_equal(
        world_texts(&w, "SELECT kind || value FROM t_value_note", texts, sizeof texts), "badF-1");
    assert_int_equal(world_number(&w, "SELECT n FROM t_value_note"), 3);
    world_close(&w);
}

static pb_status fail_after_some(world *w, record_writer *writer, void *context, pb_error *err)
{
    (void)context;
    PB_TRY(world_create(writer, w->firm, GIVEN({"name", "Acme"}, {"parent", "Nobody"}), "F-9", NULL,
                        err));
    PB_TRY(world_create(writer, w->person, good_person, "P-9", NULL, err));
    PB_TRY(record_writer_finish(writer, err));
    return pb_fail(err, PB_CANCELLED, "Stopped.", NULL);
}

/* shows: REC-7 ACC-5 */
static void rolling_back_leaves_nothing(void **state)
{
    world w;
    pb_error err;
    int64_t before[WORLD_TABLES], after[WORLD_TABLES];
    world_open(&w, *state);
    struct one one = {w.firm, GIVEN({"name", "First"}), NULL, {{0}}};
    world_must(world_write(&w, RECORD_KEEP, create_one, &one, NULL, &err), &err);
    world_counts(&w, before);
    assert_int_equal(world_write(&w, RECORD_KEEP, fail_after_some, NULL, NULL, &err), PB_CANCELLED);
    world_counts(&w, after);
    assert_memory_equal(before, after, sizeof before);
    world_must(world_verify(&w, &err), &err);
    /* And what comes next takes the numbers that were given back. */
    world_must(world_write(&w, RECORD_KEEP, create_one, &one, NULL, &err), &err);
    assert_int_equal(world_number(&w, "SELECT MAX(n) FROM t_firm"), 2);
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

static pb_status fail_to_append(world *w, record_writer *writer, void *context, pb_error *err)
{
    struct one *one = context;
    /* An event that is too large is what the ledger refuses. */
    pb_status status = world_create(writer, w->firm, one->values, NULL, &one->id, err);
    assert_int_not_equal(status, PB_OK);
    assert_int_not_equal(record_writer_finish(writer, NULL), PB_OK);
    return status;
}

static pb_status with_endless_actor(db_session *session, void *context, pb_error *err)
{
    struct world_write *job = context;
    record_writer *writer;
    static char endless[1 << 17];
    memset(endless, 'x', sizeof endless - 1);
    ledger_actor actor = {pb_str_c(endless), PB_STR_NONE, PB_STR("test")};
    PB_TRY(record_writer_open(session, actor, job->w->now_us, RECORD_KEEP, &writer, err));
    pb_status status = fail_to_append(job->w, writer, job->context, err);
    record_writer_close(writer);
    return status;
}

/* shows: ACC-5 */
static void without_a_ledger_entry_nothing_is_written(void **state)
{
    world w;
    pb_error err;
    int64_t before[WORLD_TABLES], after[WORLD_TABLES];
    world_open(&w, *state);
    world_counts(&w, before);
    struct one one = {w.firm, GIVEN({"name", "Acme"}), NULL, {{0}}};
    struct world_write job = {&w, RECORD_KEEP, NULL, &one, 0};
    assert_int_not_equal(db_write(w.workspace, with_endless_actor, &job, &err), PB_OK);
    world_counts(&w, after);
    assert_memory_equal(before, after, sizeof before);
    world_close(&w);
}

static pb_status malformed(world *w, record_writer *writer, void *context, pb_error *err)
{
    (void)context;
    return world_create(writer, w->firm, GIVEN({"name", "Bad \xc3\x28 bytes"}, {"city", "\xff"}),
                        "id\xff", NULL, err);
}

/* shows: DQ-1 AUD-3 */
static void malformed_bytes_never_reach_the_ledger(void **state)
{
    world w;
    pb_error err;
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_KEEP, malformed, NULL, NULL, &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_firm"), 1);
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

int main(void)
{
    int failed = 0;
    for (size_t i = 0; i < sizeof world_engines / sizeof *world_engines; i++) {
        void *engine = (void *)(uintptr_t)world_engines[i];
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(good_values_are_stored_in_standard_form, engine),
            cmocka_unit_test_prestate(strict_refuses_and_names_field_value_and_mend, engine),
            cmocka_unit_test_prestate(required_fields_and_essential_rules_refuse, engine),
            cmocka_unit_test_prestate(keep_keeps_the_record_and_notes_what_is_wrong, engine),
            cmocka_unit_test_prestate(keep_takes_what_lacks_required_fields, engine),
            cmocka_unit_test_prestate(several_values_of_a_many_valued_field, engine),
            cmocka_unit_test_prestate(a_source_id_that_comes_twice, engine),
            cmocka_unit_test_prestate(rolling_back_leaves_nothing, engine),
            cmocka_unit_test_prestate(without_a_ledger_entry_nothing_is_written, engine),
            cmocka_unit_test_prestate(malformed_bytes_never_reach_the_ledger, engine),
        };
        failed += cmocka_run_group_tests_name(world_engines[i], tests, NULL, NULL);
    }
    return failed;
}
