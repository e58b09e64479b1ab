/* The search index against a plain list of what was added. */
#include "db_support.h"

enum { RECORDS = 4000, WORDS = 300, TEXT = 200 };

typedef struct twin {
    char texts[RECORDS + 1][TEXT]; /* tokens of record n, empty: not in the index */
    uint32_t seed;
    int from, to; /* records of the next work */
    bool remove;
} twin;

static uint32_t chance(twin *t, uint32_t below)
{
    t->seed = t->seed * 1664525u + 1013904223u;
    return (t->seed >> 8) % below;
}

static void new_text(twin *t, int n)
{
    char *text = t->texts[n];
    size_t len = 0;
    uint32_t words = 1 + chance(t, 8);
    for (uint32_t i = 0; i < words; i++)
        len += (size_t)snprintf(text + len, TEXT - len, "w%ux%s ", chance(t, WORDS),
                                chance(t, 2) == 0 ? "" : "abcdefgh");
    snprintf(text + len, TEXT - len, "id%d ", n);
}

static pb_status fill(db_session *session, void *context, pb_error *err)
{
    twin *t = context;
    for (int n = t->from; n < t->to; n++) {
        if (t->remove)
            PB_TRY(db_search_remove(session, PB_STR("account"), n, err));
        new_text(t, n);
        PB_TRY(db_search_add(session, PB_STR("account"), n, pb_str_c(t->texts[n]), err));
    }
    return PB_OK;
}

static pb_status take_out(db_session *session, void *context, pb_error *err)
{
    twin *t = context;
    for (int n = t->from; n < t->to; n++) {
        t->texts[n][0] = '\0';
        PB_TRY(db_search_remove(session, PB_STR("account"), n, err));
    }
    return PB_OK;
}

static bool holds(const char *text, pb_str prefix)
{
    pb_str rest = pb_str_c(text);
    pb_str one;
    while (pb_str_split(&rest, ' ', &one))
        if (one.len > 0 && pb_str_starts(one, prefix))
            return true;
    return false;
}

static bool holds_all(const char *text, pb_str prefixes)
{
    pb_str rest = prefixes;
    pb_str one;
    while (pb_str_split(&rest, ' ', &one))
        if (one.len > 0 && !holds(text, one))
            return false;
    return true;
}

static void compare(room *r, twin *t, db_session *session, const char *prefixes)
{
    static int64_t ns[RECORDS + 1];
    size_t count = 0;
    size_t at = 0;
    assert_ok(r, db_search_query(session, PB_STR("account"), pb_str_c(prefixes), RECORDS + 1, ns,
                                 &count, &r->err));
    for (int n = 1; n <= RECORDS; n++) {
        if (t->texts[n][0] == '\0' || !holds_all(t->texts[n], pb_str_c(prefixes)))
            continue;
        if (at >= count || ns[at] != n)
            fail_msg("%s: record %d is missing", prefixes, n);
        at++;
    }
    if (at != count)
        fail_msg("%s: %zu found, %zu true", prefixes, count, at);
    /* Fewer than all: each of them a true one. */
    assert_ok(
        r, db_search_query(session, PB_STR("account"), pb_str_c(prefixes), 5, ns, &count, &r->err));
    assert_int_equal(at < 5 ? at : 5, count);
    for (size_t i = 0; i < count; i++)
        assert_true(t->texts[ns[i]][0] != '\0' && holds_all(t->texts[ns[i]], pb_str_c(prefixes)));
}

static void compare_all(room *r, twin *t)
{
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    const char *fixed[] = {"w",    "id",         "w1",      "w1 w2", "w12xa w2",
                           "id17", "w w w1 id3", "nothing", "w299x "};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        compare(r, t, session, fixed[i]);
    for (int i = 0; i < 40; i++) {
        char text[64];
        snprintf(text, sizeof text, "w%u w%u", chance(t, WORDS), chance(t, 40));
        compare(r, t, session, text);
    }
    db_snapshot_close(session);
}

static void run_part(room *r, twin *t, db_work work, int from, int to, bool remove)
{
    t->from = from;
    t->to = to;
    t->remove = remove;
    assert_ok(r, db_write(r->workspace, work, t, &r->err));
}

