/* The kept log: back to any commit, through several processes, crashes and faults. */
#include "copy_support.h"

#include "sys/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

enum { STEPS = 160, RESTORES = 24, BASES_MAX = 40, STATES_MAX = 20000 };

/* ---- what was there when ---- */

typedef struct moment {
    int64_t at_us; /* between this commit's acknowledgement and the next one's beginning */
    uint64_t digest;
} moment;

typedef struct history {
    room *r;
    script s;
    moment *states;
    size_t count;
    struct {
        stored copy;
        size_t state; /* what it holds */
    } bases[BASES_MAX];
    size_t base_count;
} history;

static int64_t tick(void)
{
    int64_t now = sys_now_us();
    while (sys_now_us() <= now)
        continue;
    return now;
}

static void remember(history *h)
{
    assert_true(h->count < STATES_MAX);
    h->states[h->count++] = (moment){sys_now_us(), digest_now(h->r, h->r->workspace)};
    tick();
}

static history *history_open(room *r, uint64_t seed)
{
    history *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->r = r;
    h->s = (script){.seed = seed, .next = 1};
    h->states = calloc(STATES_MAX, sizeof *h->states);
    assert_non_null(h->states);
    return h;
}

static void history_close(history *h)
{
    for (size_t i = 0; i < h->base_count; i++)
        pb_buf_free(&h->bases[i].copy.bytes);
    free(h->states);
    free(h);
}

static void take_base(history *h)
{
    db_copy *copy = NULL;
    assert_true(h->base_count < BASES_MAX);
    assert_ok(h->r, db_copy_open(h->r->workspace, &copy, &h->r->err));
    read_runs(h->r, copy, &h->bases[h->base_count].copy);
    h->bases[h->base_count++].state = h->count - 1;
    db_copy_close(copy);
}

/* ---- going back ---- */

static void give_pieces(room *r, db_restore *restore, db_workspace *from)
{
    db_log_piece *pieces = NULL;
    size_t count = 0;
    assert_ok(r, db_log_list(from, r->arena, &pieces, &count, &r->err));
    for (size_t i = 0; i < count; i++) {
        PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX);
        assert_ok(r, db_log_read(from, &pieces[i], &bytes, &r->err));
        assert_int_equal(pieces[i].size, bytes.len);
        assert_ok(r, db_restore_log(restore, pb_buf_str(&bytes), &r->err));
    }
    PB_AUTO_BUF tail = PB_BUF_INIT(DB_LOG_PIECE_MAX);
    assert_ok(r, db_log_tail(from, &tail, &r->err));
    if (tail.len > 0)
        assert_ok(r, db_restore_log(restore, pb_buf_str(&tail), &r->err));
}

/* What the base and the log make of the workspace as of `until_us`. */
static uint64_t gone_back(history *h, size_t base, int64_t until_us, db_restore_facts *ret_facts)
{
    room *r = h->r;
    db_restore *restore = NULL;
    db_workspace *workspace = NULL;
    const stored *copy = &h->bases[base].copy;
    char *folder = place(r, "back");
    assert_ok(r, db_restore_open(folder, copy->facts.head, copy->facts.page_count,
                                 &copy->facts.position, &r->options.key, &restore, &r->err));
    give_runs(r, restore, copy, UINT64_MAX);
    db_restore_until(restore, until_us);
    give_pieces(r, restore, r->workspace);
    *ret_facts = db_restore_about(restore);
    assert_ok(r, db_restore_finish(restore, &r->err));
    assert_ok(r, db_workspace_open(folder, &r->tiny.schema, &r->options, &workspace, &r->err));
    assert_ok(r, db_check_pages(workspace, &r->err));
    uint64_t digest = digest_now(r, workspace);
    db_workspace_close(workspace);
    assert_ok(r, sys_dir_remove_tree(folder, &r->err));
    return digest;
}

/* Random bases, random moments. */
static void go_back_often(history *h, int times)
{
    db_restore_facts facts;
    for (int i = 0; i < times; i++) {
        size_t base = roll(&h->s) % h->base_count;
        size_t first = h->bases[base].state;
        size_t state = first + roll(&h->s) % (h->count - first);
        uint64_t digest = gone_back(h, base, h->states[state].at_us, &facts);
        if (digest != h->states[state].digest)
            fail_msg("base %zu (state %zu), state %zu of %zu: another state", base, first, state,
                     h->count);
        assert_true(facts.commits == 0 || facts.last_us <= h->states[state].at_us);
    }
    size_t last = h->base_count - 1;
    assert_true(h->states[h->count - 1].digest == gone_back(h, last, INT64_MAX, &facts));
    assert_int_equal(0, facts.left);
}

/* ---- scripts ---- */

/* A program of its own, since a fork shares what SQLite knows of this one's locks. It tells the
 * script's end and each state. */
