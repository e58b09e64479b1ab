/* Settings and outbox of mail, on both engines: the secret stays where it was given for, messages
 * are tried with growing waits and an end, and nobody is told the same twice. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "engine.h"
#include "mail/outbox.h"
#include "tiny_schema.h"

#include <unistd.h>

#define NOW INT64_C(1795408652000000)
#define MINUTE INT64_C(60000000)

typedef struct world {
    tiny_schema tiny;
    db_workspace *workspace;
    pb_arena *arena;
    mail_call call;
} world;

static void must(pb_status status, const pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    if (status == PB_OK)
        return;
    pb_error_render(err, &err->primary, NULL, &text);
    fail_msg("status %d: %s", status, pb_buf_cstr(&text));
}

static world *world_open(void)
{
    pb_error err = {0};
    world *w = calloc(1, sizeof *w);
    char key[] = "/tmp/probity-key-XXXXXX";
    db_options options = {.scratch = !on_postgres(), .key.key_file = key};
    assert_non_null(w);
    tiny_schema_make(&w->tiny);
    w->arena = pb_arena_new(0);
    w->call = (mail_call){.actor = {.name = PB_STR("ann"), .via = PB_STR("test")}, .now_us = NOW};
    if (on_postgres()) {
        int file = mkstemp(key);
        assert_true(file >= 0);
        close(file);
        unlink(key);
    }
    must(db_workspace_create(on_postgres() ? engine_address() : NULL, &w->tiny.schema, &options,
                             NULL, &w->workspace, &err),
         &err);
    unlink(key);
    return w;
}

static void world_close(world *w)
{
    db_workspace_close(w->workspace);
    pb_arena_free(w->arena);
    free(w);
}

/* ---- settings ---- */

typedef struct putting {
    world *w;
    const mail_settings *settings;
} putting;

static pb_status put(db_session *session, void *context, pb_error *err)
{
    const putting *p = context;
    return mail_settings_put(session, &p->w->call, p->settings, err);
}

static pb_status put_settings(world *w, const mail_settings *settings, pb_error *err)
{
    putting p = {w, settings};
    return db_write(w->workspace, put, &p, err);
}

static mail_settings get_settings(world *w, bool with_secret)
{
    mail_settings found;
    db_session *session;
    pb_error err = {0};
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(mail_settings_read(session, with_secret, w->arena, &found, &err), &err);
    db_snapshot_close(session);
    return found;
}

static mail_settings usual(void)
{
    return (mail_settings){.host = PB_STR("mail.example.org"),
                           .port = 587,
                           .tls = MAIL_STARTTLS,
                           .sender = PB_STR("crm@example.org"),
                           .login = PB_STR("crm"),
                           .secret = PB_STR("open sesame"),
                           .site = PB_STR("https://crm.example.org")};
}

/* shows: SEC-1 */
static void the_secret_goes_nowhere_else(void **state)
{
    (void)state;
    world *w = world_open();
    pb_error err = {0};
    mail_settings s = usual();
    assert_null(get_settings(w, true).host.ptr);
    must(put_settings(w, &s, &err), &err);
    mail_settings found = get_settings(w, false);
    assert_true(found.has_secret);
    assert_null(found.secret.ptr);
    assert_true(pb_str_is(get_settings(w, true).secret, "open sesame"));

    s.secret = PB_STR_NONE; /* it stays, whatever else is changed */
    s.sender = PB_STR("sales@example.org");
    must(put_settings(w, &s, &err), &err);
    assert_true(pb_str_is(get_settings(w, true).secret, "open sesame"));
    s.host = PB_STR("evil.example.net");
    assert_int_equal(put_settings(w, &s, &err), PB_INVALID);
    s = usual();
    s.secret = PB_STR_NONE;
    s.port = 25;
    assert_int_equal(put_settings(w, &s, &err), PB_INVALID);
    assert_true(pb_str_is(get_settings(w, true).host, "mail.example.org"));

    s = (mail_settings){.host = PB_STR_NONE};
    must(put_settings(w, &s, &err), &err);
    found = get_settings(w, true);
    assert_null(found.host.ptr);
    assert_false(found.has_secret);
    world_close(w);
}

