/* Words of the index that begin almost like a text: one letter wrong, missing, too many, or two of
 * them swapped. All such texts are made and looked for in byte order, so that one walk over the
 * sorted blocks of a segment answers them all. */
#include "search_internal.h"

enum {
    NEAR_MIN = 4, /* shorter ones are one letter away from everything */
    NEAR_MAX = 24,
    LETTERS = 26,
    GUESSES = (2 * NEAR_MAX + 1) * LETTERS + 2 * NEAR_MAX
};

typedef struct guess {
    char text[NEAR_MAX + 1];
    uint8_t len;
    bool found;
} guess;

typedef struct guesses {
    guess items[GUESSES];
    size_t count;
} guesses;

static void put(guesses *all, const char *text, size_t len)
{
    guess *one = &all->items[all->count++];
    memcpy(one->text, text, len);
    one->len = (uint8_t)len;
    one->found = false;
}

static void swap_letters(guesses *all, pb_str word)
{
    char room[NEAR_MAX];
    for (size_t i = 0; i + 1 < word.len; i++) {
        memcpy(room, word.ptr, word.len);
        room[i] = word.ptr[i + 1];
        room[i + 1] = word.ptr[i];
        if (room[i] != room[i + 1])
            put(all, room, word.len);
    }
}

static void drop_letters(guesses *all, pb_str word)
{
    char room[NEAR_MAX];
    for (size_t i = 0; i < word.len; i++) {
        memcpy(room, word.ptr, i);
        memcpy(room + i, word.ptr + i + 1, word.len - i - 1);
        if (i == 0 || word.ptr[i] != word.ptr[i - 1])
            put(all, room, word.len - 1);
    }
}

static void change_letters(guesses *all, pb_str word, bool insert)
{
    char room[NEAR_MAX + 1];
    for (size_t i = 0; i < word.len; i++)
        for (int letter = 'a'; letter <= 'z'; letter++) {
            size_t rest = insert ? i : i + 1;
            char c = (char)letter;
            if (c == word.ptr[i])
                continue; /* the same, or made at the next place as well */
            memcpy(room, word.ptr, i);
            room[i] = c;
            memcpy(room + i + 1, word.ptr + rest, word.len - rest);
            put(all, room, i + 1 + word.len - rest);
        }
}

static int by_text(const void *a, const void *b)
{
    const guess *x = a, *y = b;
    return pb_str_cmp(pb_str_n(x->text, x->len), pb_str_n(y->text, y->len));
}

static pb_str text_of(const guess *one)
{
    return pb_str_n(one->text, one->len);
}

/* In byte order, each once. */
static void make_guesses(pb_str word, guesses *ret)
{
    ret->count = 0;
    swap_letters(ret, word);
    drop_letters(ret, word);
    change_letters(ret, word, false);
    change_letters(ret, word, true);
    qsort(ret->items, ret->count, sizeof *ret->items, by_text);
    size_t kept = 0;
    for (size_t i = 0; i < ret->count; i++)
        if (kept == 0 || !pb_str_eq(text_of(&ret->items[kept - 1]), text_of(&ret->items[i])))
            ret->items[kept++] = ret->items[i];
    ret->count = kept;
}

/* ---- in a segment ---- */

typedef struct walk {
    db_session *session;
    const db_segment *segment;
    db_segment_reader reader; /* of the block at hand */
    int64_t part;             /* the block at hand; -1: none */
    bool token;               /* reader stands on a token */
} walk;

static pb_status is_before(walk *w, int64_t part, pb_str text, bool *ret_before, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = false;
    PB_TRY(db_prepare(w->session, "SELECT first FROM search_block WHERE id = ?1", &stmt, err));
    db_bind_i64(stmt, 1, w->segment->segment << DB_PART_BITS | part);
    PB_TRY(db_step(stmt, &row, err));
    *ret_before = row && pb_str_cmp(db_column_blob(stmt, 0), text) <= 0;
    db_reset(stmt);
    return PB_OK;
}

/* The last block whose first token is not behind `text`; the one at hand or one behind it. Texts
 * come in order, so the next place is near: steps double until they go too far. */
static pb_status find_part(walk *w, pb_str text, int64_t *ret_part, pb_error *err)
{
    int64_t low = w->part < 0 ? 0 : w->part, step = 1, high = low + 1;
    bool before = true;
    while (high < w->segment->parts) {
        PB_TRY(is_before(w, high, text, &before, err));
        if (!before)
            break;
        low = high;
        high += step;
        step = step < INT64_MAX / 2 ? step * 2 : step;
    }
    if (high > w->segment->parts)
        high = w->segment->parts;
    while (low + 1 < high) {
        int64_t middle = low + (high - low) / 2;
        PB_TRY(is_before(w, middle, text, &before, err));
        if (before)
            low = middle;
        else
            high = middle;
    }
    *ret_part = low;
    return PB_OK;
}