static int be_elsewhere(char **arguments)
{
    room *r = calloc(1, sizeof *r);
    history *h = history_open(r, strtoull(arguments[3], NULL, 10));
    h->s.next = strtoll(arguments[4], NULL, 10);
    r->arena = pb_arena_new(0);
    r->url = arguments[1];
    r->options.key.key_file = arguments[2];
    tiny_schema_make(&r->tiny);
    if (db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err) != PB_OK)
        return 2;
    for (long commits = strtol(arguments[5], NULL, 10); commits > 0; commits--) {
        if (db_write(r->workspace, scribble, &h->s, &r->err) != PB_OK)
            return 3;
        remember(h);
    }
    fwrite(&h->s, sizeof h->s, 1, stdout);
    fwrite(h->states, sizeof *h->states, h->count, stdout);
    fflush(stdout);
    if (roll(&h->s) % 2 == 0)
        db_workspace_close(r->workspace);
    return 0;
}

static FILE *start_elsewhere(const history *h, int commits, pid_t *ret_child)
{
    int ends[2];
    char seed[32];
    char next[32];
    char count[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)h->s.seed);
    snprintf(next, sizeof next, "%lld", (long long)h->s.next);
    snprintf(count, sizeof count, "%d", commits);
    assert_int_equal(0, pipe(ends));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl("/proc/self/exe", "elsewhere", h->r->url, h->r->key, seed, next, count, (char *)NULL);
        _exit(9);
    }
    close(ends[1]);
    *ret_child = child;
    return fdopen(ends[0], "rb");
}

static void write_elsewhere(history *h, int commits)
{
    int status = 0;
    pid_t child;
    FILE *told = start_elsewhere(h, commits, &child);
    assert_int_equal(1, fread(&h->s, sizeof h->s, 1, told));
    assert_int_equal(commits,
                     fread(h->states + h->count, sizeof *h->states, (size_t)commits, told));
    h->count += (size_t)commits;
    fclose(told);
    waitpid(child, &status, 0);
    assert_int_equal(0, status);
}

static pb_status scribble_much(db_session *session, void *context, pb_error *err)
{
    for (int i = 0; i < 40; i++)
        PB_TRY(scribble(session, context, err));
    return PB_OK;
}

static void step(history *h, db_session **held)
{
    room *r = h->r;
    uint64_t what = roll(&h->s) % 100;
    if (what < 70 || h->s.next < 50) {
        assert_ok(r, db_write(r->workspace, scribble, &h->s, &r->err));
        remember(h);
    } else if (what < 74) {
        assert_ok(r, db_write(r->workspace, scribble_much, &h->s, &r->err));
        remember(h);
    } else if (what < 80) {
        assert_ok(r, db_log_seal(r->workspace, &r->err));
    } else if (what < 84 && *held == NULL) {
        assert_ok(r, db_check_pages(r->workspace, &r->err));
    } else if (what < 88 && *held == NULL) {
        reopen(r);
    } else if (what < 91 && *held == NULL) { /* beside this process, or instead of it */
        bool alone = roll(&h->s) % 2 == 0;
        if (alone)
            r->workspace = db_workspace_close(r->workspace);
        write_elsewhere(h, 1 + (int)(roll(&h->s) % 8));
        if (alone)
            assert_ok(
                r, db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
    } else if (what < 94 && *held == NULL) {
        assert_ok(r, db_snapshot_open(r->workspace, held, &r->err));
    } else if (what < 97) {
        *held = db_snapshot_close(*held);
    } else if (h->base_count < BASES_MAX) {
        take_base(h);
    }
}

/* A script of commits, seals, copies, checkpoints, closings, other processes and long readers;
 * then back to random moments of it. */
static void back_body(room *r)
{
    for (uint64_t seed = 1; seed <= 2; seed++) {
        history *h = history_open(r, seed * 7919);
        db_session *held = NULL;
        make(r);
        write_some(r, &h->s, 20);
        assert_ok(r, db_log_keep(r->workspace, true, &r->err));
        remember(h);
        take_base(h);
        for (int i = 0; i < STEPS; i++)
            step(h, &held);
        db_snapshot_close(held);
        go_back_often(h, RESTORES);
        r->workspace = db_workspace_close(r->workspace);
        assert_ok(r, sys_dir_remove_tree(r->url, &r->err));
        assert_ok(r, sys_file_remove(r->key, &r->err));
        history_close(h);
    }
}
/* shows: PER-3 PER-4 */
ON_EVERY_ENGINE(a_restore_goes_back_to_any_commit, back_body)

int main(int count, char **arguments)
{
    if (count == 6 && strcmp(arguments[0], "elsewhere") == 0)
        return be_elsewhere(arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restore_goes_back_to_any_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
