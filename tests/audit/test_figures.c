/* The figures of usage and of decay: counted by hand from a source small enough to count. */
#include "audit_support.h"

static const char areas[] = "areas: {usage: Usage}\n";

typedef struct figures_world {
    support *base;
    audit_catalogue *catalogue;
    support_world world;
    db_session *session;
    pb_arena *arena;
    audit_result result;
    char folder[64];
} figures_world;

typedef struct figures_file {
    const char *name, *text;
} figures_file;

static void run_files(figures_world *w, support *base, const figures_file *files, size_t count,
                      const char *day)
{
    char paths[4][120];
    const char *list[4];
    *w = (figures_world){.base = base, .world = {.base = base}};
    w->arena = pb_arena_new((size_t)1 << 30);
    model_source source = {PB_STR("t.yaml"), pb_str_c(areas)};
    SUPPORT_OK(audit_catalogue_load(base->schema, &source, 1, &w->catalogue, &base->err),
               &base->err);
    SUPPORT_OK(support_open(&w->world, &base->err), &base->err);
    (void)snprintf(w->folder, sizeof w->folder, "%.50s-csv", w->world.folder);
    mkdir(w->folder, 0700);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "%s/%s", w->folder, files[i].name);
        list[i] = paths[i];
        FILE *file = fopen(paths[i], "wb");
        assert_non_null(file);
        fputs(files[i].text, file);
        fclose(file);
    }
    SUPPORT_OK(support_import(&w->world, list, count, &base->err), &base->err);
    support_remove(w->folder);
    SUPPORT_OK(db_snapshot_open(w->world.workspace, &w->session, &base->err), &base->err);
    audit_options options = {0};
    assert_true(pb_date_parse(pb_str_c(day), &options.as_of_days));
    SUPPORT_OK(audit_run(w->session, base->schema, w->catalogue, &options, w->arena, &w->result,
                         &base->err),
               &base->err);
}

static void close_world(figures_world *w)
{
    support_unload(&w->world, w->session);
    audit_catalogue_free(w->catalogue);
    pb_arena_free(w->arena);
}

static const audit_usage *usage_of(const figures_world *w, const char *owner)
{
    for (size_t i = 0; i < w->result.usage_count; i++)
        if (pb_str_is(w->result.usage[i].owner, owner))
            return &w->result.usage[i];
    fail_msg("no usage of %s", owner);
    return NULL;
}

static uint64_t sum(const uint32_t *counts, size_t count)
{
    uint64_t all = 0;
    for (size_t i = 0; i < count; i++)
        all += counts[i];
    return all;
}

static const figures_file work[] = {
    {"activities.csv", "id,subject,kind,status,owner,started_on,created_on\n"
                       /* 2025-06-23 is a Monday */
                       "v1,a,Call,Done,Ann Lee,2025-06-23 09:00,2025-06-23 23:30\n"
                       "v2,a,Call,Done,Ann Lee,2025-06-23 10:00,2025-06-28 10:00\n"
                       "v3,a,E-mail,Done,Ann Lee,2025-06-24 09:00,2025-06-30 09:00\n"
                       "v4,a,Visit,Planned,Ann Lee,2025-07-24 09:00,2025-06-24 09:00\n"
                       "v5,a,Visit,Cancelled,Ann Lee,2025-06-24 09:00,2025-06-24 09:00\n"
                       "v6,a,Meeting,Done,Bo Chen,2024-01-10 09:00,2024-01-10 09:00\n"
                       "v7,a,Task,Done,,2025-06-27 09:00,2025-06-27 09:00\n"},
    {"opportunities.csv", "id,stage,amount,owner,opened_on,closed_on\n"
                          "o1,Won,100,Ann Lee,2025-05-01,2025-06-02\n"
                          "o2,Lost,50,Ann Lee,2025-05-01,2025-06-09\n"
                          "o3,Proposal,50,Ann Lee,2025-05-05,\n"},
    {"cases.csv", "id,subject,status,owner,opened_on,closed_on\n"
                  "s1,Broken,Closed,Bo Chen,2025-06-02,2025-06-03\n"
                  "s2,Broken,New,Bo Chen,2025-06-02,\n"},
};

