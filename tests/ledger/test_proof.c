/* Proofs as an outsider sees them: made by the product, checked by tools/ledger-verify, which
 * shares no code with it; forged ones are refused. */
#include "ledger_support.h"

#include <sys/wait.h>
#include <unistd.h>

static char *folder;
static pb_arena *keep;

static char *put(const char *name, pb_str text)
{
    pb_error err = {0};
    char *path = sys_path_join(keep, folder, name);
    must(sys_file_write(path, text, 0600, &err), &err);
    return path;
}

/* Runs the verifier; its exit code. */
static int run_verifier(const char *key, const char *first, const char *second)
{
    const char *root = getenv("PROBITY_ROOT");
    char *tool = pb_arena_printf(keep, "%s/tools/ledger-verify", root ? root : ".");
    char *arguments[8] = {(char *)"python3", tool, (char *)"--quiet"};
    size_t count = 3;
    if (key) {
        arguments[count++] = (char *)"--key";
        arguments[count++] = (char *)key;
    }
    arguments[count++] = (char *)first;
    if (second)
        arguments[count++] = (char *)second;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(120);
        execvp(arguments[0], arguments);
        _exit(121);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

typedef struct papers {
    pb_buf inclusion, consistency, note, key;
} papers;

static void draw_up(db_workspace *workspace, uint64_t event, uint64_t old_size, papers *p)
{
    pb_error err = {0};
    db_session *session;
    p->inclusion = p->consistency = PB_BUF_INIT(1 << 20);
    p->note = p->key = PB_BUF_INIT(1 << 14);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(ledger_prove(session, event, &p->inclusion, &err), &err);
    must(ledger_consistency(session, old_size, 0, &p->consistency, &err), &err);
    must(ledger_head_note(session, &p->note, &err), &err);
    must(ledger_key_text(session, &p->key, &err), &err);
    db_snapshot_close(session);
}

static void shred(papers *p)
{
    pb_buf_free(&p->inclusion);
    pb_buf_free(&p->consistency);
    pb_buf_free(&p->note);
    pb_buf_free(&p->key);
}

/* shows: ACC-5 */
static void test_an_outsider_can_check_every_event(void **state)
{
    (void)state;
    db_workspace *workspace = scratch_workspace();
    fill(workspace);
    for (uint64_t event = 0; event < FILLED_EVENTS; event++) {
        papers p;
        draw_up(workspace, event, event + 1, &p);
        const char *key = pb_buf_cstr(&p.key);
        char *inclusion = put("inclusion.json", pb_buf_str(&p.inclusion));
        char *consistency = put("consistency.json", pb_buf_str(&p.consistency));
        assert_int_equal(run_verifier(event % 2 ? key : NULL, inclusion, consistency), 0);
        if (event == 7) {
            char *note = put("head.note", pb_buf_str(&p.note));
            assert_int_equal(run_verifier(key, note, NULL), 0);
            assert_int_equal(run_verifier(NULL, note, inclusion), 0);
            assert_int_equal(run_verifier(NULL, note, NULL), 1);
        }
        shred(&p);
    }
    db_workspace_close(workspace);
}

/* Two logs, two keys; and one log that was rewritten behind a head somebody kept. */
/* shows: ACC-5 */
static void test_heads_of_another_log_are_noticed(void **state)
{
    (void)state;
    papers mine, other;
    db_workspace *workspace = scratch_workspace(), *second = scratch_workspace();
    fill(workspace);
    fill(second);
    draw_up(workspace, 3, 10, &mine);
    draw_up(second, 3, 10, &other);
    char *a = put("a.json", pb_buf_str(&mine.inclusion));
    char *b = put("b.json", pb_buf_str(&other.inclusion));
    assert_int_equal(run_verifier(pb_buf_cstr(&mine.key), a, NULL), 0);
    assert_int_equal(run_verifier(pb_buf_cstr(&other.key), b, NULL), 0);
    assert_int_equal(run_verifier(pb_buf_cstr(&other.key), a, NULL), 1);
    assert_int_equal(run_verifier(NULL, a, b), 1);
    assert_int_equal(run_verifier("x+00000000+AAAA", a, NULL), 2);
    assert_int_equal(run_verifier(NULL, "/nonexistent", NULL), 2);
    shred(&mine);
    shred(&other);
    db_workspace_close(workspace);
    db_workspace_close(second);
}

/* Replaces the `skip`th hex digit or other character behind `"name": ` by another of its kind. */
static pb_str forge(pb_str text, const char *name, size_t skip)
{
    char *copy = pb_arena_cstr(keep, text);
    char *label = pb_arena_printf(keep, "\"%s\":", name);
    char *at = strstr(copy, label);
    if (!at)
        fail_msg("there is no %s in the proof", name);
    at += strlen(label);
    at += strspn(at, " [\n\"") + skip;
    *at = *at == '1' ? '2' : *at == 'a' ? 'b' : *at >= '0' && *at <= '9' ? '1' : 'a';
    return pb_str_n(copy, text.len);
}

/* shows: ACC-5 */
static void test_forged_proofs_are_refused(void **state)
{
    (void)state;
    static const struct {
        bool inclusion;
        const char *name;
        size_t skip;
    } forgeries[] = {
        {true, "index", 0},       {true, "size", 0},       {true, "body", 7},
        {true, "body", 100},      {true, "leaf", 5},       {true, "path", 63},
        {true, "path", 9},        {true, "root", 0},       {true, "note", 3},
        {true, "note", 42},       {true, "note", 60},      {true, "note", 150},
        {true, "note", 200},      {true, "key", 3},        {true, "key", 45},
        {true, "key", 60},        {true, "kind", 2},       {true, "actor", 1},
        {true, "at", 3},          {true, "version", 0},    {true, "record", 4},
        {true, "entity", 0},      {true, "commitment", 8}, {true, "format", 3},
        {true, "previous", 0},    {false, "old_size", 0},  {false, "new_size", 0},
        {false, "old_root", 20},  {false, "new_root", 20}, {false, "old_note", 42},
        {false, "new_note", 160}, {false, "path", 1},      {false, "key", 70},
    };
    papers p;
    db_workspace *workspace = scratch_workspace();
    fill(workspace);
    draw_up(workspace, 12, 14, &p);
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        pb_str good = pb_buf_str(forgeries[i].inclusion ? &p.inclusion : &p.consistency);
        char *path = put("forged.json", forge(good, forgeries[i].name, forgeries[i].skip));
        if (run_verifier(NULL, path, NULL) != 1)
            fail_msg("%s changed at %zu and not refused", forgeries[i].name, forgeries[i].skip);
    }
    shred(&p);
    db_workspace_close(workspace);
}

