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
        cmocka_unit_test_prestate(test_a_run_that_is_not_there, (void *)world_engines[0]),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