/* shows: AUD-4 */
static void test_usage_by_person(void **state)
{
    figures_world w;
    run_files(&w, *state, work, 3, "2025-06-30");
    const audit_usage *ann = usage_of(&w, "Ann Lee");
    assert_int_equal(ann->records, 8);
    assert_int_equal(ann->activities, 5);
    assert_int_equal(ann->kinds[AUDIT_CALL], 2);
    assert_int_equal(ann->kinds[AUDIT_EMAIL], 1);
    assert_int_equal(ann->kinds[AUDIT_VISIT],
                     0); /* planned and cancelled ones did not take place */
    assert_int_equal(ann->won, 1);
    assert_int_equal(ann->lost, 1);
    assert_int_equal(ann->open, 1);
    assert_int_equal(sum(ann->weeks[AUDIT_FLOW_WON], AUDIT_WEEKS), 1);
    assert_int_equal(sum(ann->weeks[AUDIT_FLOW_LOST], AUDIT_WEEKS), 1);
    assert_int_equal(sum(ann->weeks[AUDIT_FLOW_ACTIVITIES], AUDIT_WEEKS), 3);
    assert_int_equal(sum(ann->days, AUDIT_DAYS), 6);
    assert_int_equal(ann->days_with_entries, 4); /* 1 and 5 May, 23 and 24 June */
    assert_int_equal(ann->entered, 5);
    assert_int_equal(ann->most_on_a_day, 2);
    assert_int_equal(ann->weekend, 1);
    assert_int_equal(ann->night, 1);
    assert_int_equal(ann->month_end, 1);
    const audit_usage *bo = usage_of(&w, "Bo Chen");
    assert_int_equal(bo->cases_closed, 1);
    assert_int_equal(bo->cases_open, 1);
    assert_int_equal(sum(bo->weeks[AUDIT_FLOW_ACTIVITIES], AUDIT_WEEKS), 0); /* before the series */
    assert_int_equal(w.result.usage_total.activities, 7);
    assert_int_equal(w.result.usage_total.kinds[AUDIT_TASK], 1);
    assert_false(w.result.usage_total.owner.ptr);
    close_world(&w);
}

/* shows: AUD-4 */
static void test_usage_by_week_and_source(void **state)
{
    figures_world w;
    int64_t monday;
    run_files(&w, *state, work, 3, "2025-06-30");
    assert_true(pb_date_parse(PB_STR("2025-06-30"), &monday));
    assert_int_equal(w.result.usage_first_week, monday - 7 * (AUDIT_WEEKS - 1));
    assert_int_equal(w.result.usage_first_day, monday - (AUDIT_DAYS - 1));
    /* the last week is that of the reference day, the one before holds all calls */
    assert_int_equal(w.result.kind_weeks[AUDIT_CALL][AUDIT_WEEKS - 2], 2);
    assert_int_equal(w.result.kind_weeks[AUDIT_CALL][AUDIT_WEEKS - 1], 0);
    assert_int_equal(w.result.usage_source_count, 1);
    const audit_usage_source *source = &w.result.usage_sources[0];
    assert_true(pb_str_ends(source->source, PB_STR("activities.csv")));
    assert_int_equal(source->activities, 5);
    assert_int_equal(source->kinds[AUDIT_CALL], 2);
    double days = (double)(source->last_day - source->first_day + 1) * 5 / 7;
    assert_true(source->per_day[AUDIT_CALL] * days > 1.99 &&
                source->per_day[AUDIT_CALL] * days < 2.01);
    close_world(&w);
}

static const audit_decay *decay_of(const figures_world *w, const char *entity, const char *field,
                                   const char *owner)
{
    for (size_t i = 0; i < w->result.decay_count; i++) {
        const audit_decay *decay = &w->result.decay[i];
        if (pb_str_is(decay->entity->name, entity) &&
            (field ? decay->field && pb_str_is(decay->field->name, field) : !decay->field) &&
            (owner ? pb_str_is(decay->owner, owner) : !decay->owner.ptr))
            return decay;
    }
    fail_msg("no decay of %s", entity);
    return NULL;
}

/* Contacts are to be looked over after 180 days, e-mail addresses after 365. */
static const figures_file ageing[] = {
    {"contacts.csv",
     "id,full_name,email,owner,created_on,modified_on\n"
     "c1,Li Wei,li@example.cn,Ann Lee,2025-06-01,2025-06-20\n"   /* new */
     "c2,Sara Karimi,,Ann Lee,2024-01-01,2025-06-10\n"           /* touched */
     "c3,Bo Chen,bo@example.org,Ann Lee,2024-01-01,2025-02-10\n" /* soon: 140 days */
     "c4,Cy Doe,cy@example.org,Bo Chen,2024-01-01,2024-01-01\n"  /* stale */
     "c5,Di Fox,di@example.org,Bo Chen,2024-01-01,2025-01-10\n"  /* soon: 171 days */
     "c6,Ed Gil,ed@example.org,,,\n"},                           /* not known */
};

