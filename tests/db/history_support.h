/* What a workspace held when, copies of it on the way, and going back to any of it by the kept log.
 */
#ifndef HISTORY_SUPPORT_H
#define HISTORY_SUPPORT_H

#include "copy_support.h"

enum { BASES_MAX = 40, STATES_MAX = 20000 };

/* ---- what was there when ---- */

typedef struct moment {
    int64_t at_us; /* between this commit's acknowledgement and the next one's beginning */
    uint64_t digest;
    uint64_t sure; /* without a last commit that nobody was told of, whose moment may be lost */
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

static inline int64_t tick(void)
{
    int64_t now = sys_now_us();
    while (sys_now_us() <= now)
        continue;
    return now;
}

static inline void remember(history *h)
{
    assert_true(h->count < STATES_MAX);
    int64_t now = sys_now_us();
    uint64_t digest = digest_now(h->r, h->r->workspace);
    h->states[h->count++] = (moment){now, digest, digest};
    tick();
}

static inline history *history_open(room *r, uint64_t seed)
{
    history *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->r = r;
    h->s = (script){.seed = seed, .next = 1};
    h->states = calloc(STATES_MAX, sizeof *h->states);
    assert_non_null(h->states);
    return h;
}

static inline void history_close(history *h)
{
    for (size_t i = 0; i < h->base_count; i++)
        pb_buf_free(&h->bases[i].copy.bytes);
    free(h->states);
    free(h);
}

static inline void take_base(history *h)
{
    db_copy *copy = NULL;
    assert_true(h->base_count < BASES_MAX);
    assert_ok(h->r, db_copy_open(h->r->workspace, &copy, &h->r->err));
    read_runs(h->r, copy, &h->bases[h->base_count].copy);
    h->bases[h->base_count++].state = h->count - 1;
    db_copy_close(copy);
}

/* ---- going back ---- */

static inline void give_pieces(room *r, db_restore *restore, db_workspace *from)
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
static inline uint64_t gone_back(history *h, size_t base, int64_t until_us,
                                 db_restore_facts *ret_facts)
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
static inline void go_back_often(history *h, int times)
{
    db_restore_facts facts;
    for (int i = 0; i < times; i++) {
        size_t base = roll(&h->s) % h->base_count;
        size_t first = h->bases[base].state;
        size_t state = first + roll(&h->s) % (h->count - first);
        uint64_t digest = gone_back(h, base, h->states[state].at_us, &facts);
        if (digest != h->states[state].digest &&
            !(facts.undated && digest == h->states[state].sure))
            fail_msg("base %zu (state %zu), state %zu of %zu: another state", base, first, state,
                     h->count);
        assert_true(facts.commits == 0 || facts.last_us <= h->states[state].at_us);
    }
    size_t last = h->base_count - 1;
    assert_true(h->states[h->count - 1].digest == gone_back(h, last, INT64_MAX, &facts));
    assert_int_equal(0, facts.left);
}

#endif
