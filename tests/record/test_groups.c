/* Groups: counted and added up as a reading of all records says, on every engine; each group is the
 * list that its filter names; what is hidden is neither grouped by nor reckoned with. */
#include "world.h"

#include "base/time.h"
#include "record/groups.h"
#include "sys/clock.h"

enum { DEALS = 400, FIRMS = 6, TRIES = 160, TODAY = 20254 };

typedef struct random_state {
    uint64_t state;
} random_state;

static unsigned draw(random_state *r, unsigned below)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(r->state >> 33) % below;
}

#define PICK(list, r) list[draw(r, sizeof(list) / sizeof *(list))]

static pb_status fill(world *w, record_writer *writer, void *context, pb_error *err)
{
    static const char *const stages[] = {"open", "won", "lost", ""};
    static const char *const amounts[] = {"10.00 EUR", "-5.50 EUR", "1000000.01 USD", "",
                                          "7 JPY",     "0 EUR",     "3.333 KWD"};
    static const char *const clocks[] = {"00:00:00Z", "23:59:59.999999Z", "12:30:00Z"};
    static const char last_day[] = "9999-12-31", last_moment[] = "9999-12-31T23:59:59.999999Z";
    random_state r = {20260212};
    char firms[FIRMS][37];
    (void)context;
    for (size_t i = 0; i < FIRMS; i++) {
        char name[32];
        pb_uuid id;
        (void)snprintf(name, sizeof name, "Firm %zu", i);
        PB_TRY(world_create(writer, w->firm,
                            GIVEN({"name", name}, {"city", i % 2 ? "L'Aquila" : "Bonn"},
                                  {"staff_count", i == 0 ? "" : "-12"}),
                            name, &id, err));
        pb_uuid_text(id, firms[i]);
    }
    for (size_t i = 0; i < DEALS; i++) {
        char title[64], closed[40], happened[64];
        unsigned firm = draw(&r, FIRMS + 2);
        const char *stage = PICK(stages, &r);
        (void)snprintf(title, sizeof title, "Deal %u", draw(&r, 40));
        (void)snprintf(closed, sizeof closed, "%u-%02u-%02u", 1952 + draw(&r, 90), 1 + draw(&r, 12),
                       1 + draw(&r, 28));
        (void)snprintf(happened, sizeof happened, "%u-%02u-%02uT%s", 1967 + draw(&r, 6),
                       draw(&r, 2) ? 12u : 1u, draw(&r, 2) ? 31u : 1u, PICK(clocks, &r));
        PB_TRY(world_create(
            writer, w->deal,
            GIVEN({"title", title}, {"stage", stage}, {"firm", firm < FIRMS ? firms[firm] : ""},
                  {"amount", PICK(amounts, &r)}, {"closed_on", i % 50 == 7 ? last_day : closed},
                  {"happened", i % 50 == 9   ? last_moment
                               : draw(&r, 5) ? happened
                                             : ""}),
            NULL, NULL, err));
    }
    for (size_t i = 0; i < 60; i++) {
        static const char *const scores[] = {"1.5", "0.1", "-3.25", "", "0", "1e9"};
        char mail[64];
        (void)snprintf(mail, sizeof mail, "p%zu@example.org", i);
        PB_TRY(world_create(writer, w->person,
                            GIVEN({"full_name", i % 3 ? "Ada" : "李伟"}, {"email", mail},
                                  {"vip", i % 4 == 0 ? ""
                                          : i % 2    ? "yes"
                                                     : "no"},
                                  {"score", PICK(scores, &r)}),
                            NULL, NULL, err));
    }
    return PB_OK;
}

/* ---- by reading all records ---- */

static int64_t day_of(const model_field *field, pb_value value)
{
    return field->type == MODEL_INSTANT ? pb_instant_day(value.as.i) : value.as.i;
}

/* The first day of the period, found by going back day by day. */
static int64_t begin_of(record_period period, int64_t day)
{
    for (;; day--) {
        int year, month, of_month;
        pb_date_to_civil(day, &year, &month, &of_month);
        bool monday = ((day % 7) + 7) % 7 == 4; /* 1970-01-05 was one */
        if (period == RECORD_PERIOD_DAY || (period == RECORD_PERIOD_WEEK && monday) ||
            (period == RECORD_PERIOD_MONTH && of_month == 1) ||
            (period == RECORD_PERIOD_QUARTER && of_month == 1 && month % 3 == 1) ||
            (period == RECORD_PERIOD_YEAR && of_month == 1 && month == 1))
            return day;
    }
}

