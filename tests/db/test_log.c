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
    _exit(0); /* what is still open is left as it is */
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

static pb_status rows_work(db_session *session, void *context, pb_error *err)
{
    for (int64_t n = 1; n <= *(const int64_t *)context; n++)
        PB_TRY(insert_account(session, 1000000 + n,
                              PB_STR("A name that is long enough to fill a page soon; so that few "
                                     "rows make many pages it is this long, and even longer: a "
                                     "page takes about forty of them, and there are ninety "
                                     "thousand, which makes more than two thousand pages."),
                              err));
    return PB_OK;
}

/* A commit of more frames than one piece takes. */
static void large_body(room *r)
{
    history *h = history_open(r, 31);
    int64_t rows = 90000;
    make(r);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    write_some(r, &h->s, 5);
    remember(h);
    take_base(h);
    assert_ok(r, db_write(r->workspace, rows_work, &rows, &r->err));
    remember(h);
    write_some(r, &h->s, 5);
    remember(h);
    db_log_piece *pieces = NULL;
    size_t count = 0;
    assert_ok(r, db_log_list(r->workspace, r->arena, &pieces, &count, &r->err));
    assert_true(count > 2);
    go_back_often(h, 6);
    history_close(h);
}
/* shows: PER-4 */
ON_EVERY_ENGINE(a_commit_may_fill_several_pieces, large_body)

/* ---- killed processes ---- */

/* What the processes of one round do until they are killed: one writes and tells what was
 * acknowledged, one seals and moves the log. */
static int be_killed(char **arguments)
{
    room *r = calloc(1, sizeof *r);
    db_workspace *workspace = NULL;
    int64_t n = strtoll(arguments[4], NULL, 10);
    r->arena = pb_arena_new(0);
    r->options.key.key_file = arguments[2];
    tiny_schema_make(&r->tiny);
    if (db_workspace_open(arguments[1], &r->tiny.schema, &r->options, &workspace, &r->err) != PB_OK)
        return 2;
    if (strcmp(arguments[3], "seal") == 0)
        for (;;)
            if (db_log_seal(workspace, &r->err) != PB_OK ||
                db_check_pages(workspace, &r->err) != PB_OK)
                return 3;
    for (;;) {
        n++;
        if (db_write(workspace, insert_work, &n, &r->err) != PB_OK)
            return 4;
        int64_t told[2] = {n, tick()};
        if (write(STDOUT_FILENO, told, sizeof told) != (ssize_t)sizeof told)
            return 5;
    }
}

static pid_t start_killed(room *r, const char *what, int64_t last, int *ret_end)
{
    int ends[2];
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)last);
    assert_int_equal(0, pipe(ends));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl("/proc/self/exe", "killed", r->url, r->key, what, number, (char *)NULL);
        _exit(9);
    }
    close(ends[1]);
    *ret_end = ends[0];
    return child;
}

static void kill_and_wait(pid_t child)
{
    int status = 0;
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status))
        fail_msg("a process ended by itself: %d", WEXITSTATUS(status));
}

/* Runs both, kills both at some moment; the last acknowledged number and its moment. */
static void kill_round(room *r, useconds_t delay, bool writer_first, int64_t told[2])
{
    int writer_end;
    int sealer_end;
    int64_t next[2];
    pid_t writer = start_killed(r, "write", told[0], &writer_end);
    pid_t sealer = start_killed(r, "seal", 0, &sealer_end);
    assert_int_equal(sizeof next, read(writer_end, next, sizeof next)); /* at work */
    usleep(delay);
    kill_and_wait(writer_first ? writer : sealer);
    usleep(delay / 3);
    kill_and_wait(writer_first ? sealer : writer);
    do
        memcpy(told, next, sizeof next);
    while (read(writer_end, next, sizeof next) == (ssize_t)sizeof next);
    close(writer_end);
    close(sealer_end);
}

enum { KILLS = 40 };

/* The digest of accounts 1 to `last` as the writer makes them. */
static uint64_t digest_up_to(int64_t last)
{
    uint64_t digest = 1469598103934665603u;
    for (int64_t n = 1; n <= last; n++) {
        digest = (digest ^ (uint64_t)n) * 1099511628211u;
        digest = (digest ^ 1) * 1099511628211u;
        for (const char *c = "Acme"; *c != '\0'; c++)
            digest = (digest ^ (uint8_t)*c) * 1099511628211u;
    }
    return digest;
}