/* shows: DQ-5 DQ-6 */
static void test_decay(void **state)
{
    figures_world w;
    run_files(&w, *state, ageing, 1, "2025-06-30");
    const audit_decay *all = decay_of(&w, "contact", NULL, NULL);
    assert_int_equal(all->limit_days, 180);
    assert_int_equal(all->records, 5);
    assert_int_equal(all->undated, 1);
    assert_int_equal(all->stale, 1);
    assert_int_equal(all->soon, 2);
    assert_int_equal(all->older, 4);
    assert_int_equal(all->touched, 1);
    /* a fifth is stale; of the two that will be, three quarters are not expected to be touched */
    assert_true(all->share_now > 0.199 && all->share_now < 0.201);
    assert_true(all->share_in_90_days > 0.499 && all->share_in_90_days < 0.501);
    assert_int_equal(sum(all->months, AUDIT_AGE_MONTHS), 5);
    assert_int_equal(all->months[0], 2);
    assert_int_equal(all->months[4], 1);
    assert_int_equal(all->median_age_days, 140);
    assert_int_equal(all->with_interval, 5);
    assert_int_equal(all->never_changed, 1);
    const audit_decay *email = decay_of(&w, "contact", "email", NULL);
    assert_int_equal(email->records, 4);
    assert_int_equal(email->stale, 1);
    assert_int_equal(decay_of(&w, "contact", NULL, "Bo Chen")->records, 2);
    assert_int_equal(decay_of(&w, "contact", NULL, "Ann Lee")->soon, 1);
    close_world(&w);
}

static const figures_file undated[] = {{"contacts.csv", "id,full_name\nc1,Li Wei\n"}};

/* shows: DQ-5 AUD-4 */
static void test_nothing_is_made_up(void **state)
{
    figures_world w;
    run_files(&w, *state, undated, 1, "2025-06-30");
    assert_int_equal(w.result.decay_count, 0);
    assert_int_equal(w.result.usage_count, 0);
    assert_false(w.result.usage_total.has_days);
    assert_int_equal(w.result.usage_source_count, 0);
    close_world(&w);
}

/* What is in several currencies is told in each, and never added up. */
/* shows: AUD-4 DQ-11 */
static void test_sums_by_currency(void **state)
{
    static const figures_file deals[] = {{"opportunities.csv", "id,stage,amount,owner\n"
                                                               "o1,Won,1000 EUR,Ann Lee\n"
                                                               "o2,Won,500 CNY,Ann Lee\n"
                                                               "o3,Won,70 EUR,Ann Lee\n"
                                                               "o4,Lost,30 USD,Bo Chen\n"}};
    static const figures_file one[] = {
        {"opportunities.csv", "id,stage,amount,owner\no1,Won,1000 EUR,Ann Lee\n"}};
    figures_world w;
    run_files(&w, *state, deals, 1, "2025-06-30");
    const audit_usage *ann = usage_of(&w, "Ann Lee");
    assert_null(ann->amount_currency.ptr);
    assert_int_equal(ann->won_sums.count, 3);
    assert_true(pb_str_is(ann->won_sums.currency[0], "EUR"));
    assert_int_equal(ann->won_sums.minor[0], 107000);
    assert_true(pb_str_is(ann->won_sums.currency[1], "CNY"));
    assert_int_equal(ann->won_sums.minor[1], 50000);
    assert_int_equal(ann->won_sums.minor[2], 0);
    close_world(&w);
    run_files(&w, *state, one, 1, "2025-06-30");
    assert_true(pb_str_is(usage_of(&w, "Ann Lee")->amount_currency, "EUR"));
    assert_int_equal(usage_of(&w, "Ann Lee")->won_sums.count, 0);
    assert_int_equal(usage_of(&w, "Ann Lee")->won_amount, 100000);
    close_world(&w);
}

static int start(void **state)
{
    *state = support_new();
    return 0;
}

static int end(void **state)
{
    support_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usage_by_person),
        cmocka_unit_test(test_usage_by_week_and_source),
        cmocka_unit_test(test_decay),
        cmocka_unit_test(test_nothing_is_made_up),
        cmocka_unit_test(test_sums_by_currency),
    };
    return cmocka_run_group_tests(tests, start, end);
}
