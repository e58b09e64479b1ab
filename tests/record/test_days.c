/* Days of moments are those of the server's time zone: in filters, in groups, and where a limit is
 * a day; also where the clock is changed and a day has 23 or 25 hours. What a day is here is asked
 * of the C library, moment by moment. */
#define WORLD_MORE                                                                                 \
    "---\n"                                                                                        \
    "entity: visit\n"                                                                              \
    "title: [subject]\n"                                                                           \
    "search: [subject, began]\n"                                                                   \
    "lists: [began]\n"                                                                             \
    "fields:\n"                                                                                    \
    "  subject: {type: text, required: true}\n"                                                    \
    "  began: instant\n"                                                                           \
    "  booked: {type: instant, between: [2020-01-01, today]}\n"                                    \
    "  planned: date\n"
#include "world.h"

#include "base/time.h"
#include "record/groups.h"
#include "record/list.h"
#include "sys/clock.h"

#include <time.h>

enum { ROUND = 6, EACH = 48 * 4 + 4, VISITS = ROUND * EACH };

static const char *const zones[] = {"UTC", "Asia/Shanghai", "Europe/Berlin", "Asia/Tehran",
                                    "America/Los_Angeles"};
/* Days around which clocks are changed somewhere, and one on which none is. */
static const char *const around[ROUND] = {"2026-03-28", "2026-10-24", "2021-03-21",
                                          "2021-09-21", "2026-11-01", "2026-11-23"};

static void in_zone(const char *zone)
{
    pb_error err;
    assert_int_equal(setenv("TZ", zone, 1), 0);
    world_must(sys_time_zone_read(&err), &err);
}

static int64_t local_day(int64_t us)
{
    time_t second = (time_t)(us / PB_US_PER_SECOND);
    struct tm local;
    int64_t day = 0;
    assert_non_null(localtime_r(&second, &local));
    assert_true(pb_date_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, &day));
    return day;
}

static int64_t day_called(const char *text)
{
    int64_t day = 0;
    assert_true(pb_date_parse(pb_str_c(text), &day));
    return day;
}

static const model_entity *visit_of(const world *w)
{
    return model_entity_find(w->schema, PB_STR("visit"));
}

/* Every half hour of four days, and the moments before the full hours that days begin at. */
static pb_status fill(world *w, record_writer *writer, void *context, pb_error *err)
{
    const int64_t half = 1800 * PB_US_PER_SECOND;
    (void)context;
    for (size_t i = 0; i < VISITS; i++) {
        int64_t from = (day_called(around[i / EACH]) - 1) * PB_US_PER_DAY;
        int64_t us = from + (int64_t)(i % EACH) * half - (i % 3 == 0);
        char subject[32], began[64], planned[32];
        PB_AUTO_BUF text = PB_BUF_INIT(64), day = PB_BUF_INIT(64);
        pb_instant_format(&text, us);
        pb_date_format(&day, us / PB_US_PER_DAY + (int64_t)(i % 5) - 2);
        (void)snprintf(subject, sizeof subject, "Visit %zu", i);
        (void)snprintf(began, sizeof began, "%s", i % 97 == 0 ? "" : pb_buf_cstr(&text));
        (void)snprintf(planned, sizeof planned, "%s", pb_buf_cstr(&day));
        PB_TRY(world_create(writer, visit_of(w),
                            GIVEN({"subject", subject}, {"began", began}, {"planned", planned}),
                            NULL, NULL, err));
    }
    return PB_OK;
}

/* ---- filters ---- */

typedef struct asking {
    int64_t day;            /* `D` in the filters, and today */
    int64_t began, planned; /* of the record, as days */
} asking;

static bool is_day(const asking *a)
{
    return a->began == a->day;
}
static bool is_other(const asking *a)
{
    return a->began != a->day;
}
static bool is_until(const asking *a)
{
    return a->began <= a->day;
}
static bool is_behind(const asking *a)
{
    return a->began > a->day;
}
static bool is_either(const asking *a)
{
    return a->began == a->day || a->began == a->day + 1;
}
static bool is_neither(const asking *a)
{
    return !is_either(a);
}
static bool is_recent(const asking *a)
{
    return a->began >= a->day - 1 && a->began < a->day;
}
static bool is_as_planned(const asking *a)
{
    return a->began == a->planned;
}
static bool is_late(const asking *a)
{
    return a->began - a->planned >= 1;
}