static bool is_in(const record_groups *groups, const record_group *group, const record_data *record)
{
    for (size_t i = 0; i < groups->by_count; i++) {
        const model_field *field = groups->by[i];
        pb_value value = record->values[field->index], key = group->keys[i].value;
        if (value.kind != PB_NULL && group->keys[i].dated)
            value = PB_VALUE_INT(begin_of(groups->period, day_of(field, value)));
        if (!pb_value_eq(value, key))
            return false;
    }
    return true;
}

static record_group_sum reckon(const world_all *all, const bool *chosen, pb_str currency,
                               const model_field *field)
{
    record_group_sum sum = {.currency = currency};
    for (size_t i = 0; i < all->count; i++) {
        pb_value value = all->items[i].values[field->index];
        bool counts = chosen[i] && value.kind != PB_NULL &&
                      (field->type != MODEL_MONEY ||
                       pb_str_eq(all->items[i].currencies[field->index], currency));
        if (!counts)
            continue;
        if (field->type == MODEL_DECIMAL) {
            sum.real_sum += value.as.r;
            sum.real_least =
                sum.count == 0 || value.as.r < sum.real_least ? value.as.r : sum.real_least;
            sum.real_most =
                sum.count == 0 || value.as.r > sum.real_most ? value.as.r : sum.real_most;
        } else {
            bool dated = field->type == MODEL_DATE || field->type == MODEL_INSTANT;
            sum.sum += dated ? 0 : value.as.i;
            sum.least = sum.count == 0 || value.as.i < sum.least ? value.as.i : sum.least;
            sum.most = sum.count == 0 || value.as.i > sum.most ? value.as.i : sum.most;
        }
        sum.count++;
    }
    return sum;
}

static void check_sums(const world_all *all, const bool *chosen, const model_field *field,
                       const record_group_sums *sums)
{
    uint64_t with_value = 0, told = 0;
    for (size_t i = 0; i < all->count; i++)
        with_value += chosen[i] && all->items[i].values[field->index].kind != PB_NULL;
    for (size_t i = 0; i < sums->count; i++) {
        const record_group_sum *one = &sums->items[i];
        const record_group_sum right = reckon(all, chosen, one->currency, field);
        assert_int_equal(one->count, right.count);
        assert_int_equal(one->sum, right.sum);
        assert_int_equal(one->least, right.least);
        assert_int_equal(one->most, right.most);
        double off = one->real_sum - right.real_sum;
        assert_true(off < 0.001 && off > -0.001);
        assert_true(one->real_least <= right.real_least && one->real_least >= right.real_least);
        assert_true(one->real_most <= right.real_most && one->real_most >= right.real_most);
        assert_true(i == 0 || pb_str_cmp(sums->items[i - 1].currency, one->currency) < 0);
        told += one->count;
    }
    assert_int_equal(told, with_value);
}

/* A list with the group's filter holds its records and no other. */
static void check_filter(db_session *session, const model_entity *entity, const record_group *group,
                         pb_arena *arena)
{
    pb_error err;
    record_list_page page;
    const record_list_asked asked = {
        .entity = entity, .filter = group->filter, .today_days = TODAY, .limit = 1, .total = true};
    assert_non_null(group->filter.ptr);
    world_must(record_list_read(session, &asked, arena, &page, &err), &err);
    if ((uint64_t)page.total != group->count)
        fail_msg("%.*s: a list of %lld, a group of %llu", PB_STR_FMT(group->filter),
                 (long long)page.total, (unsigned long long)group->count);
}

static void check_group(db_session *session, const record_groups_asked *asked,
                        const record_groups *groups, const world_all *all, const bool *wanted,
                        const record_group *group, pb_arena *arena)
{
    bool chosen[DEALS];
    uint64_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        chosen[i] = wanted[i] && is_in(groups, group, &all->items[i]);
        count += chosen[i];
    }
    assert_int_equal(group->count, count);
    assert_true(count > 0);
    for (size_t i = 0; i < groups->field_count; i++)
        check_sums(all, chosen, groups->fields[i], &group->sums[i]);
    check_filter(session, asked->entity, group, arena);
}

