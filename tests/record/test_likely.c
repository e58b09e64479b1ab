/* The gate on entry: likely duplicates are told, queued or refused, on every way in; what the actor
 * may not see does not leak; the index says what the records say, whatever happened to them. */
#include "record/likely.h"
#include "record/review.h"
#include "record/undo.h"
#include "world.h"

static const record_gate warn_gate = {.what = RECORD_DUPLICATES_WARN, .by = PB_STR("entry")};
static const record_gate refuse_gate = {.what = RECORD_DUPLICATES_REFUSE, .by = PB_STR("entry")};

/* What one transaction with a gate does, and what came of it. */
typedef struct entry {
    const record_gate *gate;
    const given *values;
    const char *source_id;
    pb_uuid id; /* of the record to change, or made */
    bool change, restore, delete;
    size_t likely; /* told */
    pb_uuid first; /* the surest told */
    double sure;
    uint64_t suspected; /* records of the writer that have one */
    char problem[512];  /* what the record was refused for */
} entry;

static pb_status enter_work(world *w, record_writer *writer, void *context, pb_error *err)
{
    entry *e = context;
    record_input inputs[WORLD_INPUTS];
    const record_problem *problems = NULL;
    size_t problem_count = 0;
    if (e->gate != NULL)
        record_writer_gate(writer, e->gate);
    size_t count = e->values != NULL ? world_inputs(w->person, e->values, inputs) : 0;
    record_origin origin = {.source_id = pb_str_c(e->source_id)};
    pb_status status = e->delete    ? record_delete(writer, w->person, e->id, err)
                       : e->restore ? record_restore(writer, w->person, e->id, err)
                       : e->change  ? record_change(writer, w->person, e->id, 0, inputs, count,
                                                    &problems, &problem_count, err)
                                   : record_create(writer, w->person, inputs, count, origin, &e->id,
                                                   &problems, &problem_count, err);
    record_likelies likely = record_writer_likely(writer);
    e->likely = likely.count;
    e->suspected = record_writer_suspected(writer);
    if (likely.count > 0) {
        e->first = likely.items[0].id;
        e->sure = likely.items[0].sure;
    }
    if (problem_count > 0)
        (void)snprintf(e->problem, sizeof e->problem, "%.*s [%.*s]", PB_STR_FMT(problems[0].says),
                       PB_STR_FMT(problems[0].value));
    return status;
}

static pb_status enter(world *w, entry *e)
{
    pb_error err = {0};
    pb_status status = world_write(w, RECORD_STRICT, enter_work, e, NULL, &err);
    if (status != PB_OK && status != PB_INVALID)
        world_must(status, &err);
    return status;
}

static const given anna[] = {{"full_name", "Annabel Weberknecht"},
                             {"email", "annabel.weberknecht@nordlicht.de"},
                             {"phone", "+493023122340"},
                             {"born", "1980-03-14"},
                             {NULL, NULL}};
static const given anna_again[] = {{"full_name", "Anabel Weberknecht"},
                                   {"email", "annabel.weberknecht@nordlicht.de"},
                                   {"born", "1980-03-14"},
                                   {NULL, NULL}};
static const given somebody[] = {{"full_name", "Dschingis Okonjo"},
                                 {"email", "d.okonjo@example.org"},
                                 {"born", "1961-11-02"},
                                 {NULL, NULL}};

static void must_fit(world *w)
{
    pb_error err;
    db_session *session = world_look(w);
    world_must(record_likely_verify(session, w->person, &err), &err);
    world_must(record_likely_verify(session, w->firm, &err), &err);
    db_snapshot_close(session);
}

/* shows: DQ-4 */
static void test_a_likely_duplicate_is_told_and_queued(void **state)
{
    world w;
    world_open(&w, *state);
    entry first = {.gate = &warn_gate, .values = anna, .source_id = "A-1"};
    entry other = {.gate = &warn_gate, .values = somebody, .source_id = "A-2"};
    entry again = {.gate = &warn_gate, .values = anna_again, .source_id = "A-3"};
    assert_int_equal(enter(&w, &first), PB_OK);
    assert_int_equal(enter(&w, &other), PB_OK);
    assert_int_equal(first.likely + other.likely, 0);
    assert_int_equal(enter(&w, &again), PB_OK);
    assert_int_equal(again.likely, 1);
    assert_memory_equal(&again.first, &first.id, sizeof first.id);
    assert_true(again.sure >= 0.9 && again.sure <= 1);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_review_pair"), 1);
    char text[256];
    assert_string_equal(world_texts(&w, "SELECT levels FROM t_review_pair", text, sizeof text),
                        "full_name=near email=equal born=equal");
    assert_string_equal(world_texts(&w, "SELECT script FROM t_review_pair", text, sizeof text),
                        "latin");
    must_fit(&w);
    world_close(&w);
}

