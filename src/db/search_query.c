/* Asking the search index: which records hold a token for each of several prefixes. */
#include "search_internal.h"

enum { PREFIXES_MAX = 32 };

/* A set of record numbers as bits; grows with the greatest number. */
typedef struct bits {
    uint64_t *words;
    size_t count;
} bits;

typedef struct query {
    db_session *session;
    pb_str entity;
    pb_arena *arena;
    db_segment *segments;
    size_t segment_count;
    struct {
        pb_str text;
        int64_t parts; /* blocks to read: a guess at how many records it stands for */
    } prefixes[PREFIXES_MAX];
    size_t prefix_count;
    bool any_gone;
    bits sets[2]; /* records that hold all prefixes before, and with this one too */
    int64_t *hits;
    size_t hit_count, limit;
    db_segment_reader reader;
} query;

static bool has_bit(const bits *set, int64_t n)
{
    size_t word = (size_t)n / 64;
    return n >= 0 && word < set->count && (set->words[word] >> (n % 64) & 1) != 0;
}

static bool set_bit(bits *set, int64_t n)
{
    size_t word = (size_t)n / 64;
    if (word >= set->count) {
        size_t count = word + word / 2 + 1024;
        uint64_t *words = realloc(set->words, count * sizeof *words);
        if (words == NULL)
            return false;
        memset(words + set->count, 0, (count - set->count) * sizeof *words);
        set->words = words;
        set->count = count;
    }
    set->words[word] |= UINT64_C(1) << (n % 64);
    return true;
}

/* A text behind all tokens that begin with the prefix, and before all others behind them. */
static pb_str behind(pb_str prefix, char room[DB_TOKEN_MAX + 1])
{
    memcpy(room, prefix.ptr, prefix.len);
    while (prefix.len > 0 && (uint8_t)room[prefix.len - 1] == 0xff)
        prefix.len--;
    if (prefix.len == 0) { /* nothing but 0xff: longer than any token of that kind */
        memset(room, 0xff, DB_TOKEN_MAX + 1);
        return pb_str_n(room, DB_TOKEN_MAX + 1);
    }
    room[prefix.len - 1] = (char)((uint8_t)room[prefix.len - 1] + 1);
    return pb_str_n(room, prefix.len);
}

/* ---- a record that was taken out of some segments ---- */

static pb_status fresh_holds(query *q, pb_str prefix, int64_t n, bool *ret_holds, pb_error *err)
{
    db_stmt *stmt = NULL;
    char room[DB_TOKEN_MAX + 1];
    PB_TRY(db_prepare(q->session,
                      "SELECT 1 FROM search_fresh WHERE entity = ?1 AND n = ?2 AND token >= ?3"
                      " AND token < ?4",
                      &stmt, err));
    db_bind_text(stmt, 1, q->entity);
    db_bind_i64(stmt, 2, n);
    db_bind_blob(stmt, 3, prefix);
    db_bind_blob(stmt, 4, behind(prefix, room));
    PB_TRY(db_step(stmt, ret_holds, err));
    db_reset(stmt);
    return PB_OK;
}

static pb_status segment_holds(query *q, const db_segment *segment, pb_str prefix, int64_t n,
                               bool *ret_holds, pb_error *err)
{
    db_segment_reader *reader = malloc(sizeof *reader);
    if (reader == NULL)
        return pb_fail_memory(err);
    *reader = (db_segment_reader){.segment = segment->segment};
    bool more = true;
    pb_status status =
        db_segment_range(q->session, segment, prefix, &reader->part, &reader->end, err);
    *ret_holds = false;
    while (status == PB_OK && more && !*ret_holds) {
        status = db_segment_next(reader, q->session, &more, err);
        int64_t have;
        if (status == PB_OK && more &&
            pb_str_starts(pb_str_n(reader->token, reader->token_len), prefix))
            while (!*ret_holds && db_segment_n(reader, &have))
                *ret_holds = have == n;
    }
    free(reader);
    return status;
}

/* Whether a record taken out up to segment `since` holds the prefix by what was added later. */
static pb_status holds_since(query *q, pb_str prefix, int64_t n, int64_t since, bool *ret_holds,
                             pb_error *err)
{
    PB_TRY(fresh_holds(q, prefix, n, ret_holds, err));
    for (size_t i = 0; !*ret_holds && i < q->segment_count; i++)
        if (q->segments[i].segment > since)
            PB_TRY(segment_holds(q, &q->segments[i], prefix, n, ret_holds, err));
    return PB_OK;
}

static pb_status is_true_hit(query *q, int64_t n, bool *ret_true, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = false;
    *ret_true = true;
    if (!q->any_gone)
        return PB_OK;
    PB_TRY(db_prepare(q->session, "SELECT segment FROM search_gone WHERE entity = ?1 AND n = ?2",
                      &stmt, err));
    db_bind_text(stmt, 1, q->entity);
    db_bind_i64(stmt, 2, n);
    PB_TRY(db_step(stmt, &row, err));
    int64_t since = row ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    for (size_t i = 0; row && *ret_true && i < q->prefix_count; i++)
        PB_TRY(holds_since(q, q->prefixes[i].text, n, since, ret_true, err));
    return PB_OK;
}

/* ---- going through the lists ---- */

/* One posting of prefix number `at`. */
static pb_status take(query *q, size_t at, int64_t n, pb_error *err)
{
    const bits *before = &q->sets[at % 2];
    bits *now = &q->sets[(at + 1) % 2];
    if ((at > 0 && !has_bit(before, n)) || has_bit(now, n))
        return PB_OK;
    if (n < 0 || !set_bit(now, n))
        return pb_fail_memory(err);
    if (at + 1 < q->prefix_count)
        return PB_OK;
    bool good = false;
    PB_TRY(is_true_hit(q, n, &good, err));
    if (good)
        q->hits[q->hit_count++] = n;
    return PB_OK;
}