/* Archive and database together hold every acknowledged commit once. */
static void killed_body(room *r)
{
    history *h = history_open(r, 12);
    int64_t told[2] = {0, 0};
    make(r);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    remember(h);
    take_base(h);
    r->workspace = db_workspace_close(r->workspace);
    for (int round = 0; round < KILLS; round++) {
        kill_round(r, (useconds_t)(roll(&h->s) % 20000), round % 2 == 0, told);
        assert_ok(r,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
        int64_t last = count_now(r, "SELECT MAX(n) FROM t_account");
        assert_in_range(last, told[0], told[0] + 1);
        assert_int_equal(last, count_now(r, ACCOUNTS));
        int64_t acknowledged = told[0];
        told[0] = last;
        remember(h);
        if (round % 5 == 4) {
            db_restore_facts facts;
            assert_true(h->states[h->count - 1].digest == gone_back(h, 0, INT64_MAX, &facts));
            assert_true(facts.commits >= (uint64_t)last);
            assert_true(digest_up_to(acknowledged) == gone_back(h, 0, told[1], &facts));
            assert_true(facts.exact);
            go_back_often(h, 3);
        }
        r->workspace = db_workspace_close(r->workspace);
    }
    history_close(h);
}
/* shows: PER-3 PER-4 */
ON_EVERY_ENGINE(killed_processes_lose_nothing_of_a_kept_log, killed_body)

/* ---- on and off ---- */

static size_t piece_count(room *r)
{
    db_log_piece *pieces = NULL;
    size_t count = 0;
    assert_ok(r, db_log_list(r->workspace, r->arena, &pieces, &count, &r->err));
    return count;
}

static bool is_kept(room *r)
{
    bool kept = false;
    assert_ok(r, db_log_is_kept(r->workspace, &kept, &r->err));
    return kept;
}

static void off_body(room *r)
{
    history *h = history_open(r, 3);
    PB_AUTO_BUF tail = PB_BUF_INIT(DB_LOG_PIECE_MAX);
    make(r);
    write_some(r, &h->s, 30);
    assert_false(is_kept(r));
    assert_int_equal(0, piece_count(r));
    assert_status(PB_INVALID, db_log_seal(r->workspace, &r->err));
    assert_status(PB_INVALID, db_log_tail(r->workspace, &tail, &r->err));
    reopen(r);
    assert_int_equal(SYS_NONE, sys_path_kind(pb_arena_printf(r->arena, "%s/log", r->url)));
    assert_ok(r, db_log_keep(r->workspace, false, &r->err)); /* it is not: nothing to do */
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    assert_true(is_kept(r));
    assert_int_equal(1, piece_count(r));
    remember(h);
    take_base(h);
    write_some(r, &h->s, 3);
    reopen(r);
    assert_true(is_kept(r));
    assert_true(piece_count(r) > 1);
    assert_ok(r, db_log_keep(r->workspace, false, &r->err));
    size_t pieces = piece_count(r);
    write_some(r, &h->s, 30);
    reopen(r);
    assert_int_equal(pieces, piece_count(r));
    assert_false(is_kept(r));
    history_close(h);
}
/* shows: PER-4 */
ON_EVERY_ENGINE(a_log_is_kept_only_where_it_is_wanted, off_body)

static void drop_body(room *r)
{
    history *h = history_open(r, 4);
    db_log_piece *pieces = NULL;
    size_t count = 0;
    make(r);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    for (int i = 0; i < 6; i++) {
        write_some(r, &h->s, 2);
        assert_ok(r, db_log_seal(r->workspace, &r->err));
    }
    assert_ok(r, db_log_list(r->workspace, r->arena, &pieces, &count, &r->err));
    assert_int_equal(7, count);
    remember(h);
    take_base(h);
    assert_ok(r, db_log_drop(r->workspace, pieces[2].sequence, &r->err));
    assert_int_equal(4, piece_count(r));
    PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX);
    assert_status(PB_NOT_FOUND, db_log_read(r->workspace, &pieces[0], &bytes, &r->err));
    assert_ok(r, db_log_drop(r->workspace, UINT64_MAX, &r->err));
    assert_int_equal(1, piece_count(r)); /* the newest stays: it says where to go on */
    write_some(r, &h->s, 2);
    remember(h);
    go_back_often(h, 2);
    history_close(h);
}
/* shows: PER-4 */
ON_EVERY_ENGINE(old_pieces_can_go_the_newest_stays, drop_body)

