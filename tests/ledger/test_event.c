/* The bytes of an event: one form only, read back whole; the table of kinds follows its
 * declaration. */
#include "ledger_support.h"

#include <sys/wait.h>
#include <unistd.h>

#include "event.h"
#include "kinds.h"

static ledger_event full_event(void)
{
    ledger_event event = contact_event("record.changed", 7, 3, 12, PB_STR("payload"));
    event.about = 5;
    return event;
}

static void same_event(const event_body *body, const ledger_event *event)
{
    assert_true(pb_str_is(body->kind, event->kind));
    assert_true(body->event.at_us == event->at_us);
    assert_true(pb_str_eq(body->event.actor.name, event->actor.name));
    assert_true(pb_str_eq(body->event.actor.purpose, event->actor.purpose));
    assert_true(pb_str_eq(body->event.actor.via, event->actor.via));
    assert_true(pb_str_eq(body->event.entity, event->entity));
    assert_int_equal(body->event.version, event->version);
    assert_int_equal(body->event.previous, event->previous);
    assert_int_equal(body->event.about, event->about);
}

/* shows: ACC-4 */
static void test_events_round_trip(void **state)
{
    (void)state;
    PB_AUTO_BUF out = PB_BUF_INIT(LEDGER_BODY_MAX);
    merkle_hash commitment = merkle_sha256(PB_STR("x"));
    static const int64_t moments[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(1700000000000000)};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        for (int parts = 0; parts < 64; parts++) {
            ledger_event event = full_event();
            event_body body;
            event.at_us = moments[i];
            if (parts & 1)
                event.actor = (ledger_actor){PB_STR_NONE, PB_STR_NONE, PB_STR_NONE};
            if (parts & 2)
                event.entity = PB_STR_NONE;
            event.version = parts & 4 ? 0 : INT64_MAX;
            event.previous = parts & 8 ? 0 : UINT64_MAX;
            event.about = parts & 16 ? 0 : 300;
            pb_buf_clear(&out);
            assert_true(event_write(&event, parts & 32 ? NULL : &commitment, &out));
            assert_true(event_read(pb_buf_str(&out), &body));
            same_event(&body, &event);
            assert_int_equal(body.has_commitment, !(parts & 32));
            if (body.has_commitment)
                assert_true(merkle_hash_eq(&body.commitment, &commitment));
            if (body.has_record)
                assert_memory_equal(body.event.record.b, event.record.b, 16);
        }
    }
}

/* A reader that took another form of the same event would let two hashes stand for one. */
/* shows: ACC-5 */
static void test_bytes_read_are_the_bytes_written(void **state)
{
    (void)state;
    PB_AUTO_BUF out = PB_BUF_INIT(LEDGER_BODY_MAX);
    PB_AUTO_BUF again = PB_BUF_INIT(LEDGER_BODY_MAX);
    PB_AUTO_ARENA arena = pb_arena_new(0);
    merkle_hash commitment = merkle_sha256(PB_STR("x"));
    ledger_event event = full_event();
    assert_true(event_write(&event, &commitment, &out));
    size_t taken = 0;
    for (size_t i = 0; i < out.len; i++) {
        for (unsigned change = 1; change < 256; change++) {
            event_body body;
            out.ptr[i] = (char)((unsigned char)out.ptr[i] ^ change);
            if (event_read(pb_buf_str(&out), &body)) {
                body.event.kind = pb_arena_cstr(arena, body.kind);
                pb_buf_clear(&again);
                assert_true(event_write(&body.event, body.has_commitment ? &body.commitment : NULL,
                                        &again));
                assert_true(pb_str_eq(pb_buf_str(&again), pb_buf_str(&out)));
                taken++;
            }
            out.ptr[i] = (char)((unsigned char)out.ptr[i] ^ change);
        }
    }
    assert_true(taken > 0); /* another letter of a name is another event, well formed */
    for (size_t len = 0; len < out.len; len++) {
        event_body body;
        assert_false(event_read(pb_str_n(out.ptr, len), &body));
    }
}

static void test_kinds_are_found(void **state)
{
    (void)state;
    assert_true(ledger_kind_count >= 10);
    for (size_t i = 0; i < ledger_kind_count; i++)
        assert_ptr_equal(ledger_kind_find(pb_str_c(ledger_kinds[i].name)), &ledger_kinds[i]);
    assert_null(ledger_kind_find(PB_STR("")));
    assert_null(ledger_kind_find(PB_STR("record.create")));
    assert_null(ledger_kind_find(PB_STR("zzz.zzz")));
    assert_true(ledger_kind_find(PB_STR("record.created"))->record);
    assert_false(ledger_kind_find(PB_STR("payload.erased"))->payload);
}

static void test_the_table_of_kinds_is_current(void **state)
{
    (void)state;
    const char *root = getenv("PROBITY_ROOT");
    char tool[1024];
    snprintf(tool, sizeof tool, "%s/tools/generate-events", root ? root : ".");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execl(tool, tool, "--check", (char *)NULL);
        _exit(121);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_round_trip),
        cmocka_unit_test(test_bytes_read_are_the_bytes_written),
        cmocka_unit_test(test_kinds_are_found),
        cmocka_unit_test(test_the_table_of_kinds_is_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