static bool is_enough(const query *q)
{
    return q->hit_count == q->limit;
}

static pb_status scan_fresh(query *q, size_t at, pb_error *err)
{
    db_stmt *stmt = NULL;
    char room[DB_TOKEN_MAX + 1];
    bool row = true;
    pb_str prefix = q->prefixes[at].text;
    PB_TRY(db_prepare(q->session,
                      "SELECT n FROM search_fresh WHERE entity = ?1 AND token >= ?2 AND token < ?3",
                      &stmt, err));
    db_bind_text(stmt, 1, q->entity);
    db_bind_blob(stmt, 2, prefix);
    db_bind_blob(stmt, 3, behind(prefix, room));
    pb_status status = PB_OK;
    while (status == PB_OK && row && !is_enough(q)) {
        status = db_step(stmt, &row, err);
        if (status == PB_OK && row)
            status = take(q, at, db_column_i64(stmt, 0), err);
    }
    db_reset(stmt);
    return status;
}

static pb_status scan_segment(query *q, size_t at, const db_segment *segment, pb_error *err)
{
    db_segment_reader *reader = &q->reader;
    pb_str prefix = q->prefixes[at].text;
    bool more = true;
    *reader = (db_segment_reader){.segment = segment->segment};
    PB_TRY(db_segment_range(q->session, segment, prefix, &reader->part, &reader->end, err));
    while (!is_enough(q)) {
        int64_t n;
        PB_TRY(db_segment_next(reader, q->session, &more, err));
        if (!more)
            return PB_OK;
        if (!pb_str_starts(pb_str_n(reader->token, reader->token_len), prefix))
            continue;
        while (!is_enough(q) && db_segment_n(reader, &n))
            PB_TRY(take(q, at, n, err));
    }
    return PB_OK;
}

static pb_status scan_prefix(query *q, size_t at, pb_error *err)
{
    bits *now = &q->sets[(at + 1) % 2];
    if (now->count > 0)
        memset(now->words, 0, now->count * sizeof *now->words);
    PB_TRY(scan_fresh(q, at, err));
    for (size_t i = 0; i < q->segment_count && !is_enough(q); i++)
        PB_TRY(scan_segment(q, at, &q->segments[i], err));
    return PB_OK;
}

/* ---- the question ---- */

/* The rarest first, so that the set of those still in question is small. */
static void sort_prefixes(query *q)
{
    for (size_t i = 1; i < q->prefix_count; i++)
        for (size_t j = i; j > 0 && q->prefixes[j].parts < q->prefixes[j - 1].parts; j--) {
            pb_str text = q->prefixes[j].text;
            int64_t parts = q->prefixes[j].parts;
            q->prefixes[j] = q->prefixes[j - 1];
            q->prefixes[j - 1].text = text;
            q->prefixes[j - 1].parts = parts;
        }
}

static pb_status read_prefixes(query *q, pb_str prefixes, pb_error *err)
{
    pb_str rest = prefixes;
    pb_str one;
    while (pb_str_split(&rest, ' ', &one) && q->prefix_count < PREFIXES_MAX) {
        if (one.len == 0)
            continue;
        pb_str text = pb_str_sub(one, 0, DB_TOKEN_MAX);
        int64_t parts = 0;
        for (size_t i = 0; i < q->segment_count; i++) {
            int64_t from = 0;
            int64_t to = 0;
            PB_TRY(db_segment_range(q->session, &q->segments[i], text, &from, &to, err));
            parts += to - from;
        }
        q->prefixes[q->prefix_count].text = text;
        q->prefixes[q->prefix_count++].parts = parts;
    }
    sort_prefixes(q);
    return PB_OK;
}

static pb_status ask(query *q, pb_str prefixes, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_segments(q->session, q->entity, q->arena, &q->segments, &q->segment_count, err));
    PB_TRY(read_prefixes(q, prefixes, err));
    PB_TRY(
        db_prepare(q->session, "SELECT 1 FROM search_gone WHERE entity = ?1 LIMIT 1", &stmt, err));
    db_bind_text(stmt, 1, q->entity);
    PB_TRY(db_step(stmt, &q->any_gone, err));
    db_reset(stmt);
    for (size_t i = 0; i < q->prefix_count; i++)
        PB_TRY(scan_prefix(q, i, err));
    return PB_OK;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

pb_status db_search_query(db_session *session, pb_str entity, pb_str prefixes, size_t limit,
                          int64_t *ret_ns, size_t *ret_count, pb_error *err)
{
    if (session->writes)
        PB_TRY(db_search_flush(session, err));
    if (limit == 0) {
        *ret_count = 0;
        return PB_OK;
    }
    PB_AUTO_ARENA arena = pb_arena_new(16 << 20);
    query *q = calloc(1, sizeof *q);
    if (arena == NULL || q == NULL) {
        free(q);
        return pb_fail_memory(err);
    }
    q->session = session;
    q->entity = entity;
    q->arena = arena;
    q->hits = ret_ns;
    q->limit = limit;
    pb_status status = ask(q, prefixes, err);
    if (status == PB_OK) {
        qsort(ret_ns, q->hit_count, sizeof *ret_ns, by_number);
        *ret_count = q->hit_count;
    }
    free(q->sets[0].words);
    free(q->sets[1].words);
    free(q);
    return status;
}