/* ---- what is refused ---- */

static pb_status begin_back(room *r, const stored *copy, const db_key_source *key,
                            db_restore **ret_restore)
{
    PB_TRY(db_restore_open(place(r, "back"), copy->facts.head, copy->facts.page_count,
                           &copy->facts.position, key, ret_restore, &r->err));
    give_runs(r, *ret_restore, copy, UINT64_MAX);
    return PB_OK;
}

static void read_piece(room *r, size_t number, pb_buf *out)
{
    db_log_piece *pieces = NULL;
    size_t count = 0;
    assert_ok(r, db_log_list(r->workspace, r->arena, &pieces, &count, &r->err));
    assert_true(number < count);
    assert_ok(r, db_log_read(r->workspace, &pieces[number], out, &r->err));
}

static void order_body(room *r)
{
    history *h = history_open(r, 5);
    pb_buf bytes[5];
    db_restore *restore = NULL;
    db_log_facts facts;
    make(r);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    remember(h);
    take_base(h);
    for (size_t i = 0; i < 4; i++) {
        bytes[i] = PB_BUF_INIT(DB_LOG_PIECE_MAX);
        write_some(r, &h->s, 3);
        assert_ok(r, db_log_seal(r->workspace, &r->err));
        read_piece(r, i + 1, &bytes[i]);
        assert_ok(r, db_log_describe(pb_buf_str(&bytes[i]), &facts, &r->err));
        assert_int_equal(i + 2, facts.sequence);
        assert_int_equal(3, facts.commits);
        assert_int_equal(0, facts.inexact);
        assert_true(facts.first_us <= facts.last_us && facts.last_us <= facts.sealed_us);
        assert_true(facts.first_us > h->states[0].at_us && !facts.tail);
    }
    write_some(r, &h->s, 2);
    bytes[4] = PB_BUF_INIT(DB_LOG_PIECE_MAX);
    assert_ok(r, db_log_tail(r->workspace, &bytes[4], &r->err));
    assert_ok(r, db_log_describe(pb_buf_str(&bytes[4]), &facts, &r->err));
    assert_true(facts.tail && facts.commits == 2);
    const stored *copy = &h->bases[0].copy;
    assert_ok(r, begin_back(r, copy, NULL, &restore));
    assert_status(PB_INVALID, db_restore_log(restore, pb_buf_str(&bytes[0]), &r->err)); /* no key */
    db_restore_abort(restore);
    assert_ok(r, begin_back(r, copy, &r->options.key, &restore));
    assert_status(PB_INVALID, db_restore_log(restore, pb_buf_str(&bytes[1]), &r->err));
    assert_ok(r, db_restore_log(restore, pb_buf_str(&bytes[0]), &r->err));
    assert_status(PB_INVALID, db_restore_log(restore, pb_buf_str(&bytes[0]), &r->err));
    assert_status(PB_INVALID, db_restore_log(restore, pb_buf_str(&bytes[2]), &r->err));
    assert_non_null(strstr(said(r), "Piece 3"));
    assert_ok(r, db_restore_log(restore, pb_buf_str(&bytes[1]), &r->err));
    assert_ok(r, db_restore_log(restore, pb_buf_str(&bytes[2]), &r->err));
    assert_ok(r, db_restore_log(restore, pb_buf_str(&bytes[3]), &r->err));
    assert_ok(r, db_restore_log(restore, pb_buf_str(&bytes[4]), &r->err));
    assert_status(PB_INVALID, db_restore_log(restore, pb_buf_str(&bytes[4]), &r->err));
    assert_status(
        PB_INVALID,
        db_restore_run(restore, 0, pb_str_sub(pb_buf_str(&copy->bytes), 0, DB_RUN_SIZE), &r->err));
    db_restore_abort(restore);
    for (size_t i = 0; i < 5; i++)
        pb_buf_free(&bytes[i]);
    history_close(h);
}
/* shows: PER-4 */
ON_EVERY_ENGINE(pieces_are_applied_in_order_or_not_at_all, order_body)

