/* URLs of databases, and the values servers write. */
#include "exchange_support.h"
#include "live/internal.h"

static live_url good(bench_room *room, const char *text)
{
    pb_error err;
    live_url url = {0};
    must(live_url_parse(text, room->arena, &url, &err), &err);
    return url;
}

static void refused(bench_room *room, const char *text, pb_status expected)
{
    pb_error err = {0};
    live_url url = {0};
    pb_status status = live_url_parse(text, room->arena, &url, &err);
    if (status != expected)
        fail_msg("%s: %s", text, pb_status_name(status));
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    pb_error_render(&err, &err.primary, NULL, &out);
    pb_error_render(&err, &err.detail, NULL, &out);
    pb_error_render(&err, &err.hint, NULL, &out);
    assert_true(pb_str_find(pb_buf_str(&out), PB_STR("geheim")) == SIZE_MAX);
    assert_non_null(err.hint.id);
}

/* shows: INT-5 */
static void test_parts(void **state)
{
    bench_room *room = *state;
    live_url url = good(room, "postgres://ada:p%40ss%2Fw@db.example.com:6543/"
                              "crm?sslmode=verify-full&sslrootcert=/etc/ca.pem");
    assert_true(url.postgres);
    assert_string_equal(url.user, "ada");
    assert_string_equal(url.password, "p@ss/w");
    assert_string_equal(url.host, "db.example.com");
    assert_string_equal(url.port, "6543");
    assert_string_equal(url.database, "crm");
    assert_string_equal(url.sslmode, "verify-full");
    assert_string_equal(url.sslrootcert, "/etc/ca.pem");
    assert_false(url.local);
    url = good(room, "mariadb://[::1]:3307/%D9%85%D8%B4");
    assert_false(url.postgres);
    assert_string_equal(url.host, "::1");
    assert_string_equal(url.database, "مش");
    assert_true(url.local);
    assert_null(url.user);
    url = good(room, "mysql:///suitecrm?socket=/run/mysqld/mysqld.sock");
    assert_string_equal(url.socket, "/run/mysqld/mysqld.sock");
    assert_true(url.local);
    url = good(room, "postgresql:///odoo");
    assert_string_equal(url.host, "localhost");
}

/* shows: SEC-4 */
static void test_other_machines_are_spoken_to_encrypted(void **state)
{
    bench_room *room = *state;
    assert_string_equal(good(room, "postgres://db.example.com/crm").sslmode, "require");
    assert_string_equal(good(room, "postgres://127.0.0.1/crm").sslmode, "prefer");
    assert_string_equal(good(room, "postgres://localhost/crm?sslmode=require").sslmode, "require");
    refused(room, "postgres://u:geheim@db.example.com/crm?sslmode=disable", PB_DENIED);
    refused(room, "mariadb://u:geheim@db.example.com/crm?sslmode=prefer", PB_DENIED);
    refused(room, "postgres://u:geheim@/crm?host=db.example.com&sslmode=allow", PB_DENIED);
    refused(room, "postgres://u:geheim@localhost/crm?sslmode=maybe", PB_USAGE);
}

/* shows: INT-5 */
static void test_mistakes(void **state)
{
    bench_room *room = *state;
    refused(room, "postgres://u:geheim@host", PB_USAGE);
    refused(room, "postgres://u:geheim@host/", PB_USAGE);
    refused(room, "postgres://u:geheim@host:port/db", PB_USAGE);
    refused(room, "postgres://u:geheim@host:99999/db", PB_USAGE);
    refused(room, "postgres://u:geheim@[::1/db", PB_USAGE);
    refused(room, "postgres://u:geheim@[::1]x/db", PB_USAGE);
    refused(room, "postgres://u:geheim@one,two/db", PB_USAGE);
    refused(room, "postgres://u:geheim%4@host/db", PB_USAGE);
    refused(room, "postgres://u:geheim%00@host/db", PB_USAGE);
    refused(room, "postgres://u:geheim@host/db?options=-c%20x", PB_USAGE);
    refused(room, "postgres://u:geheim@host/db?sslmode", PB_USAGE);
    assert_false(live_is_url("postgres.csv"));
    assert_false(live_is_url("sqlite://x"));
}

/* shows: SEC-4 */
static void test_no_password_is_shown(void **state)
{
    bench_room *room = *state;
    pb_arena *a = room->arena;
    assert_string_equal(live_shown("postgres://u:geheim@h:1/d?sslmode=require", a),
                        "postgres://u:***@h:1/d?sslmode=require");
    assert_string_equal(live_shown("mysql://u:ge/he?im@x@h/d", a), "mysql://u:***@h/d");
    assert_string_equal(live_shown("mariadb://u@h/d", a), "mariadb://u@h/d");
    assert_string_equal(live_shown("contacts.csv", a), "contacts.csv");
}

static void becomes(bench_room *room, live_kind kind, const char *raw, const char *expected)
{
    pb_str value = live_value(room->arena, kind, pb_str_c(raw));
    if (!pb_str_is(value, expected))
        fail_msg("%s becomes %.*s, not %s", raw, PB_STR_FMT(value), expected);
}

/* shows: INT-5 DQ-1 */
static void test_values(void **state)
{
    bench_room *room = *state;
    becomes(room, LIVE_INSTANT, "2024-01-02 03:04:05.5+00", "2024-01-02T03:04:05.500000Z");
    becomes(room, LIVE_INSTANT, "2024-01-02 03:04:05+03:30", "2024-01-01T23:34:05Z");
    becomes(room, LIVE_INSTANT, "2024-01-02 03:04:05", "2024-01-02T03:04:05Z");
    becomes(room, LIVE_INSTANT, "0000-00-00 00:00:00", "0000-00-00 00:00:00");
    becomes(room, LIVE_INSTANT, "infinity", "infinity");
    becomes(room, LIVE_FLOAT, "1e+21", "1000000000000000000000");
    becomes(room, LIVE_FLOAT, "2.5e-07", "0.00000025");
    becomes(room, LIVE_FLOAT, "0.1", "0.1");
    becomes(room, LIVE_FLOAT, "NaN", "NaN");
    becomes(room, LIVE_BOOLEAN, "t", "true");
    becomes(room, LIVE_BOOLEAN, "f", "false");
    becomes(room, LIVE_BITS, "\x01", "1");
    becomes(room, LIVE_BITS, "\x01\x02", "258");
    becomes(room, LIVE_JSON, "{\"en_US\": \"New\", \"fa_IR\": \"جدید\"}", "New");
    becomes(room, LIVE_JSON, "{\"fa_IR\": \"جدید\"}", "جدید");
    becomes(room, LIVE_JSON, "{\"a\": 1}", "{\"a\": 1}");
    becomes(room, LIVE_JSON, "{\"en_US\": \"unfinished", "{\"en_US\": \"unfinished");
    becomes(room, LIVE_TEXT, "{curly}", "{curly}");
    becomes(room, LIVE_ARRAY, "{a,\"b, c\",\"d\\\"e\",NULL}", "a; b, c; d\"e; NULL");
    becomes(room, LIVE_ARRAY, "{}", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_parts, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_other_machines_are_spoken_to_encrypted, room_make,
                                        room_end),
        cmocka_unit_test_setup_teardown(test_mistakes, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_no_password_is_shown, room_make, room_end),
        cmocka_unit_test_setup_teardown(test_values, room_make, room_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