static void property_body(room *r)
{
    twin *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->seed = 7;
    make(r);
    run_part(r, t, fill, 1, 2001, false); /* a segment */
    compare_all(r, t);
    run_part(r, t, fill, 2001, 2051, false); /* the fresh part */
    compare_all(r, t);
    run_part(r, t, fill, 100, 160, true); /* changes of what lies in the segment */
    run_part(r, t, take_out, 150, 300, false);
    run_part(r, t, take_out, 2001, 2010, false);
    compare_all(r, t);
    int rounds = on_postgres() ? 8 : 20;
    for (int i = 0; i < rounds; i++) { /* segments upon segments, which are merged */
        run_part(r, t, fill, 1 + i * 40, 1601 + i * 100, true);
        run_part(r, t, take_out, 500 + i, 520 + i, false);
        if (i % 5 == 4)
            compare_all(r, t);
    }
    assert_true(count_now(r, "SELECT COUNT(*) FROM search_segment WHERE level > 0") > 0);
    assert_true(count_now(r, "SELECT COUNT(*) FROM search_segment") < 10);
    reopen(r);
    compare_all(r, t);
    free(t);
}
ON_EVERY_ENGINE(finds_what_a_plain_list_finds, property_body)

static void fold_body(room *r)
{
    twin *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->seed = 11;
    make(r);
    bool folded = false;
    for (int round = 0; round < 40 && !folded; round++) { /* small transactions only, until then */
        for (int from = 1; from < 3001; from += 500)
            run_part(r, t, fill, from, from + 500, round > 0);
        folded = count_now(r, "SELECT COUNT(*) FROM search_segment WHERE level >= 0") > 0;
    }
    assert_true(folded);
    compare_all(r, t);
    free(t);
}
ON_EVERY_ENGINE(small_changes_become_a_segment, fold_body)

static pb_status edges(db_session *session, void *context, pb_error *err)
{
    int64_t ns[4];
    size_t count = 9;
    (void)context;
    PB_TRY(db_search_add(session, PB_STR("account"), 5, PB_STR("  one two one   two "), err));
    PB_TRY(db_search_add(session, PB_STR("contact"), 5, PB_STR("one"), err));
    PB_TRY(db_search_add(session, PB_STR("account"), 3, PB_STR("one \xff\xff \xff"), err));
    PB_TRY(db_search_add(session, PB_STR("account"), 4, PB_STR(""), err));
    char longest[200];
    memset(longest, 'l', sizeof longest);
    PB_TRY(db_search_add(session, PB_STR("account"), 6, pb_str_n(longest, sizeof longest), err));
    PB_TRY(db_search_query(session, PB_STR("account"), PB_STR("one"), 4, ns, &count, err));
    assert_int_equal(2, count);
    assert_int_equal(3, ns[0]);
    assert_int_equal(5, ns[1]);
    PB_TRY(db_search_query(session, PB_STR("account"), PB_STR("\xff\xff"), 4, ns, &count, err));
    assert_int_equal(1, count);
    PB_TRY(db_search_query(session, PB_STR("account"), pb_str_n(longest, sizeof longest), 4, ns,
                           &count, err));
    assert_int_equal(1, count);
    PB_TRY(db_search_query(session, PB_STR("account"), PB_STR(" "), 4, ns, &count, err));
    assert_int_equal(0, count);
    PB_TRY(db_search_query(session, PB_STR("account"), PB_STR("one"), 0, ns, &count, err));
    assert_int_equal(0, count);
    PB_TRY(db_search_query(session, PB_STR("contact"), PB_STR("o"), 4, ns, &count, err));
    assert_int_equal(1, count);
    PB_TRY(db_search_remove(session, PB_STR("account"), 5, err));
    PB_TRY(db_search_remove(session, PB_STR("account"), 77, err));
    PB_TRY(db_search_query(session, PB_STR("account"), PB_STR("two"), 4, ns, &count, err));
    assert_int_equal(0, count);
    return PB_OK;
}

static void edges_body(room *r)
{
    make(r);
    assert_ok(r, db_write(r->workspace, edges, NULL, &r->err));
}
ON_EVERY_ENGINE(edges_of_searching, edges_body)

static pb_status add_and_fail(db_session *session, void *context, pb_error *err)
{
    PB_TRY(fill(session, context, err));
    return pb_fail(err, PB_INVALID, PB_MSG("No."), NULL);
}

static void undo_body(room *r)
{
    twin *t = calloc(1, sizeof *t);
    assert_non_null(t);
    make(r);
    t->from = 1;
    t->to = RECORDS;
    assert_status(PB_INVALID, db_write(r->workspace, add_and_fail, t, &r->err));
    memset(t, 0, sizeof *t);
    compare_all(r, t);
    run_part(r, t, fill, 1, 20, false);
    compare_all(r, t);
    free(t);
}
ON_EVERY_ENGINE(what_is_rolled_back_is_not_found, undo_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_a_plain_list_finds),
        cmocka_unit_test(small_changes_become_a_segment),
        cmocka_unit_test(edges_of_searching),
        cmocka_unit_test(what_is_rolled_back_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