/* shows: DQ-4 */
static void test_a_change_and_a_return_go_through_the_gate(void **state)
{
    world w;
    world_open(&w, *state);
    entry first = {.gate = &warn_gate, .values = anna, .source_id = "A-1"};
    entry other = {.gate = &warn_gate, .values = somebody, .source_id = "A-2"};
    assert_int_equal(enter(&w, &first), PB_OK);
    assert_int_equal(enter(&w, &other), PB_OK);
    entry change = {.gate = &warn_gate, .values = anna_again, .id = other.id, .change = true};
    assert_int_equal(enter(&w, &change), PB_OK);
    assert_int_equal(change.likely, 1);
    assert_memory_equal(&change.first, &first.id, sizeof first.id);
    entry beside = {.gate = &warn_gate,
                    .values = GIVEN({"remark", "nothing that is compared"}),
                    .id = other.id,
                    .change = true};
    assert_int_equal(enter(&w, &beside), PB_OK);
    assert_int_equal(beside.likely, 0);
    entry gone = {.id = other.id, .delete = true};
    assert_int_equal(enter(&w, &gone), PB_OK);
    must_fit(&w);
    entry back = {.gate = &warn_gate, .id = other.id, .restore = true};
    assert_int_equal(enter(&w, &back), PB_OK);
    assert_int_equal(back.likely, 1);
    must_fit(&w);
    world_close(&w);
}

/* shows: DQ-4 */
static void test_refused_where_asked(void **state)
{
    world w;
    world_open(&w, *state);
    entry first = {.gate = &refuse_gate, .values = anna, .source_id = "A-1"};
    entry again = {.gate = &refuse_gate, .values = anna_again, .source_id = "A-3"};
    assert_int_equal(enter(&w, &first), PB_OK);
    assert_int_equal(enter(&w, &again), PB_INVALID);
    assert_non_null(strstr(again.problem, "Very probably the same"));
    assert_non_null(strstr(again.problem, "[A-1]"));
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_person"), 1);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_review_pair"), 0);
    const record_gate strict = {.what = RECORD_DUPLICATES_REFUSE, .threshold = 1};
    again.gate = &strict;
    assert_int_equal(enter(&w, &again), PB_OK); /* nothing is that sure */
    must_fit(&w);
    world_close(&w);
}

static pb_status sees_nothing(void *context, const model_entity *entity, pb_uuid id,
                              bool *ret_visible, pb_error *err)
{
    size_t *asked = context;
    (void)entity;
    (void)id;
    (void)err;
    (*asked)++;
    *ret_visible = false;
    return PB_OK;
}

/* shows: DQ-4 SEC-1 ACC-1 */
static void test_what_may_not_be_seen_does_not_leak(void **state)
{
    world w;
    size_t asked = 0;
    pb_error err;
    world_open(&w, *state);
    entry first = {.gate = &warn_gate, .values = anna, .source_id = "CANARY-77"};
    assert_int_equal(enter(&w, &first), PB_OK);
    const record_gate hidden = {
        .what = RECORD_DUPLICATES_REFUSE, .may_see = sees_nothing, .context = &asked};
    /* It goes in as one that is like nobody: being refused, told or counted, it would tell. */
    entry again = {.gate = &hidden, .values = anna_again, .source_id = "A-3"};
    world_must(world_write(&w, RECORD_STRICT, enter_work, &again, NULL, &err), &err);
    assert_true(asked > 0);
    assert_int_equal(again.likely, 0);
    assert_int_equal(again.suspected, 0);
    assert_string_equal(again.problem, "");
    assert_true(again.sure <= 0); /* no score either */
    /* Who may see both is asked. */
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM t_review_pair WHERE state = 'open'"),
                     1);
    /* Who sees the first is refused. */
    const record_gate open = {.what = RECORD_DUPLICATES_REFUSE};
    entry third = {.gate = &open, .values = anna_again, .source_id = "A-4"};
    assert_int_equal(world_write(&w, RECORD_STRICT, enter_work, &third, NULL, &err), PB_INVALID);
    world_close(&w);
}