static pb_status next_token(walk *w, pb_error *err)
{
    return db_segment_next(&w->reader, w->session, &w->token, err);
}

static pb_status open_part(walk *w, int64_t part, pb_error *err)
{
    w->part = part;
    w->reader =
        (db_segment_reader){.segment = w->segment->segment, .part = part, .end = w->segment->parts};
    return next_token(w, err);
}

static pb_str token_of(const walk *w)
{
    return pb_str_n(w->reader.token, w->reader.token_len);
}

/* True in `one->found` when a token begins with the guess. */
static pb_status look_for(walk *w, guess *one, pb_error *err)
{
    pb_str text = text_of(one);
    int64_t part;
    if (w->token && pb_str_cmp(token_of(w), text) >= 0) {
        one->found = pb_str_starts(token_of(w), text);
        return PB_OK; /* no token lies between this text and the one before */
    }
    PB_TRY(find_part(w, text, &part, err));
    if (part != w->part)
        PB_TRY(open_part(w, part, err));
    while (w->token && pb_str_cmp(token_of(w), text) < 0)
        PB_TRY(next_token(w, err));
    one->found = one->found || (w->token && pb_str_starts(token_of(w), text));
    /* The walk may have gone on into the next block. */
    if (w->token && w->reader.part - 1 > w->part)
        w->part = w->reader.part - 1;
    return PB_OK;
}

static pb_status look_in_segment(db_session *session, const db_segment *segment, guesses *all,
                                 pb_error *err)
{
    walk *w = calloc(1, sizeof *w);
    if (w == NULL)
        return pb_fail_memory(err);
    *w = (walk){.session = session, .segment = segment, .part = -1};
    pb_status status = PB_OK;
    for (size_t i = 0; i < all->count && status == PB_OK && segment->parts > 0; i++)
        if (!all->items[i].found)
            status = look_for(w, &all->items[i], err);
    free(w);
    return status;
}

static pb_status look_in_fresh(db_session *session, pb_str entity, guesses *all, pb_error *err)
{
    for (size_t i = 0; i < all->count; i++) {
        db_stmt *stmt = NULL;
        bool row = false;
        guess *one = &all->items[i];
        if (one->found)
            continue;
        PB_TRY(db_prepare(session,
                          "SELECT token FROM search_fresh WHERE entity = ?1 AND token >= ?2"
                          " ORDER BY token LIMIT 1",
                          &stmt, err));
        db_bind_text(stmt, 1, entity);
        db_bind_blob(stmt, 2, text_of(one));
        PB_TRY(db_step(stmt, &row, err));
        one->found = row && pb_str_starts(db_column_blob(stmt, 0), text_of(one));
        db_reset(stmt);
    }
    return PB_OK;
}

static pb_status has_fresh(db_session *session, pb_str entity, bool *ret_any, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, "SELECT 1 FROM search_fresh WHERE entity = ?1 LIMIT 1", &stmt, err));
    db_bind_text(stmt, 1, entity);
    PB_TRY(db_step(stmt, ret_any, err));
    db_reset(stmt);
    return PB_OK;
}

static pb_status look(db_session *session, pb_str entity, guesses *all, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 20);
    db_segment *segments;
    size_t count;
    bool fresh = false;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_segments(session, entity, arena, &segments, &count, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(look_in_segment(session, &segments[i], all, err));
    PB_TRY(has_fresh(session, entity, &fresh, err));
    return fresh ? look_in_fresh(session, entity, all, err) : PB_OK;
}

static bool is_word(pb_str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] < 'a' || word.ptr[i] > 'z')
            return false;
    return word.len >= NEAR_MIN && word.len <= NEAR_MAX;
}

pb_status db_search_near(db_session *session, pb_str entity, pb_str word, pb_buf *out,
                         pb_error *err)
{
    if (!is_word(word))
        return PB_OK;
    if (session->writes)
        PB_TRY(db_search_flush(session, err));
    guesses *all = malloc(sizeof *all);
    if (all == NULL)
        return pb_fail_memory(err);
    make_guesses(word, all);
    pb_status status = look(session, entity, all, err);
    for (size_t i = 0; i < all->count && status == PB_OK; i++)
        if (all->items[i].found) {
            pb_buf_add(out, text_of(&all->items[i]));
            pb_buf_byte(out, ' ');
        }
    free(all);
    return status == PB_OK && out->failed ? pb_fail_memory(err) : status;
}
