/* What was erased is nowhere in the workspace's pages any more, deciphered, wherever rows had
 * moved.
 */
#include "ledger_support.h"

#include <stdio.h>

enum { EVENTS = 900, ROUNDS = 6, PAYLOAD_MAX = 30000, MARK = 16 };

typedef struct place {
    pb_arena *arena;
    char *folder, *workspace;
    db_options options;
    bool erased[EVENTS];
    size_t seen[EVENTS]; /* times the mark of an event's payload stands in a page */
} place;

static void place_make(place *p)
{
    pb_error err = {0};
    memset(p, 0, sizeof *p);
    p->arena = pb_arena_new(0);
    must(sys_temp_dir(p->arena, &p->folder, &err), &err);
    p->workspace = sys_path_join(p->arena, p->folder, "w");
    p->options = (db_options){.key.key_file = sys_path_join(p->arena, p->folder, "key")};
    tiny_schema_make(&test_schema);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Events whose payloads consist of nothing but their mark, over and over. */
static pb_status marks_work(db_session *session, void *context, pb_error *err)
{
    uint32_t random = 7;
    char *payload = context;
    for (unsigned i = 0; i < EVENTS; i++) {
        uint64_t sequence;
        size_t size = next_random(&random) % 20 == 0 ? PAYLOAD_MAX : 600, marks = size / MARK;
        marks = 2 + next_random(&random) % marks;
        for (size_t k = 0; k < marks; k++)
            snprintf(payload + k * MARK, MARK + 1, "[payload %06u]", i);
        ledger_event event = {.kind = "import.finished",
                              .at_us = INT64_C(1700000000000000) + i,
                              .actor = {PB_STR("importer"), PB_STR_NONE, PB_STR("unit")},
                              .payload = pb_str_n(payload, marks * MARK)};
        PB_TRY(ledger_append(session, &event, &sequence, err));
        assert_int_equal(sequence, i);
    }
    return PB_OK;
}

typedef struct erasure {
    place *p;
    uint32_t random;
    size_t count;
} erasure;

static pb_status erase_work(db_session *session, void *context, pb_error *err)
{
    erasure *work = context;
    const ledger_actor officer = {PB_STR("officer"), PB_STR("asked by the subject"),
                                  PB_STR("unit")};
    for (size_t i = 0; i < work->count; i++) {
        uint64_t sequence = next_random(&work->random) % EVENTS;
        if (work->p->erased[sequence])
            continue;
        PB_TRY(ledger_erase_payload(session, sequence, officer, INT64_C(1700000002000000), err));
        work->p->erased[sequence] = true;
    }
    return PB_OK;
}

/* A mark cut off by the end of a page, with whatever follows it there (the cipher's own bytes are
 * random), is nobody's: only what reads as it was written counts.
 */
static void look_in_page(place *p, pb_str page)
{
    static const char head[] = "[payload ";
    for (size_t at = 0; at + MARK <= page.len; at++) {
        unsigned number;
        char text[MARK + 1] = {0}, whole[MARK + 1];
        if (memcmp(page.ptr + at, head, sizeof head - 1) != 0)
            continue;
        memcpy(text, page.ptr + at, MARK);
        if (sscanf(text, "[payload %06u]", &number) != 1 || number >= EVENTS)
            continue;
        snprintf(whole, sizeof whole, "[payload %06u]", number);
        if (strcmp(text, whole) == 0)
            p->seen[number]++;
    }
}

/* Every page as the cipher gives it out, used or not. */
static void look_everywhere(place *p, db_workspace *workspace)
{
    pb_error err = {0};
    db_session *session;
    db_stmt *stmt;
    memset(p->seen, 0, sizeof p->seen);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(db_prepare(session, "SELECT data FROM sqlite_dbpage('main')", &stmt, &err), &err);
    for (;;) {
        bool row;
        must(db_step(stmt, &row, &err), &err);
        if (!row)
            break;
        look_in_page(p, db_column_blob(stmt, 0));
    }
    db_snapshot_close(session);
}

static void assert_gone(place *p, db_workspace *workspace, size_t *ret_left)
{
    size_t left = 0;
    look_everywhere(p, workspace);
    for (size_t i = 0; i < EVENTS; i++) {
        if (p->erased[i] && p->seen[i] > 0)
            fail_msg("the payload of event %zu still stands in a page, %zu times", i, p->seen[i]);
        if (!p->erased[i])
            assert_true(p->seen[i] > 0);
        left += !p->erased[i];
    }
    *ret_left = left;
}

/* shows: PRI-5 ACC-5 */
static void test_erased_payloads_are_overwritten(void **state)
{
    (void)state;
    place p;
    pb_error err = {0};
    db_workspace *workspace;
    size_t left = EVENTS;
    place_make(&p);
    char *payload = pb_arena_alloc(p.arena, PAYLOAD_MAX + MARK + 1);
    must(db_workspace_create(p.workspace, &test_schema.schema, &p.options, NULL, &workspace, &err),
         &err);
    must(db_write(workspace, marks_work, payload, &err), &err);
    assert_gone(&p, workspace, &left);
    assert_int_equal(left, EVENTS);
    erasure work = {.p = &p, .random = 11};
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t before = left;
        work.count = round == 0 ? 1 : EVENTS / 3;
        must(db_write(workspace, erase_work, &work, &err), &err);
        assert_gone(&p, workspace, &left);
        assert_true(left < before);
    }
    /* The log held the pages as they were. */
    PB_AUTO_BUF log = PB_BUF_INIT(1 << 26);
    must(sys_file_read(sys_path_join(p.arena, p.workspace, "records.db-wal"), 1 << 26, &log, &err),
         &err);
    assert_int_equal(log.len, 0);
    ledger_report report;
    must(verify_now(workspace, &report, &err), &err);
    assert_int_equal(report.erased, EVENTS - left);
    db_workspace_close(workspace);
    must(sys_dir_remove_tree(p.folder, &err), &err);
    pb_arena_free(p.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erased_payloads_are_overwritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
