/* Words almost like a text, against trying every token of a plain list. */
#include "db_support.h"

enum { MANY = 6000, FEW = 40, WORD = 16, QUERIES = 60 };

typedef struct words {
    char text[MANY][WORD];
    int from, to;
    uint32_t seed;
} words;

static uint32_t chance(words *w, uint32_t below)
{
    w->seed = w->seed * 1664525u + 1013904223u;
    return (w->seed >> 8) % below;
}

/* Few letters, so that many words are near each other. */
static void new_word(words *w, char *to)
{
    uint32_t len = 3 + chance(w, 7);
    for (uint32_t i = 0; i < len; i++)
        to[i] = "abcm"[chance(w, 4)];
    to[len] = '\0';
}

static pb_status add_words(db_session *session, void *context, pb_error *err)
{
    words *w = context;
    for (int n = w->from; n < w->to; n++) {
        new_word(w, w->text[n]);
        PB_TRY(db_search_add(session, PB_STR("account"), n + 1, pb_str_c(w->text[n]), err));
    }
    return PB_OK;
}

/* One change of a letter, one more, one less, or two neighbours swapped makes `b` of `a`. */
static bool one_away(pb_str a, pb_str b)
{
    size_t same = 0, tail = 0;
    size_t least = a.len < b.len ? a.len : b.len;
    while (same < least && a.ptr[same] == b.ptr[same])
        same++;
    while (tail < least - same && a.ptr[a.len - 1 - tail] == b.ptr[b.len - 1 - tail])
        tail++;
    size_t left = a.len - same - tail, right = b.len - same - tail;
    if (left <= 1 && right <= 1)
        return left + right > 0;
    return left == 2 && right == 2 && a.ptr[same] == b.ptr[same + 1] &&
           a.ptr[same + 1] == b.ptr[same];
}

/* All beginnings of words that are one error away; those that begin with the word itself say no
 * more than it does. */
static void naive(const words *w, int count, pb_str word, pb_buf *out)
{
    for (int n = 0; n < count; n++) {
        pb_str text = pb_str_c(w->text[n]);
        for (size_t len = 1; len <= text.len; len++) {
            pb_str begin = pb_str_sub(text, 0, len);
            if (!one_away(word, begin) || pb_str_starts(begin, word))
                continue;
            pb_buf_byte(out, ' ');
            pb_buf_add(out, begin);
        }
    }
    pb_buf_byte(out, ' ');
}

static bool has(pb_str list, pb_str word)
{
    char spaced[WORD + 4];
    snprintf(spaced, sizeof spaced, " %.*s ", PB_STR_FMT(word));
    return pb_str_find(list, pb_str_c(spaced)) != SIZE_MAX;
}

/* Every word of `a` is in `b`. */
static void all_in(pb_str a, pb_str b, const char *word)
{
    pb_str rest = a, one;
    while (pb_str_split(&rest, ' ', &one))
        if (one.len > 0 && !has(b, one))
            fail_msg("“%s”: %.*s is in one list only", word, PB_STR_FMT(one));
}

static void compare(room *r, words *w, int count)
{
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    for (int i = 0; i < QUERIES; i++) {
        PB_AUTO_BUF found = PB_BUF_INIT(1 << 16);
        PB_AUTO_BUF expected = PB_BUF_INIT(16 << 20);
        char word[WORD];
        new_word(w, word);
        pb_buf_byte(&found, ' ');
        assert_ok(r, db_search_near(session, PB_STR("account"), pb_str_c(word), &found, &r->err));
        if (strlen(word) >= 4)
            naive(w, count, pb_str_c(word), &expected);
        all_in(pb_buf_str(&found), pb_buf_str(&expected), word);
        all_in(pb_buf_str(&expected), pb_buf_str(&found), word);
    }
    db_snapshot_close(session);
}

static void near_body(room *r)
{
    words *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->seed = 7;
    make(r);
    w->to = FEW; /* few rows lie in the fresh part, many in segments */
    assert_ok(r, db_write(r->workspace, add_words, w, &r->err));
    compare(r, w, FEW);
    w->from = FEW;
    w->to = MANY;
    assert_ok(r, db_write(r->workspace, add_words, w, &r->err));
    compare(r, w, MANY);
    free(w);
}
/* shows: UX-1 */
ON_EVERY_ENGINE(finds_what_trying_everything_finds, near_body)

static void edges_body(room *r)
{
    db_session *session = NULL;
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 16);
    static const char *const none[] = {"", "abc", "Abcd", "ab1d", "王小明王小明"};
    make(r);
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_ok(r, db_search_near(session, PB_STR("account"), pb_str_c(none[i]), &out, &r->err));
    assert_int_equal(out.len, 0);
    db_snapshot_close(session);
}
/* shows: UX-1 */
ON_EVERY_ENGINE(what_is_no_word_has_nothing_near, edges_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_trying_everything_finds),
        cmocka_unit_test(what_is_no_word_has_nothing_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