typedef struct decide_job {
    world *w;
    pb_uuid a, b;
} decide_job;

static pb_status decide(db_session *session, void *context, pb_error *err)
{
    const decide_job *job = context;
    return record_review_decide(session, world_actor(), job->w->now_us, job->w->person, job->a,
                                job->b, RECORD_DIFFERENT, PB_STR("two sisters"), err);
}

/* shows: DQ-4 */
static void test_two_that_were_said_to_differ_stay_two(void **state)
{
    world w;
    pb_error err;
    world_open(&w, *state);
    entry first = {.gate = &warn_gate, .values = anna, .source_id = "A-1"};
    entry again = {.gate = &warn_gate, .values = anna_again, .source_id = "A-3"};
    assert_int_equal(enter(&w, &first), PB_OK);
    assert_int_equal(enter(&w, &again), PB_OK);
    assert_int_equal(again.likely, 1);
    decide_job job = {&w, first.id, again.id};
    world_must(db_write(w.workspace, decide, &job, &err), &err);
    entry change = {.gate = &warn_gate,
                    .values = GIVEN({"full_name", "Annabell Weberknecht"}),
                    .id = again.id,
                    .change = true};
    assert_int_equal(enter(&w, &change), PB_OK);
    assert_int_equal(change.likely, 0);
    /* the same row, imported anew once it was deleted: another id, the same record */
    entry gone = {.id = again.id, .delete = true};
    assert_int_equal(enter(&w, &gone), PB_OK);
    entry anew = {.gate = &warn_gate, .values = anna_again, .source_id = "A-3"};
    assert_int_equal(enter(&w, &anew), PB_OK);
    assert_int_equal(anew.likely, 0);
    /* another row is asked about */
    entry other = {.gate = &warn_gate, .values = anna_again, .source_id = "A-4"};
    assert_int_equal(enter(&w, &other), PB_OK);
    assert_true(other.likely >= 1);
    world_close(&w);
}

/* --- the index --- */

enum { PEOPLE = 40, STEPS = 400, BULK = 60 };

typedef struct play {
    pb_uuid ids[PEOPLE];
    size_t count;
    unsigned seed;
    bool bulk;
} play;

static unsigned draw(play *p, unsigned below)
{
    p->seed = p->seed * 1103515245u + 12345u;
    return (p->seed >> 16) % below;
}

static pb_status one_step(world *w, record_writer *writer, void *context, pb_error *err)
{
    play *p = context;
    char name[48], mail[48], id[16];
    const record_gate bulk = {.what = RECORD_DUPLICATES_IGNORE, .bulk = true};
    const record_gate *gates[] = {&warn_gate, &bulk, NULL};
    const record_gate *gate = gates[p->bulk ? draw(p, 3) : 0];
    if (gate != NULL)
        record_writer_gate(writer, gate);
    for (unsigned steps = draw(p, 4) + 1; steps > 0; steps--) {
        (void)snprintf(name, sizeof name, "Anna %c%cl", 'A' + (char)draw(p, 4),
                       'a' + (char)draw(p, 4));
        (void)snprintf(mail, sizeof mail, "p%u@example.org", draw(p, 30));
        (void)snprintf(id, sizeof id, "P-%zu", p->count);
        const given *values = GIVEN({"full_name", name}, {"email", mail});
        unsigned what = draw(p, 8);
        if (p->count < PEOPLE && (p->count == 0 || what < 3)) {
            PB_TRY(world_create(writer, w->person, values, id, &p->ids[p->count], err));
            p->count++;
            continue;
        }
        pb_uuid chosen = p->ids[draw(p, (unsigned)p->count)];
        pb_error why;
        pb_status status = what < 5   ? world_change(writer, w->person, chosen, 0, values, &why)
                           : what < 7 ? record_delete(writer, w->person, chosen, &why)
                                      : record_restore(writer, w->person, chosen, &why);
        if (status != PB_OK && status != PB_NOT_FOUND) {
            *err = why;
            return status;
        }
    }
    return PB_OK;
}

