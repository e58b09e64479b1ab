/* Statements that take long are noted with their text, time and rows, on both engines; no value is
 * in what is noted, whoever's thread runs them. */
#include "db_support.h"

#include "db/share.h"
#include "sys/clock.h"

enum { SHORT_US = 20000, PATIENCE_US = 60000000 };

/* It counts so far, which takes so long, and gives three rows. */
#define COUNTING                                                                                   \
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < :last)"              \
    " SELECT x FROM c WHERE x > :last - 3 AND :secret <> 'Ida Berg' AND 4711 <> x"

static void count_to(db_session *session, int64_t last)
{
    db_stmt *stmt = NULL;
    bool row = true;
    assert_int_equal(db_prepare(session, COUNTING, &stmt, NULL), PB_OK);
    db_bind_named(stmt, "last", (pb_value){PB_INT, .as.i = last});
    db_bind_named(stmt, "secret", (pb_value){PB_TEXT, .as.s = PB_STR("Zyzzyva")});
    while (row)
        assert_int_equal(db_step(stmt, &row, NULL), PB_OK);
}

static const db_watched *noted(const db_watch *watch)
{
    for (size_t i = 0; i < watch->count; i++)
        if (strstr(watch->items[i].sql, "WITH RECURSIVE") != NULL)
            return &watch->items[i];
    return NULL;
}

/* As far as it takes on this machine to be noted. */
static int64_t long_enough(db_session *session, const db_watch *watch)
{
    int64_t last = 1000, until = sys_monotonic_us() + PATIENCE_US;
    while (noted(watch) == NULL || noted(watch)->us < SHORT_US) {
        assert_true(sys_monotonic_us() < until);
        count_to(session, last *= 4);
    }
    return last;
}

static void expect(const db_watch *watch, int64_t took_us)
{
    const db_watched *item = noted(watch);
    assert_non_null(item);
    assert_in_range(item->us, SHORT_US, took_us + SHORT_US);
    assert_true(item->rows >= 3 && item->rows % 3 == 0);
    assert_string_equal(item->sql,
                        "WITH RECURSIVE c(x) AS (SELECT ? UNION ALL SELECT x + ? FROM c WHERE x < "
                        ":last) SELECT x FROM c WHERE x > :last - ? AND :secret <> ? AND ? <> x");
}

static void query_body(room *r)
{
    db_watch watch = {.count = 0};
    const db_limits limits = {.watch = &watch};
    db_session *session = NULL;
    make(r);
    assert_ok(r, db_snapshot_open_within(r->workspace, &limits, &session, &r->err));
    int64_t began = sys_monotonic_us();
    long_enough(session, &watch);
    expect(&watch, sys_monotonic_us() - began);
    db_snapshot_close(session);
    db_watch_end(&watch);
    assert_int_equal(watch.count, 0);
}
/* shows: PER-1 SEC-1 */
ON_EVERY_ENGINE(a_slow_query_is_noted_without_values, query_body)

static pb_status work(db_session *session, void *context, pb_error *err)
{
    (void)err;
    long_enough(session, context);
    return PB_OK;
}

/* The thread that leads a batch runs the works of others: each is noted with who brought it. */
static void written_body(room *r)
{
    db_watch watch = {.count = 0};
    const db_limits limits = {.watch = &watch};
    make(r);
    int64_t began = sys_monotonic_us();
    assert_ok(r, db_write_within(r->workspace, &limits, work, &watch, &r->err));
    expect(&watch, sys_monotonic_us() - began);
    db_watch_end(&watch);
}
/* shows: PER-1 */
ON_EVERY_ENGINE(what_is_written_is_noted_with_its_own, written_body)

/* shows: PER-1 SEC-1 */
static void test_a_text_keeps_no_value(void **state)
{
    static const char *const cases[][2] = {
        {"SELECT a FROM t_contact WHERE a = 'O''Hara' AND b IN (1.5, 0x1f)",
         "SELECT a FROM t_contact WHERE a = ? AND b IN (?, ?)"},
        {"SELECT \"a b\", x1 -- of whom\n FROM t WHERE n=?1 LIMIT 50",
         "SELECT \"a b\", x1 FROM t WHERE n=?1 LIMIT ?"},
        {"SELECT 'never closed", "SELECT ?"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PB_AUTO_BUF out = PB_BUF_INIT(1 << 16);
        db_watch_text(pb_str_c(cases[i][0]), &out);
        assert_string_equal(pb_buf_cstr(&out), cases[i][1]);
    }
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16), out = PB_BUF_INIT(1 << 16);
    for (int i = 0; i < 2000; i++)
        pb_buf_addc(&sql, "column, ");
    db_watch_text(pb_buf_str(&sql), &out);
    assert_in_range(out.len, 4000, 4200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_query_is_noted_without_values),
        cmocka_unit_test(what_is_written_is_noted_with_its_own),
        cmocka_unit_test(test_a_text_keeps_no_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