static void one_report(db_session *session, const record_groups_asked *asked, const world_all *all,
                       size_t *ret_groups)
{
    pb_error err = {0};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    record_groups groups;
    model_expr *expr = NULL;
    bool wanted[DEALS];
    uint64_t total = 0, told = 0;
    world_must(model_expr_parse(arena, asked->entity,
                                asked->filter.len > 0 ? asked->filter : PB_STR("1 = 1"),
                                (model_place){PB_STR("x"), 1, 1}, &expr, &err),
               &err);
    for (size_t i = 0; i < all->count; i++) {
        wanted[i] =
            model_expr_eval(expr, all->items[i].values, (model_days){.today = TODAY}) == MODEL_TRUE;
        total += wanted[i];
    }
    world_must(record_groups_read(session, asked, arena, &groups, &err), &err);
    assert_int_equal(groups.total, total);
    for (size_t i = 0; i < groups.count; i++) {
        check_group(session, asked, &groups, all, wanted, &groups.groups[i], arena);
        told += groups.groups[i].count;
    }
    assert_int_equal(told, total);
    assert_int_equal(groups.others.count, 0);
    *ret_groups += groups.count;
}

/* shows: INT-1 DQ-1 */
static void counted_and_added_up_as_reckoned_here(void **state)
{
    static const char *const bys[] = {"stage",          "firm",       "closed_on",
                                      "happened",       "stage,firm", "closed_on,stage",
                                      "stage,happened", "title",      "firm,happened,stage"};
    static const char *const measures[] = {"", "sum:amount", "avg:amount,max:closed_on",
                                           "count,min:happened,max:amount,min:amount"};
    static const char *const periods[] = {"day", "week", "month", "quarter", "year"};
    static const char *const filters[] = {"", "stage = 'won'", "amount > 0 or firm is null",
                                          "closed_on >= 1970-01-01", "title begins 'Deal 1'"};
    world w;
    pb_error err;
    random_state r = {99};
    size_t groups = 0;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_KEEP, fill, NULL, NULL, &err), &err);
    db_session *session = world_look(&w);
    const world_all deals = world_read_all(session, w.deal, arena);
    assert_int_equal(deals.count, DEALS);
    for (int i = 0; i < TRIES; i++) {
        const char *by = PICK(bys, &r);
        bool dated = strstr(by, "closed") != NULL || strstr(by, "happened") != NULL;
        const record_groups_asked asked = {.entity = w.deal,
                                           .by = pb_str_c(by),
                                           .measure = pb_str_c(PICK(measures, &r)),
                                           .period = pb_str_c(dated ? PICK(periods, &r) : ""),
                                           .filter = pb_str_c(PICK(filters, &r)),
                                           .today_days = TODAY};
        one_report(session, &asked, &deals, &groups);
    }
    assert_true(groups > (size_t)TRIES * 4);
    const world_all people = world_read_all(session, w.person, arena);
    const record_groups_asked by_name = {.entity = w.person,
                                         .by = PB_STR("full_name, vip"),
                                         .measure = PB_STR("sum:score,min:score"),
                                         .today_days = TODAY};
    one_report(session, &by_name, &people, &groups);
    const world_all firms = world_read_all(session, w.firm, arena);
    const record_groups_asked by_city = {.entity = w.firm,
                                         .by = PB_STR("city"),
                                         .measure = PB_STR("sum:staff_count"),
                                         .today_days = TODAY};
    one_report(session, &by_city, &firms, &groups);
    db_snapshot_close(session);
    world_close(&w);
}

/* ---- one thing at a time ---- */

static pb_status many_firms(world *w, record_writer *writer, void *context, pb_error *err)
{
    const int64_t *most = context;
    for (int64_t i = 0; i < *most; i++) {
        char name[32], twice = i < 3;
        (void)snprintf(name, sizeof name, "Firm %lld", (long long)i);
        for (int k = 0; k <= twice; k++)
            PB_TRY(world_create(writer, w->firm,
                                GIVEN({"name", name}, {"staff_count", "2"},
                                      {"opened", i % 2 ? "2024-12-30" : "2023-01-01"}),
                                NULL, NULL, err));
    }
    return PB_OK;
}