/* Every byte of a piece. */
static void altered_body(room *r)
{
    history *h = history_open(r, 6);
    db_restore *restore = NULL;
    make(r);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    remember(h);
    take_base(h);
    int64_t n = 1;
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_ok(r, db_log_seal(r->workspace, &r->err));
    PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX);
    read_piece(r, 1, &bytes);
    assert_ok(r, begin_back(r, &h->bases[0].copy, &r->options.key, &restore));
    for (size_t i = 0; i < bytes.len; i++) {
        bytes.ptr[i] ^= 1;
        assert_status(PB_CORRUPT, db_restore_log(restore, pb_buf_str(&bytes), &r->err));
        bytes.ptr[i] ^= 1;
    }
    for (size_t i = 0; i < bytes.len; i += 97)
        assert_status(PB_CORRUPT, db_restore_log(restore, pb_str_n(bytes.ptr, i), &r->err));
    assert_ok(r, db_restore_log(restore, pb_buf_str(&bytes), &r->err));
    db_restore_abort(restore);
    history_close(h);
}
/* shows: PER-4 SEC-1 */
ON_EVERY_ENGINE(every_altered_byte_of_a_piece_is_refused, altered_body)

/* Another keeping, another timeline: what was not kept in between is not skipped in silence. */
static void timeline_body(room *r)
{
    history *h = history_open(r, 7);
    db_restore *restore = NULL;
    PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX);
    make(r);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    remember(h);
    take_base(h);
    assert_ok(r, db_log_keep(r->workspace, false, &r->err));
    write_some(r, &h->s, 2);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    write_some(r, &h->s, 2);
    assert_ok(r, db_log_seal(r->workspace, &r->err));
    assert_ok(r, begin_back(r, &h->bases[0].copy, &r->options.key, &restore));
    for (size_t i = 1; i + 1 < piece_count(r); i++) {
        pb_buf_clear(&bytes);
        read_piece(r, i, &bytes);
        pb_status status = db_restore_log(restore, pb_buf_str(&bytes), &r->err);
        if (status == PB_INVALID)
            break;
        assert_int_equal(PB_OK, status);
        assert_true(i + 2 < piece_count(r));
    }
    db_restore_abort(restore);
    remember(h);
    take_base(h);
    write_some(r, &h->s, 2);
    remember(h);
    db_restore_facts facts;
    assert_true(h->states[2].digest == gone_back(h, 1, INT64_MAX, &facts));
    assert_int_equal(2, facts.commits);
    assert_true(facts.exact);
    history_close(h);
}
/* shows: PER-4 */
ON_EVERY_ENGINE(another_keeping_is_another_timeline, timeline_body)

/* What was built anew keeps its own log, and is no part of the former's timeline. */
static void again_body(room *r)
{
    history *h = history_open(r, 8);
    db_restore *restore = NULL;
    db_workspace *first = NULL;
    make(r);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    write_some(r, &h->s, 10);
    remember(h);
    take_base(h);
    assert_ok(r, begin_back(r, &h->bases[0].copy, NULL, &restore));
    assert_ok(r, db_restore_finish(restore, &r->err));
    first = r->workspace;
    assert_ok(r, db_workspace_open(place(r, "back"), &r->tiny.schema, &r->options, &r->workspace,
                                   &r->err));
    assert_true(is_kept(r));
    remember(h);
    take_base(h);
    assert_memory_not_equal(&h->bases[0].copy.facts.position.timeline,
                            &h->bases[1].copy.facts.position.timeline, sizeof(pb_uuid));
    db_workspace_close(first);
    history_close(h);
}
/* shows: PER-3 */
ON_EVERY_ENGINE(what_was_built_anew_has_a_timeline_of_its_own, again_body)

int main(int count, char **arguments)
{
    if (count == 6 && strcmp(arguments[0], "elsewhere") == 0)
        return be_elsewhere(arguments);
    if (count == 5 && strcmp(arguments[0], "killed") == 0)
        return be_killed(arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restore_goes_back_to_any_commit),
        cmocka_unit_test(a_commit_may_fill_several_pieces),
        cmocka_unit_test(killed_processes_lose_nothing_of_a_kept_log),
        cmocka_unit_test(a_log_is_kept_only_where_it_is_wanted),
        cmocka_unit_test(old_pieces_can_go_the_newest_stays),
        cmocka_unit_test(pieces_are_applied_in_order_or_not_at_all),
        cmocka_unit_test(every_altered_byte_of_a_piece_is_refused),
        cmocka_unit_test(another_keeping_is_another_timeline),
        cmocka_unit_test(what_was_built_anew_has_a_timeline_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