static void test_what_cannot_be_proven_is_said(void **state)
{
    (void)state;
    pb_error err = {0};
    db_workspace *workspace = scratch_workspace();
    db_session *session;
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    must(db_snapshot_open(workspace, &session, &err), &err);
    assert_int_equal(ledger_prove(session, 0, &out, &err), PB_NOT_FOUND);
    assert_int_equal(ledger_consistency(session, 1, 0, &out, &err), PB_NOT_FOUND);
    db_snapshot_close(session);
    fill(workspace);
    must(db_snapshot_open(workspace, &session, &err), &err);
    assert_int_equal(ledger_prove(session, 20, &out, &err), PB_NOT_FOUND);
    assert_int_equal(ledger_prove(session, UINT64_MAX, &out, &err), PB_NOT_FOUND);
    assert_int_equal(ledger_consistency(session, 0, 20, &out, &err), PB_INVALID);
    assert_int_equal(ledger_consistency(session, 12, 11, &out, &err), PB_INVALID);
    assert_int_equal(ledger_consistency(session, 12, 21, &out, &err), PB_NOT_FOUND);
    must(ledger_consistency(session, 20, 20, &out, &err), &err);
    db_snapshot_close(session);
    run_sql(workspace, (raw_sql){.sql = "UPDATE ledger_event SET body = x'a0' WHERE seq = 5"});
    must(db_snapshot_open(workspace, &session, &err), &err);
    assert_int_equal(ledger_prove(session, 5, &out, &err), PB_CORRUPT);
    must_say(&err, "Event 5 could not be proven: the log was altered");
    db_snapshot_close(session);
    db_workspace_close(workspace);
}

int main(void)
{
    pb_error err = {0};
    keep = pb_arena_new(0);
    if (!keep || sys_temp_dir(keep, &folder, &err) != PB_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_outsider_can_check_every_event),
        cmocka_unit_test(test_heads_of_another_log_are_noticed),
        cmocka_unit_test(test_forged_proofs_are_refused),
        cmocka_unit_test(test_what_cannot_be_proven_is_said),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sys_dir_remove_tree(folder, NULL);
    pb_arena_free(keep);
    return failed;
}