/* shows: INT-1 */
static void the_largest_are_told_and_the_rest_together(void **state)
{
    world w;
    pb_error err;
    int64_t most = RECORD_GROUPS_MOST + 7;
    record_groups groups;
    char week[2][16];
    PB_AUTO_ARENA arena = pb_arena_new(0);
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_KEEP, many_firms, &most, NULL, &err), &err);
    db_session *session = world_look(&w);
    record_groups_asked asked = {.entity = w.firm,
                                 .by = PB_STR("name"),
                                 .measure = PB_STR("sum:staff_count"),
                                 .today_days = TODAY};
    world_must(record_groups_read(session, &asked, arena, &groups, &err), &err);
    assert_int_equal(groups.count, RECORD_GROUPS_MOST);
    assert_int_equal(groups.groups[0].count, 2);
    assert_int_equal(groups.groups[2].sums[0].items[0].sum, 4);
    assert_int_equal(groups.groups[3].count, 1);
    assert_int_equal(groups.other_groups, 7);
    assert_int_equal(groups.others.count, 7);
    assert_int_equal(groups.others.sums[0].items[0].sum, 14);
    assert_int_equal(groups.total, most + 3);
    asked = (record_groups_asked){
        .entity = w.firm, .by = PB_STR("opened"), .period = PB_STR("week"), .today_days = TODAY};
    world_must(record_groups_read(session, &asked, arena, &groups, &err), &err);
    assert_int_equal(groups.count, 2);
    for (size_t i = 0; i < 2; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(100);
        record_period_write(groups.period, groups.groups[i].keys[0].from_days, &text);
        (void)snprintf(week[i], sizeof week[i], "%s", pb_buf_cstr(&text));
    }
    assert_string_equal(week[0], "2022-W52");
    assert_string_equal(week[1], "2025-W01");
    db_snapshot_close(session);
    world_close(&w);
}

static pb_status hide(void *context, const model_entity *entity, pb_arena *arena,
                      record_list_access *ret_access, pb_error *err)
{
    bool *hidden = pb_arena_array(arena, entity->field_count, sizeof *hidden);
    (void)err;
    assert_non_null(hidden);
    const model_field *field = model_field_find(entity, pb_str_c(context));
    assert_non_null(field);
    hidden[field->index] = true;
    *ret_access = (record_list_access){.hidden = hidden, .masked = hidden};
    return PB_OK;
}

/* shows: DQ-1 ACC-2 INT-1 */
static void what_cannot_be_grouped_is_said(void **state)
{
    static const struct {
        const char *by, *measure, *period, *filter;
        pb_status status;
        const char *says;
    } wrong[] = {
        {"", "", "", "", PB_INVALID, "“by” is needed"},
        {"naem", "", "", "", PB_INVALID, "“by” names “naem”"},
        {"stage,stage", "", "", "", PB_INVALID, "names “stage” twice"},
        {"amount", "", "", "", PB_INVALID, "cannot be grouped by “amount”"},
        {"title,stage,firm,closed_on", "", "", "", PB_LIMIT, "3 fields at most"},
        {"stage", "sum", "", "", PB_INVALID, "“sum” is no measure"},
        {"stage", "count:amount", "", "", PB_INVALID, "“count:amount” is no measure"},
        {"stage", "middle:amount", "", "", PB_INVALID, "“middle:amount” is no measure"},
        {"stage", "sum:title", "", "", PB_INVALID, "“title” is no number"},
        {"stage", "sum:closed_on", "", "", PB_INVALID, "“closed_on” is no number"},
        {"stage", "count,count", "", "", PB_INVALID, "names “count” twice"},
        {"stage", "", "month", "", PB_INVALID, "needs a field of dates"},
        {"closed_on", "", "decade", "", PB_INVALID, "“decade” is no period"},
        {"stage", "", "", "title = ", PB_INVALID, ""},
        {"person", "", "", "", PB_DENIED, "group records by “person”"},
        {"stage", "", "", "person is null", PB_DENIED, "“person”"},
    };
    world w;
    char hidden[] = "person";
    world_open(&w, *state);
    db_session *session = world_look(&w);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        pb_error err = {0};
        char text[2048];
        record_groups groups;
        PB_AUTO_ARENA arena = pb_arena_new(0);
        const record_groups_asked asked = {.entity = w.deal,
                                           .by = pb_str_c(wrong[i].by),
                                           .measure = pb_str_c(wrong[i].measure),
                                           .period = pb_str_c(wrong[i].period),
                                           .filter = pb_str_c(wrong[i].filter),
                                           .access = hide,
                                           .context = hidden};
        assert_int_equal(record_groups_read(session, &asked, arena, &groups, &err),
                         wrong[i].status);
        if (strstr(world_says(&err, text, sizeof text), wrong[i].says) == NULL)
            fail_msg("“%s” does not say “%s”", text, wrong[i].says);
    }
    db_snapshot_close(session);
    world_close(&w);
}

int main(void)
{
    setenv("TZ", "UTC", 1); /* days of zones: test_days.c */
    sys_time_zone_read(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(counted_and_added_up_as_reckoned_here, (void *)world_engines[0]),
        cmocka_unit_test_prestate(the_largest_are_told_and_the_rest_together,
                                  (void *)world_engines[0]),
        cmocka_unit_test_prestate(what_cannot_be_grouped_is_said, (void *)world_engines[0]),
    };
    return cmocka_run_group_tests_name("record/groups", tests, NULL, NULL);
}