static const struct {
    const char *filter; /* D: the day, E: the next one */
    bool (*holds)(const asking *a);
} filters[] = {
    {"began = D", is_day},
    {"D = began", is_day},
    {"began <> D", is_other},
    {"not began = D", is_other},
    {"began <= D", is_until},
    {"began < E", is_until},
    {"began > D", is_behind},
    {"began >= E", is_behind},
    {"began = today", is_day},
    {"began <= today", is_until},
    {"began >= today - 1 and began < today", is_recent},
    {"began between D and E", is_either},
    {"began in (D, E)", is_either},
    {"began not in (D, E)", is_neither},
    {"began = planned", is_as_planned},
    {"began - planned >= 1", is_late},
    {"planned < began", is_late},
};

static void write_filter(const char *form, int64_t day, pb_buf *out)
{
    for (; *form != '\0'; form++)
        if (*form == 'D' || *form == 'E')
            pb_date_format(out, day + (*form == 'E'));
        else
            pb_buf_byte(out, *form);
}

static void one_filter(db_session *session, const world *w, const world_all *all, size_t which,
                       int64_t day)
{
    const model_entity *visit = visit_of(w);
    size_t began = model_field_find(visit, PB_STR("began"))->index;
    size_t planned = model_field_find(visit, PB_STR("planned"))->index;
    int64_t count = 0;
    pb_error err;
    record_list_page page;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF filter = PB_BUF_INIT(400);
    write_filter(filters[which].filter, day, &filter);
    for (size_t i = 0; i < all->count; i++) {
        const pb_value *values = all->items[i].values;
        if (values[began].kind == PB_NULL)
            continue;
        const asking a = {day, local_day(values[began].as.i), values[planned].as.i};
        count += filters[which].holds(&a);
    }
    const record_list_asked asked = {.entity = visit,
                                     .filter = pb_buf_str(&filter),
                                     .sort = PB_STR("began"),
                                     .today_days = day,
                                     .limit = 1,
                                     .total_most = VISITS + 1,
                                     .total = true};
    world_must(record_list_read(session, &asked, arena, &page, &err), &err);
    if (page.total != count)
        fail_msg("TZ=%s: %s (today %lld): %lld, and not %lld", getenv("TZ"), pb_buf_cstr(&filter),
                 (long long)day, (long long)page.total, (long long)count);
}

/* ---- groups ---- */

static int64_t begin_of(const char *period, int64_t day)
{
    for (;; day--) {
        int year, month, of_month;
        pb_date_to_civil(day, &year, &month, &of_month);
        if (strcmp(period, "day") == 0 ||
            (strcmp(period, "week") == 0 && ((day % 7) + 7) % 7 == 4) ||
            (strcmp(period, "month") == 0 && of_month == 1))
            return day;
    }
}

static void one_report(db_session *session, const world *w, const world_all *all,
                       const char *period)
{
    const model_entity *visit = visit_of(w);
    size_t began = model_field_find(visit, PB_STR("began"))->index;
    pb_error err;
    record_groups groups;
    record_list_page page;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const record_groups_asked asked = {.entity = visit,
                                       .by = PB_STR("began"),
                                       .period = pb_str_c(period),
                                       .filter = PB_STR("began is not null"),
                                       .today_days = 20000};
    world_must(record_groups_read(session, &asked, arena, &groups, &err), &err);
    for (size_t g = 0; g < groups.count; g++) {
        const record_group *group = &groups.groups[g];
        uint64_t count = 0;
        for (size_t i = 0; i < all->count; i++) {
            pb_value value = all->items[i].values[began];
            count += value.kind == PB_INT &&
                     begin_of(period, local_day(value.as.i)) == group->keys[0].from_days;
        }
        const record_list_asked same = {.entity = visit,
                                        .filter = group->filter,
                                        .today_days = 20000,
                                        .limit = 1,
                                        .total_most = VISITS + 1,
                                        .total = true};
        world_must(record_list_read(session, &same, arena, &page, &err), &err);
        if (group->count != count || (uint64_t)page.total != count || count == 0)
            fail_msg("TZ=%s: %.*s: a group of %llu, a list of %lld, and not %llu", getenv("TZ"),
                     PB_STR_FMT(group->filter), (unsigned long long)group->count,
                     (long long)page.total, (unsigned long long)count);
    }
    assert_true(groups.count >= 4);
}