/* shows: SEC-1 */
static void wrong_settings_are_refused(void **state)
{
    (void)state;
    world *w = world_open();
    mail_settings wrong[9];
    for (size_t i = 0; i < 9; i++)
        wrong[i] = usual();
    wrong[0].host = PB_STR("https://mail.example.org/");
    wrong[1].host = PB_STR("mail.example.org\r\nQUIT");
    wrong[2].port = 0;
    wrong[3].port = 65536;
    wrong[4].tls = MAIL_PLAIN;
    wrong[5].sender = PB_STR("crm@example.org\r\nBcc: all@example.org");
    wrong[6].site = PB_STR("javascript:alert(1)");
    wrong[7].secret = PB_STR("two\r\nlines");
    wrong[8].login = PB_STR("");
    for (size_t i = 0; i < 9; i++) {
        pb_error err = {0};
        assert_int_equal(put_settings(w, &wrong[i], &err), PB_INVALID);
    }
    assert_null(get_settings(w, false).host.ptr);
    world_close(w);
}

/* ---- outbox ---- */

typedef struct working {
    world *w;
    mail_message message;
    bool found, tell;
    mail_outcome outcome;
    int64_t n, day;
    pb_str text;
} working;

static pb_status add(db_session *session, void *context, pb_error *err)
{
    working *k = context;
    return mail_add(session, &k->w->call, &k->message, &k->n, err);
}

static pb_status take(db_session *session, void *context, pb_error *err)
{
    working *k = context;
    return mail_take(session, k->w->call.now_us, k->w->arena, &k->message, &k->found, err);
}

static pb_status end(db_session *session, void *context, pb_error *err)
{
    working *k = context;
    return mail_end(session, &k->w->call, &k->message, k->outcome, k->text, err);
}

static pb_status clear(db_session *session, void *context, pb_error *err)
{
    const working *k = context;
    return mail_clear(session, k->w->call.now_us, err);
}

static pb_status tell(db_session *session, void *context, pb_error *err)
{
    working *k = context;
    return mail_tell_once(session, (pb_uuid){{7}}, MAIL_REMINDER, k->text, k->day, &k->tell, err);
}

static void do_it(working *k, db_work what)
{
    pb_error err = {0};
    must(db_write(k->w->workspace, what, k, &err), &err);
}

static mail_counts counts_of(world *w)
{
    mail_counts counts;
    db_session *session;
    pb_error err = {0};
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(mail_count(session, &counts, &err), &err);
    db_snapshot_close(session);
    return counts;
}

static void put_one(working *k)
{
    k->message = (mail_message){.kind = MAIL_ENROLMENT,
                                .owner = {{3}},
                                .address = PB_STR("ann@example.org"),
                                .subject = PB_STR("Welcome"),
                                .body = PB_STR("https://crm.example.org/#/enrol?code=SECRET")};
    do_it(k, add);
}

/* shows: INT-1 */
static void a_message_is_tried_with_growing_waits_and_an_end(void **state)
{
    (void)state;
    static const int64_t waits[] = {1, 4, 16, 64, 256, 360, 360, 360};
    world *w = world_open();
    working k = {.w = w, .outcome = MAIL_LATER, .text = PB_STR("451 come again")};
    put_one(&k);
    for (int i = 0; i < MAIL_TRIES; i++) {
        do_it(&k, take);
        assert_true(k.found);
        assert_int_equal(k.message.tries, i + 1);
        assert_true(pb_str_ends(k.message.body, PB_STR("SECRET")));
        working other = {.w = w};
        do_it(&other, take); /* held: nobody else has it */
        assert_false(other.found);
        do_it(&k, end);
        if (i + 1 == MAIL_TRIES)
            break;
        assert_int_equal(counts_of(w).tried, 1);
        w->call.now_us += waits[i] * MINUTE - 1;
        do_it(&other, take);
        assert_false(other.found);
        w->call.now_us += 1;
    }
    mail_counts counts = counts_of(w);
    assert_int_equal(counts.number[MAIL_FAILED], 1);
    assert_int_equal(counts.number[MAIL_WAITING], 0);
    pb_error err = {0};
    assert_int_equal(db_write(w->workspace, end, &k, &err), PB_CONFLICT);
    world_close(w);
}

