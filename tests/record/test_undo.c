/* Taking a run back: everything is as it was, what was worked on since stays, and the undoing can
 * be undone. */
#include "undoing.h"

enum { PEOPLE = 12, FIRMS = 4, STEPS = 14, ROUNDS = 120 };

/* What a run does, drawn from a seed. */
typedef struct play {
    pb_uuid people[PEOPLE], firms[FIRMS];
    size_t people_count, firm_count;
    unsigned seed;
    const char *kind; /* of the run, NULL: not a run */
    int64_t number;
} play;

static unsigned draw(play *p, unsigned below)
{
    p->seed = p->seed * 1103515245u + 12345u;
    return (p->seed >> 16) % below;
}

static pb_status add_firm(world *w, record_writer *writer, play *p, pb_error *err)
{
    char name[32], id[16];
    (void)snprintf(name, sizeof name, "Firm %u", draw(p, 1000));
    (void)snprintf(id, sizeof id, "F-%zu", p->firm_count);
    return world_create(writer, w->firm, GIVEN({"name", name}, {"city", "Bremen"}), id,
                        &p->firms[p->firm_count++], err);
}

static pb_status add_person(world *w, record_writer *writer, play *p, pb_error *err)
{
    char name[32], mail[48], id[16], firm[16];
    (void)snprintf(name, sizeof name, "Anna %c%c", 'A' + (char)draw(p, 26),
                   'a' + (char)draw(p, 26));
    (void)snprintf(mail, sizeof mail, "p%zu@example.org", p->people_count);
    (void)snprintf(id, sizeof id, "P-%zu", p->people_count);
    (void)snprintf(firm, sizeof firm, "F-%u", draw(p, FIRMS + 2)); /* some are not there */
    return world_create(
        writer, w->person,
        GIVEN({"full_name", name}, {"email", mail}, {"firm", firm}, {"balance", "10.00"}), id,
        &p->people[p->people_count++], err);
}

static pb_status change_person(world *w, record_writer *writer, play *p, pb_uuid id, pb_error *err)
{
    char name[32], firm[16], balance[24];
    (void)snprintf(name, sizeof name, "Ben %c%c", 'A' + (char)draw(p, 26), 'a' + (char)draw(p, 26));
    (void)snprintf(firm, sizeof firm, "F-%u", draw(p, FIRMS + 2));
    (void)snprintf(balance, sizeof balance, "%u.5%u", draw(p, 100), draw(p, 10));
    switch (draw(p, 4)) {
    case 0:
        return world_change(writer, w->person, id, 0, GIVEN({"full_name", name}), err);
    case 1:
        return world_change(writer, w->person, id, 0, GIVEN({"firm", firm}), err);
    case 2:
        return world_change(writer, w->person, id, 0, GIVEN({"balance", balance}, {"vip", "yes"}),
                            err);
    default:
        return world_change(writer, w->person, id, 0, GIVEN({"remark", name}, {"balance", ""}),
                            err);
    }
}

static pb_status step(world *w, record_writer *writer, play *p, pb_error *err)
{
    unsigned what = draw(p, 10);
    if (what == 0 && p->firm_count < FIRMS)
        return add_firm(w, writer, p, err);
    if ((what <= 2 && p->people_count < PEOPLE) || p->people_count == 0)
        return add_person(w, writer, p, err);
    pb_uuid id = p->people[draw(p, (unsigned)p->people_count)];
    if (what == 3)
        return record_delete(writer, w->person, id, err);
    if (what == 4)
        return record_restore(writer, w->person, id, err);
    if (what == 5 && p->firm_count > 0)
        return record_delete(writer, w->firm, p->firms[draw(p, (unsigned)p->firm_count)], err);
    pb_status status = change_person(w, writer, p, id, err);
    return status == PB_NOT_FOUND ? PB_OK : status; /* it is deleted */
}