/* shows: REC-1 INT-1 */
static void days_of_moments_are_those_of_the_zone(void **state)
{
    static const char *const periods[] = {"day", "week", "month"};
    world w;
    pb_error err;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    world_open(&w, *state);
    world_must(world_write(&w, RECORD_KEEP, fill, NULL, NULL, &err), &err);
    db_session *session = world_look(&w);
    const world_all all = world_read_all(session, visit_of(&w), arena);
    assert_int_equal(all.count, VISITS);
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        in_zone(zones[z]);
        for (size_t i = 0; i < ROUND; i++)
            for (int64_t day = day_called(around[i]) - 1; day < day_called(around[i]) + 3; day++)
                for (size_t f = 0; f < sizeof filters / sizeof *filters; f++)
                    one_filter(session, &w, &all, f, day);
        for (size_t p = 0; p < sizeof periods / sizeof *periods; p++)
            one_report(session, &w, &all, periods[p]);
    }
    in_zone("UTC");
    db_snapshot_close(session);
    world_close(&w);
}

/* ---- writing ---- */

typedef struct wish {
    const char *field, *value;
} wish;

static pb_status write_one(world *w, record_writer *writer, void *context, pb_error *err)
{
    const wish *wished = context;
    bool firm = strcmp(wished->field, "opened") == 0;
    return world_create(writer, firm ? w->firm : visit_of(w),
                        GIVEN({firm ? "name" : "subject", "One"}, {wished->field, wished->value}),
                        NULL, NULL, err);
}

static pb_status hit(void *context, const record_data *record, pb_error *err)
{
    (void)record;
    (void)err;
    ++*(size_t *)context;
    return PB_OK;
}

static size_t found(world *w, const char *query)
{
    pb_error err;
    size_t hits = 0;
    db_session *session = world_look(w);
    world_must(record_find(session, visit_of(w), pb_str_c(query), 10, hit, &hits, &err), &err);
    db_snapshot_close(session);
    return hits;
}

/* It is 15:06 UTC on the 15th of June 2025, and 3:06 of the next day in Auckland. */
/* shows: DQ-1 REC-1 */
static void limits_that_are_days_end_with_the_day_of_the_zone(void **state)
{
    static const struct {
        const char *zone;
        wish wish;
        pb_status status;
    } cases[] = {
        {"UTC", {"opened", "2025-06-15"}, PB_OK},
        {"UTC", {"opened", "2025-06-16"}, PB_INVALID},
        {"Pacific/Auckland", {"opened", "2025-06-16"}, PB_OK},
        {"Pacific/Auckland", {"opened", "2025-06-17"}, PB_INVALID},
        {"UTC", {"booked", "2025-06-15T23:59:59Z"}, PB_OK},
        {"UTC", {"booked", "2025-06-16T00:00:00Z"}, PB_INVALID},
        {"Pacific/Auckland", {"booked", "2025-06-16T11:59:59Z"}, PB_OK},
        {"Pacific/Auckland", {"booked", "2025-06-16T12:00:00Z"}, PB_INVALID},
        {"Pacific/Auckland", {"booked", "2019-12-31T11:00:00Z"}, PB_OK},
        {"Pacific/Auckland", {"booked", "2019-12-31T10:59:59Z"}, PB_INVALID},
        {"America/Los_Angeles", {"booked", "2025-06-16T06:59:59Z"}, PB_OK},
        {"America/Los_Angeles", {"booked", "2025-06-16T07:00:00Z"}, PB_INVALID},
    };
    world w;
    world_open(&w, *state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pb_error err;
        wish one = cases[i].wish;
        in_zone(cases[i].zone);
        if (world_write(&w, RECORD_STRICT, write_one, &one, NULL, &err) != cases[i].status)
            fail_msg("TZ=%s: %s", cases[i].zone, one.value);
    }
    in_zone("Asia/Shanghai");
    wish late = {"began", "2026-11-22T16:00:00Z"};
    pb_error err;
    world_must(world_write(&w, RECORD_STRICT, write_one, &late, NULL, &err), &err);
    assert_int_equal(found(&w, "20261123"), 1);
    assert_int_equal(found(&w, "20261122"), 0);
    in_zone("UTC");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(days_of_moments_are_those_of_the_zone, (void *)world_engines[0]),
        cmocka_unit_test_prestate(limits_that_are_days_end_with_the_day_of_the_zone,
                                  (void *)world_engines[0]),
    };
    return cmocka_run_group_tests_name("record/days", tests, NULL, NULL);
}
