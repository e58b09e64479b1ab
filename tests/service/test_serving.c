/* A workspace served to many threads at once: every read is in the log before it is answered, reads
 * and writes share commits, a call has its time, and what is going on can be told. */
#include "service_support.h"

#include <pthread.h>
#include <stdatomic.h>

#include "service/health.h"
#include "service/jobs.h"
#include "service/people.h"
#include "service/reads.h"
#include "service/review.h"
#include "service/roles.h"
#include "service/serving.h"
#include "sys/clock.h"

enum { THREADS = 12, EACH = 20, PEOPLE = 40 };

typedef struct hall {
    office *o;
    db_workspace *workspace;
    const model_entity *contact;
    pb_uuid ids[PEOPLE];
    atomic_int next;
} hall;

static pb_status write_contact(const hall *h, int number, const db_limits *limits, pb_uuid *ret_id,
                               pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char name[40], email[40];
    service_call call = h->o->call;
    service_entered entered = {0};
    snprintf(name, sizeof name, "Person Number%d", number);
    snprintf(email, sizeof email, "person%d@example.com", number);
    const record_input inputs[] = {
        {model_field_find(h->contact, PB_STR("full_name")), pb_str_c(name), NULL},
        {model_field_find(h->contact, PB_STR("email")), pb_str_c(email), NULL}};
    const service_entry entry = {
        .entity = h->contact, .inputs = inputs, .count = sizeof inputs / sizeof *inputs};
    call.limits = limits;
    PB_TRY(service_enter(&call, h->workspace, &entry, arena, &entered, err));
    *ret_id = entered.id;
    return PB_OK;
}

static pb_status take_record(void *context, const record_data *record, pb_error *err)
{
    (void)err;
    *(int64_t *)context += record->version;
    return PB_OK;
}

static pb_status show(const hall *h, pb_uuid id, const db_limits *limits, int64_t *versions,
                      pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    service_call call = h->o->call;
    const service_view view = {.record = take_record, .context = versions};
    call.limits = limits;
    return service_show(&call, h->workspace, h->contact, id, &view, arena, err);
}

static void enter_hall(hall *h, office *o)
{
    pb_error err;
    *h = (hall){.o = o};
    h->contact = model_entity_find(service_schema(o->service), PB_STR("contact"));
    const service_serving serving = {.key = o->key, .readers = 3};
    must(service_serve(o->service, make_workspace(o), &serving, &h->workspace, &err), &err);
    for (int i = 0; i < PEOPLE; i++)
        must(write_contact(h, i, NULL, &h->ids[i], &err), &err);
    atomic_store(&h->next, PEOPLE);
}

static pb_status count_one(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    (void)err;
    *(uint64_t *)context += !erased && !pb_str_empty(event->payload);
    return PB_OK;
}