/* shows: DQ-4 REC-3 */
static void test_the_index_follows_every_history(void **state)
{
    for (unsigned seed = 1; seed <= 3; seed++) {
        world w;
        pb_error err;
        play p = {.seed = seed, .bulk = seed > 1};
        world_open(&w, *state);
        for (int i = 0; i < STEPS / 4; i++) {
            world_must(world_write(&w, RECORD_STRICT, one_step, &p, NULL, &err), &err);
            if (i % 10 == 9)
                must_fit(&w);
        }
        must_fit(&w);
        world_close(&w);
    }
}

static pb_status bulk_work(world *w, record_writer *writer, void *context, pb_error *err)
{
    const record_gate bulk = {.what = RECORD_DUPLICATES_IGNORE, .bulk = true};
    (void)context;
    record_writer_gate(writer, &bulk);
    for (int i = 0; i < BULK; i++) {
        char name[48], mail[48], id[16];
        (void)snprintf(name, sizeof name, "Person %c%c%c", 'A' + i % 26, 'a' + i % 23,
                       'a' + i % 19);
        (void)snprintf(mail, sizeof mail, "bulk%d@example.org", i);
        (void)snprintf(id, sizeof id, "B-%d", i);
        PB_TRY(world_create(writer, w->person, GIVEN({"full_name", name}, {"email", mail}), id,
                            NULL, err));
    }
    return world_create(writer, w->person, anna, "A-1", NULL, err);
}

/* shows: DQ-4 */
static void test_a_large_import_is_filed_at_first_need(void **state)
{
    world w;
    pb_error err;
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_STRICT, bulk_work, NULL, NULL, &err), &err);
    assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM match_key"), 0);
    must_fit(&w); /* not yet filed is no fault */
    entry again = {.gate = &warn_gate, .values = anna_again, .source_id = "A-3"};
    assert_int_equal(enter(&w, &again), PB_OK);
    assert_int_equal(again.likely, 1);
    assert_int_equal(world_number(&w, "SELECT upto FROM match_state WHERE entity = 'person'"),
                     BULK + 2);
    must_fit(&w);
    world_close(&w);
}

typedef struct crowd {
    int from, count;
} crowd;

static pb_status crowd_work(world *w, record_writer *writer, void *context, pb_error *err)
{
    const crowd *c = context;
    const record_gate quiet = {.what = RECORD_DUPLICATES_IGNORE};
    record_writer_gate(writer, &quiet);
    for (int i = c->from; i < c->from + c->count; i++) {
        char name[48], mail[48], id[16];
        (void)snprintf(name, sizeof name, "Person%c%c %c%c%cer", 'a' + i % 26, 'a' + i / 26 % 26,
                       'A' + i % 23, 'a' + i / 23 % 19, 'a' + i / 7 % 17);
        (void)snprintf(mail, sizeof mail, "crowd%d@example.org", i);
        (void)snprintf(id, sizeof id, "C-%d", i);
        PB_TRY(world_create(writer, w->person, GIVEN({"full_name", name}, {"email", mail}), id,
                            NULL, err));
    }
    return PB_OK;
}

static int64_t keys_at(world *w, const char *which)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM match_key WHERE entity %s 0", which);
    return world_number(w, sql);
}

/* Keys of single entries wait in a part of their own where a commit writes whole pages; from there
 * they come to the others, a stretch at a time. Whoever looks finds them in either.
 * shows: DQ-4 */
static void test_keys_are_found_wherever_they_wait(void **state)
{
    enum { AT_ONCE = 1500, CROWDS = 8, WAITING_MOST = 16384 };
    world w;
    pb_error err;
    world_open(&w, *state);
    bool folder = !on_postgres();
    entry first = {.gate = &warn_gate, .values = anna, .source_id = "A-1"};
    assert_int_equal(enter(&w, &first), PB_OK);
    assert_int_equal(keys_at(&w, "<") > 0, folder);
    entry again = {.gate = &warn_gate, .values = anna_again, .source_id = "A-2"};
    assert_int_equal(enter(&w, &again), PB_OK);
    assert_int_equal(again.likely, 1);
    for (int i = 0; i < CROWDS; i++) {
        crowd some = {i * AT_ONCE, AT_ONCE};
        world_must(world_write(&w, RECORD_STRICT, crowd_work, &some, NULL, &err), &err);
    }
    must_fit(&w);
    assert_true(keys_at(&w, ">") > WAITING_MOST);
    assert_in_range(keys_at(&w, "<"), folder ? WAITING_MOST / 2 : 0, WAITING_MOST);
    entry third = {.gate = &warn_gate, .values = anna_again, .source_id = "A-3"};
    assert_int_equal(enter(&w, &third), PB_OK);
    assert_int_equal(third.likely, 2);
    entry gone = {.delete = true, .id = first.id};
    assert_int_equal(enter(&w, &gone), PB_OK);
    gone.id = again.id;
    assert_int_equal(enter(&w, &gone), PB_OK);
    must_fit(&w);
    entry fourth = {.gate = &warn_gate, .values = anna_again, .source_id = "A-4"};
    assert_int_equal(enter(&w, &fourth), PB_OK);
    assert_int_equal(fourth.likely, 1);
    world_close(&w);
}