/* A run is one transaction: its steps, then its end. */
static pb_status run_steps(db_session *session, world *w, play *p, size_t steps, pb_error *err)
{
    record_writer *writer = NULL;
    uint64_t first;
    w->now_us += 1000000;
    PB_TRY(ledger_next(session, &first, err));
    PB_TRY(record_writer_open(session, world_actor(), w->now_us, RECORD_STRICT, &writer, err));
    pb_status status = PB_OK;
    for (size_t i = 0; i < steps && status == PB_OK; i++)
        status = step(w, writer, p, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    PB_TRY(status);
    return p->kind == NULL ? PB_OK
                           : record_run_end(session, world_actor(), w->now_us, p->kind,
                                            PB_STR("DQ-TEST"), first, steps, 0, &p->number, err);
}

typedef struct played {
    world *w;
    play *p;
    size_t steps;
} played;

static pb_status run_work(db_session *session, void *context, pb_error *err)
{
    const played *job = context;
    return run_steps(session, job->w, job->p, job->steps, err);
}

static void do_steps(world *w, play *p, const char *kind, size_t steps)
{
    pb_error err;
    played job = {w, p, steps};
    p->kind = kind;
    world_must(db_write(w->workspace, run_work, &job, &err), &err);
}

/* shows: INT-5 DQ-10 */
static void test_undo_restores_and_redo_repeats(void **state_of)
{
    for (unsigned seed = 1; seed <= ROUNDS; seed++) {
        pb_error err;
        world w;
        undo_job job;
        play p = {.seed = seed * 7919};
        world_open(&w, *state_of);
        do_steps(&w, &p, NULL, STEPS);
        char *before = state(&w, true);
        do_steps(&w, &p, "fix", STEPS);
        char *after = state(&w, false);
        world_must(undo(&w, p.number, &job, &err), &err);
        assert_int_equal(job.counts.kept, 0);
        char *undone = state(&w, true);
        same(undone, before, seed);
        assert_int_equal(undo(&w, p.number, &job, &err), PB_CONFLICT);
        int64_t by = world_number(&w, "SELECT MAX(run) FROM t_import_run");
        world_must(undo(&w, by, &job, &err), &err);
        char *again = state(&w, false);
        same(again, after, seed);
        world_must(world_verify(&w, &err), &err);
        free(before);
        free(after);
        free(undone);
        free(again);
        world_close(&w);
    }
}

static pb_status change_name(db_session *session, void *context, pb_error *err)
{
    const played *job = context;
    record_writer *writer = NULL;
    PB_TRY(record_writer_open(session, world_actor(), job->w->now_us, RECORD_STRICT, &writer, err));
    pb_status status = world_change(writer, job->w->person, job->p->people[0], 0,
                                    GIVEN({"full_name", "Someone Else"}), err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static pb_status two_changes(db_session *session, void *context, pb_error *err)
{
    const played *job = context;
    record_writer *writer = NULL;
    uint64_t first;
    PB_TRY(ledger_next(session, &first, err));
    PB_TRY(record_writer_open(session, world_actor(), job->w->now_us, RECORD_STRICT, &writer, err));
    pb_status status = world_change(writer, job->w->person, job->p->people[0], 0,
                                    GIVEN({"full_name", "By The Run"}, {"remark", "run"}), err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    PB_TRY(status);
    return record_run_end(session, world_actor(), job->w->now_us, "fix", PB_STR("DQ-TEST"), first,
                          1, 0, &job->p->number, err);
}

/* shows: INT-5 DQ-10 */
static void test_work_done_since_is_kept(void **state_of)
{
    pb_error err;
    world w;
    undo_job undone;
    play p = {.seed = 1};
    char text[256];
    world_open(&w, *state_of);
    while (p.people_count == 0)
        do_steps(&w, &p, NULL, 1);
    played job = {&w, &p, 0};
    world_must(db_write(w.workspace, two_changes, &job, &err), &err);
    world_must(db_write(w.workspace, change_name, &job, &err), &err);
    world_must(undo(&w, p.number, &undone, &err), &err);
    assert_int_equal(undone.counts.kept, 1);
    assert_int_equal(undone.told, 1);
    assert_int_equal(undone.counts.changed, 1);
    assert_string_equal(
        world_texts(&w, "SELECT full_name FROM t_person WHERE n = 1", text, sizeof text),
        "Someone Else");
    assert_string_equal(
        world_texts(&w, "SELECT remark FROM t_person WHERE n = 1", text, sizeof text), "NULL");
    world_must(world_verify(&w, &err), &err);
    world_close(&w);
}

/* ---- a run of parts ---- */

/* One part of a run, or what somebody else does; who ends it says which. */
typedef struct part {
    world *w;
    record_run **run;    /* NULL: it is somebody else's */
    const given *values; /* of the person P-1 */
    bool creates;
    const char *kind; /* "fix": a run of its own, `number` */
    int64_t number;
} part;

static pb_status write_person(const part *job, db_session *session, pb_error *err)
{
    record_writer *writer = NULL;
    pb_uuid id;
    PB_TRY(record_writer_open(session, world_actor(), job->w->now_us += 1000000, RECORD_STRICT,
                              &writer, err));
    pb_status status = PB_OK;
    if (job->creates)
        status = world_create(writer, job->w->person, job->values, "P-1", &id, err);
    else
        status = record_lookup(session, job->w->person, PB_STR("P-1"), &id, err);
    if (status == PB_OK && !job->creates)
        status = world_change(writer, job->w->person, id, 0, job->values, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static pb_status part_work(db_session *session, void *context, pb_error *err)
{
    part *job = context;
    uint64_t first;
    PB_TRY(ledger_next(session, &first, err));
    if (job->run != NULL)
        PB_TRY(record_run_continue(*job->run, session, err));
    PB_TRY(write_person(job, session, err));
    if (job->run != NULL)
        PB_TRY(record_run_slice(*job->run, 1, err));
    return job->kind == NULL ? PB_OK
                             : record_run_end(session, world_actor(), job->w->now_us, job->kind,
                                              PB_STR("DQ-TEST"), first, 1, 0, &job->number, err);
}

static int64_t do_part(part job)
{
    pb_error err;
    world_must(db_write(job.w->workspace, part_work, &job, &err), &err);
    return job.number;
}

typedef struct beginning {
    world *w;
    record_run *run;
} beginning;

static pb_status begin_work(db_session *session, void *context, pb_error *err)
{
    static const uint8_t hash[32] = {1};
    beginning *b = context;
    int64_t number;
    PB_TRY(record_run_begin(session, world_actor(), b->w->now_us, &b->run, err));
    PB_TRY(record_run_file(b->run, PB_STR("people.csv"), b->w->person, hash, &number, err));
    return record_run_slice(b->run, 0, err);
}

static record_run *begin_parts(world *w)
{
    pb_error err;
    beginning b = {.w = w};
    world_must(db_write(w->workspace, begin_work, &b, &err), &err);
    return b.run;
}

#define PERSON(balance)                                                                            \
    GIVEN({"full_name", "Anna Ek"}, {"email", "a@example.org"}, {"balance", balance})

static void balance_is(world *w, const char *wanted)
{
    char text[64];
    assert_string_equal(world_texts(w,
                                    "SELECT CAST(balance / 100 AS TEXT) || ' ' || balance_currency"
                                    " FROM t_person WHERE n = 1 AND deleted = 0",
                                    text, sizeof text),
                        wanted);
}

/* shows: INT-5 DQ-10 */
static void test_an_amount_and_its_currency_are_one_value(void **state_of)
{
    static const struct {
        const char *since, *is;
        uint64_t kept;
    } cases[] = {{"30 USD", "30 USD", 1}, {"20 CHF", "20 CHF", 1}, {NULL, "10 EUR", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pb_error err;
        world w;
        undo_job undone;
        world_open(&w, *state_of);
        do_part((part){.w = &w, .values = PERSON("10 EUR"), .creates = true});
        int64_t run =
            do_part((part){.w = &w, .values = GIVEN({"balance", "20 USD"}), .kind = "fix"});
        if (cases[i].since != NULL)
            do_part((part){.w = &w, .values = GIVEN({"balance", cases[i].since})});
        world_must(undo(&w, run, &undone, &err), &err);
        assert_int_equal(undone.counts.kept, cases[i].kept);
        balance_is(&w, cases[i].is);
        world_must(world_verify(&w, &err), &err);
        world_close(&w);
    }
}

/* shows: INT-5 INT-1 */
static void test_a_field_changed_between_two_parts_is_what_the_later_part_found(void **state_of)
{
    pb_error err;
    world w;
    undo_job undone;
    world_open(&w, *state_of);
    do_part((part){.w = &w, .values = PERSON("10 EUR"), .creates = true});
    record_run *run = begin_parts(&w);
    do_part((part){.w = &w, .run = &run, .values = GIVEN({"balance", "20 USD"})});
    do_part((part){.w = &w, .values = GIVEN({"balance", "30 USD"})});
    do_part((part){.w = &w, .run = &run, .values = GIVEN({"balance", "40 USD"})});
    world_must(undo(&w, record_run_number(run), &undone, &err), &err);
    assert_int_equal(undone.counts.changed, 1);
    assert_int_equal(undone.counts.kept, 0);
    balance_is(&w, "30 USD");
    record_run_close(run);
    world_close(&w);
}

/* shows: INT-5 INT-1 */
static void test_a_record_worked_on_between_two_parts_stays(void **state_of)
{
    for (int others = 0; others <= 1; others++) {
        pb_error err;
        world w;
        undo_job undone;
        world_open(&w, *state_of);
        record_run *run = begin_parts(&w);
        do_part((part){.w = &w, .run = &run, .values = PERSON("10 EUR"), .creates = true});
        if (others)
            do_part((part){.w = &w, .values = GIVEN({"remark", "called on Monday"})});
        do_part((part){.w = &w, .run = &run, .values = GIVEN({"vip", "yes"})});
        world_must(undo(&w, record_run_number(run), &undone, &err), &err);
        assert_int_equal(undone.counts.kept, others);
        assert_int_equal(undone.counts.deleted, !others);
        assert_int_equal(world_number(&w, "SELECT COUNT(*) FROM person"), others);
        record_run_close(run);
        world_close(&w);
    }
}

/* shows: INT-5 */
static void test_a_run_that_is_not_there(void **state_of)
{
    pb_error err;
    world w;
    undo_job job;
    world_open(&w, *state_of);
    assert_int_equal(undo(&w, 7, &job, &err), PB_NOT_FOUND);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_undo_restores_and_redo_repeats, (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_work_done_since_is_kept, (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_an_amount_and_its_currency_are_one_value,
                                  (void *)world_engines[0]),
        cmocka_unit_test_prestate(
            test_a_field_changed_between_two_parts_is_what_the_later_part_found,
            (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_a_record_worked_on_between_two_parts_stays,
                                  (void *)world_engines[0]),
        cmocka_unit_test_prestate(test_a_run_that_is_not_there, (void *)world_engines[0]),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