/* shows: INT-1 SEC-1 */
static void what_is_over_keeps_no_contents(void **state)
{
    (void)state;
    world *w = world_open();
    working k = {.w = w, .outcome = MAIL_GONE};
    mail_message *list;
    size_t count;
    db_session *session;
    pb_error err = {0};
    put_one(&k);
    do_it(&k, take);
    do_it(&k, end);
    put_one(&k);
    do_it(&k, take);
    w->call.now_us += MAIL_HELD_US; /* its sender died: another takes it */
    working other = {.w = w, .outcome = MAIL_NEVER, .text = PB_STR("550 no")};
    do_it(&other, take);
    assert_true(other.found);
    assert_int_equal(db_write(w->workspace, end, &k, &err), PB_CONFLICT);
    do_it(&other, end);
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    db_stmt *stmt;
    bool row;
    must(db_prepare(session, "SELECT COUNT(*) FROM t_mail_message WHERE body <> ''", &stmt, &err),
         &err);
    must(db_step(stmt, &row, &err), &err);
    assert_int_equal(db_column_i64(stmt, 0), 0);
    db_reset(stmt);
    must(mail_list(session, 10, w->arena, &list, &count, &err), &err);
    db_snapshot_close(session);
    assert_int_equal(count, 2);
    assert_int_equal(list[0].state, MAIL_FAILED);
    assert_true(pb_str_is(list[0].said, "550 no"));
    assert_int_equal(list[1].state, MAIL_SENT);
    assert_null(list[1].said.ptr);
    w->call.now_us += MAIL_KEPT_US + MINUTE;
    do_it(&k, clear);
    mail_counts counts = counts_of(w);
    assert_int_equal(counts.number[MAIL_SENT], 0);
    assert_int_equal(counts.number[MAIL_FAILED], 1); /* the newest keeps its number */
    world_close(w);
}

/* shows: SEC-1 */
static void no_message_is_kept_that_could_not_be_written_down(void **state)
{
    (void)state;
    world *w = world_open();
    working k = {.w = w,
                 .message = {.address = PB_STR("ann@example.org\r\nRCPT TO:<b@example.org>"),
                             .subject = PB_STR("Hello"),
                             .body = PB_STR("")}};
    pb_error err = {0};
    assert_int_equal(db_write(w->workspace, add, &k, &err), PB_INVALID);
    k.message.address = PB_STR("ann@example.org");
    k.message.subject = PB_STR("Hello\nBcc: b@example.org");
    assert_int_equal(db_write(w->workspace, add, &k, &err), PB_INVALID);
    assert_int_equal(counts_of(w).number[MAIL_WAITING], 0);
    world_close(w);
}

/* shows: DQ-6 */
static void nobody_is_told_the_same_twice_nor_twice_a_day(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int64_t day;
        bool told;
    } steps[] = {{"a", 1, true},  {"a", 2, false}, {"b", 1, false}, {"b", 2, true},
                 {"c", 2, false}, {"c", 3, true},  {"c", 9, false}};
    world *w = world_open();
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        working k = {.w = w, .text = pb_str_c(steps[i].what), .day = steps[i].day};
        do_it(&k, tell);
        assert_int_equal(k.tell, steps[i].told);
    }
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_secret_goes_nowhere_else),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(a_message_is_tried_with_growing_waits_and_an_end),
        cmocka_unit_test(what_is_over_keeps_no_contents),
        cmocka_unit_test(no_message_is_kept_that_could_not_be_written_down),
        cmocka_unit_test(nobody_is_told_the_same_twice_nor_twice_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