static pb_status spoil(db_session *session, void *context, pb_error *err)
{
    db_stmt *stmt;
    (void)context;
    PB_TRY(db_prepare(session,
                      "DELETE FROM match_key WHERE hash = (SELECT MIN(hash) FROM match_key)", &stmt,
                      err));
    return db_run(stmt, err);
}

static pb_status mend(db_session *session, void *context, pb_error *err)
{
    const world *w = context;
    return record_likely_complete(session, w->person, err);
}

/* shows: DQ-4 AUD-1 */
static void test_a_stale_index_is_said_and_mended(void **state)
{
    world w;
    pb_error err;
    world_open(&w, *state);
    entry first = {.gate = &warn_gate, .values = anna, .source_id = "A-1"};
    assert_int_equal(enter(&w, &first), PB_OK);
    must_fit(&w);
    world_must(db_write(w.workspace, spoil, NULL, &err), &err);
    db_session *session = world_look(&w);
    assert_int_equal(record_likely_verify(session, w.person, &err), PB_CORRUPT);
    db_snapshot_close(session);
    world_must(db_write(w.workspace, mend, &w, &err), &err);
    must_fit(&w);
    world_close(&w);
}

static pb_status learn(db_session *session, void *context, pb_error *err)
{
    const world *w = context;
    const match_column columns[] = {{PB_STR("full_name"), MATCH_NAME, NULL},
                                    {PB_STR("email"), MATCH_EMAIL, NULL}};
    match_model *model = NULL;
    PB_TRY(match_model_default(columns, 2, &model, err));
    pb_status status = record_likely_learned(session, world_actor(), w->now_us, w->person, model,
                                             false, NULL, err);
    match_model_free(model);
    return status;
}

/* shows: DQ-4 */
static void test_what_was_learned_is_used(void **state)
{
    world w;
    pb_error err;
    world_open(&w, *state);
    entry first = {.gate = &warn_gate, .values = anna, .source_id = "A-1"};
    assert_int_equal(enter(&w, &first), PB_OK);
    world_must(db_write(w.workspace, learn, &w, &err), &err);
    entry again = {.gate = &warn_gate, .values = anna_again, .source_id = "A-3"};
    assert_int_equal(enter(&w, &again), PB_OK);
    assert_int_equal(again.likely, 1);
    char text[256]; /* the date is no column of what was learned */
    assert_string_equal(world_texts(&w, "SELECT levels FROM t_review_pair", text, sizeof text),
                        "full_name=near email=equal");
    must_fit(&w);
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

int main(void)
{
    void *engine = (void *)world_engines[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_a_likely_duplicate_is_told_and_queued, engine),
        cmocka_unit_test_prestate(test_a_change_and_a_return_go_through_the_gate, engine),
        cmocka_unit_test_prestate(test_refused_where_asked, engine),
        cmocka_unit_test_prestate(test_what_may_not_be_seen_does_not_leak, engine),
        cmocka_unit_test_prestate(test_two_that_were_said_to_differ_stay_two, engine),
        cmocka_unit_test_prestate(test_the_index_follows_every_history, engine),
        cmocka_unit_test_prestate(test_a_large_import_is_filed_at_first_need, engine),
        cmocka_unit_test_prestate(test_keys_are_found_wherever_they_wait, engine),
        cmocka_unit_test_prestate(test_a_stale_index_is_said_and_mended, engine),
        cmocka_unit_test_prestate(test_what_was_learned_is_used, engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