static uint64_t reads_in_log(const hall *h)
{
    pb_error err;
    uint64_t count = 0;
    db_session *session = NULL;
    must(db_snapshot_open(h->workspace, &session, &err), &err);
    must(ledger_each_of(session, "record.read", count_one, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

static void leave_hall(hall *h)
{
    pb_error err;
    ledger_report report;
    must(service_verify(h->o->service, &h->o->call, h->workspace, &report, &err), &err);
    h->workspace = db_workspace_close(h->workspace);
}

/* ---- many at once ---- */

typedef struct guest {
    hall *h;
    pthread_t thread;
    int number, surprises;
    uint64_t reads, found, written;
} guest;

static void *visit(void *context)
{
    guest *g = context;
    for (int i = 0; i < EACH; i++) {
        pb_error err;
        int64_t versions = 0;
        pb_uuid id = g->h->ids[(g->number * 7 + i) % PEOPLE];
        const audit_catalogue *catalogue = NULL;
        const service_view view = {.record = take_record, .context = &versions};
        if (i % 5 == 4) {
            int number = atomic_fetch_add(&g->h->next, 1);
            g->surprises += write_contact(g->h, number, NULL, &id, &err) != PB_OK;
            g->written++;
        }
        g->surprises += show(g->h, id, NULL, &versions, &err) != PB_OK || versions != 1;
        g->reads++;
        if (i % 10 == 9) {
            g->surprises += service_find(&g->h->o->call, g->h->workspace, g->h->contact,
                                         PB_STR("number1"), 5, &view, &err) != PB_OK;
            g->found++;
        }
        g->surprises +=
            service_controls(g->h->o->service, &catalogue, &err) != PB_OK || catalogue == NULL;
    }
    return NULL;
}

/* shows: PER-1 PER-2 ACC-4 */
static void test_many_read_and_write_at_once(void **state)
{
    static hall h;
    static guest guests[THREADS];
    uint64_t reads = 0, written = 0;
    enter_hall(&h, *state);
    uint64_t before = reads_in_log(&h);
    for (int i = 0; i < THREADS; i++) {
        guests[i] = (guest){.h = &h, .number = i};
        assert_int_equal(0, pthread_create(&guests[i].thread, NULL, visit, &guests[i]));
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(guests[i].thread, NULL);
        assert_int_equal(0, guests[i].surprises);
        reads += guests[i].reads + guests[i].found;
        written += guests[i].written;
    }
    assert_int_equal(THREADS * EACH / 5, written);
    assert_int_equal(before + reads, reads_in_log(&h));
    assert_int_equal(PEOPLE + written, count_records(h.o, h.workspace, "contact"));
    leave_hall(&h);
}

/* ---- a call's time ---- */

/* shows: PER-1 ACC-4 */
static void test_a_call_whose_time_is_over_shows_nothing(void **state)
{
    static hall h;
    pb_error err;
    pb_uuid id;
    int64_t versions = 0;
    _Atomic bool stop = true;
    const db_limits past = {.until_us = 1}, left = {.stop = &stop};
    enter_hall(&h, *state);
    uint64_t before = reads_in_log(&h);
    assert_int_equal(PB_BUSY, show(&h, h.ids[0], &past, &versions, &err));
    assert_int_equal(PB_CANCELLED, show(&h, h.ids[0], &left, &versions, &err));
    assert_int_equal(PB_BUSY, write_contact(&h, PEOPLE, &past, &id, &err));
    assert_int_equal(0, versions);
    assert_int_equal(before, reads_in_log(&h));
    assert_int_equal(PEOPLE, count_records(h.o, h.workspace, "contact"));
    atomic_store(&stop, false);
    must(show(&h, h.ids[0], &left, &versions, &err), &err);
    assert_int_equal(before + 1, reads_in_log(&h));
    leave_hall(&h);
}

/* Operations that are told of no limits are bounded by those of the thread.
 * shows: PER-1 */
static void test_every_operation_ends_with_the_time_of_who_asks(void **state)
{
    static hall h;
    pb_error err;
    enter_hall(&h, *state);
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const db_limits past = {.until_us = 1};
    const service_people_call people = {.call = &h.o->call};
    identity_policy *policy = NULL;
    service_person *persons;
    service_team *teams;
    job_item *jobs;
    service_health_state health;
    uint64_t counts[4];
    size_t count;
    bool shipped;
    assert_null(service_hold(&past));
    assert_int_equal(
        PB_BUSY, service_roles(h.o->service, h.workspace, IDENTITY_OPEN, &policy, &shipped, &err));
    assert_int_equal(PB_BUSY, service_people_list(&people, h.workspace, h.o->call.now_us, arena,
                                                  &persons, &count, &err));
    assert_int_equal(PB_BUSY, service_team_list(&people, h.workspace, h.o->call.now_us, arena,
                                                &teams, &count, &err));
    assert_int_equal(
        PB_BUSY, service_jobs(h.workspace, &(job_filter){.limit = 5}, arena, &jobs, &count, &err));
    assert_int_equal(PB_BUSY, service_review_count(h.workspace, h.contact, counts, &err));
    assert_int_equal(PB_BUSY, service_health(h.workspace, &health, &err));
    assert_int_equal(PB_BUSY, service_job_cancel(&h.o->call, h.workspace, 1, &err));
    assert_ptr_equal(&past, service_hold(NULL));
    must(service_review_count(h.workspace, h.contact, counts, &err), &err);
    leave_hall(&h);
}

/* ---- what is told ---- */

static uint64_t figure(const hall *h, const char *name)
{
    PB_AUTO_BUF text = PB_BUF_INIT(65536);
    char line[120];
    service_figures(h->workspace, &text);
    assert_false(text.failed);
    snprintf(line, sizeof line, "\nprobity_%s ", name);
    const char *at = strstr(pb_buf_cstr(&text), line);
    assert_non_null(at);
    return strtoull(at + strlen(line), NULL, 10);
}

/* shows: PER-1 PER-2 */
static void test_figures_say_what_was_done(void **state)
{
    static hall h;
    pb_error err;
    pb_uuid id;
    int64_t versions = 0;
    enter_hall(&h, *state);
    uint64_t works = figure(&h, "works_total"), written = figure(&h, "commit_works_sum");
    uint64_t commits = figure(&h, "commit_works_count"), taken = figure(&h, "snapshots_total");
    must(show(&h, h.ids[1], NULL, &versions, &err), &err);
    must(write_contact(&h, PEOPLE, NULL, &id, &err), &err);
    assert_int_equal(works + 2, figure(&h, "works_total"));
    assert_int_equal(written + 2, figure(&h, "commit_works_sum"));
    assert_int_equal(commits + 2, figure(&h, "commit_works_count"));
    assert_int_equal(commits + 2, figure(&h, "commit_works_bucket{le=\"+Inf\"}"));
    assert_int_equal(taken + 1, figure(&h, "snapshots_total"));
    assert_int_equal(0, figure(&h, "works_waiting"));
    assert_int_equal(1, figure(&h, "readers_idle"));
    service_serving_rest(h.workspace);
    assert_int_equal(0, figure(&h, "readers_open"));
    must(show(&h, h.ids[1], NULL, &versions, &err), &err);
    leave_hall(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_many_read_and_write_at_once, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_a_call_whose_time_is_over_shows_nothing, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_every_operation_ends_with_the_time_of_who_asks,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_figures_say_what_was_done, office_open, office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
