/* The kept log: back to any commit, through several processes, crashes and faults. */
#include "history_support.h"

#include <sys/wait.h>

enum { STEPS = 160, RESTORES = 24 };

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
        _exit(2);
    for (long commits = strtol(arguments[5], NULL, 10); commits > 0; commits--) {
        if (db_write(r->workspace, scribble, &h->s, &r->err) != PB_OK)
            _exit(3);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restore_goes_back_to_any_commit),
        cmocka_unit_test(a_commit_may_fill_several_pieces),
        cmocka_unit_test(a_log_is_kept_only_where_it_is_wanted),
        cmocka_unit_test(old_pieces_can_go_the_newest_stays),
        cmocka_unit_test(pieces_are_applied_in_order_or_not_at_all),
        cmocka_unit_test(every_altered_byte_of_a_piece_is_refused),
        cmocka_unit_test(another_keeping_is_another_timeline),
        cmocka_unit_test(what_was_built_anew_has_a_timeline_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
