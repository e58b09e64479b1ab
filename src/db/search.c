/* The search index: gathering what is added, and writing it as one sorted run. */
#include "search_internal.h"

enum {
    ENTITY_MAX = 64,
    POSTINGS_MAX = 2 << 20,
    TOKENS_MAX = 700000,
    BYTES_MAX = 8 << 20,
    DIGIT = 1 << 16,
};

typedef struct token {
    uint32_t at; /* its bytes in `bytes` */
    uint32_t hash;
    uint32_t count;
    uint32_t last; /* the last record added, as a difference from `base`, plus 1 */
    uint32_t len;
} token;

typedef struct posting {
    uint32_t token;
    uint32_t n; /* difference from base */
} posting;

struct db_search_buffer {
    char entity[ENTITY_MAX]; /* one entity at a time */
    size_t entity_len;
    int64_t base, min, max;
    uint32_t *slots; /* token number + 1, open addressing */
    size_t slot_count;
    token *tokens;
    size_t token_count, token_cap;
    char *bytes;
    size_t byte_count, byte_cap;
    posting *postings;
    size_t posting_count, posting_cap;
    db_segment_writer writer;
};

static pb_str entity_of(const db_search_buffer *buffer)
{
    return pb_str_n(buffer->entity, buffer->entity_len);
}

static pb_str token_text(const db_search_buffer *buffer, const token *one)
{
    return pb_str_n(buffer->bytes + one->at, one->len);
}

db_search_buffer *db_search_buffer_free(db_search_buffer *buffer)
{
    if (buffer != NULL) {
        free(buffer->slots);
        free(buffer->tokens);
        free(buffer->bytes);
        free(buffer->postings);
        free(buffer);
    }
    return NULL;
}

static bool is_large(const db_search_buffer *buffer)
{
    return buffer->slot_count > 4096;
}

void db_search_drop(db_session *session)
{
    db_search_buffer *buffer = session->search;
    if (buffer == NULL)
        return;
    if (is_large(buffer)) { /* does not stay in memory */
        session->search = db_search_buffer_free(buffer);
        return;
    }
    if (buffer->slot_count > 0)
        memset(buffer->slots, 0, buffer->slot_count * sizeof *buffer->slots);
    buffer->token_count = 0;
    buffer->byte_count = 0;
    buffer->posting_count = 0;
    buffer->entity_len = 0;
}

/* ---- gathering ---- */

/* Room for one more element of an array that doubles. */
static bool grow(void **items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return true;
    size_t more = *cap == 0 ? 1024 : 2 * *cap;
    void *grown = realloc(*items, more * size);
    if (grown == NULL)
        return false;
    *items = grown;
    *cap = more;
    return true;
}

static bool grow_slots(db_search_buffer *buffer)
{
    if (buffer->slot_count > 2 * (buffer->token_count + 1))
        return true;
    size_t count = buffer->slot_count == 0 ? 4096 : 2 * buffer->slot_count;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < buffer->token_count; i++) {
        size_t at = buffer->tokens[i].hash & (count - 1);
        while (slots[at] != 0)
            at = (at + 1) & (count - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(buffer->slots);
    buffer->slots = slots;
    buffer->slot_count = count;
    return true;
}

/* Number of the token, made when it is new; UINT32_MAX without memory. */
static uint32_t intern(db_search_buffer *buffer, pb_str text)
{
    if (!grow_slots(buffer) ||
        !grow((void **)&buffer->tokens, buffer->token_count, &buffer->token_cap, sizeof(token)))
        return UINT32_MAX;
    uint32_t hash = (uint32_t)pb_str_hash(text);
    size_t at = hash & (buffer->slot_count - 1);
    for (; buffer->slots[at] != 0; at = (at + 1) & (buffer->slot_count - 1)) {
        const token *have = &buffer->tokens[buffer->slots[at] - 1];
        if (have->hash == hash && have->len == text.len &&
            memcmp(buffer->bytes + have->at, text.ptr, text.len) == 0)
            return buffer->slots[at] - 1;
    }
    if (!grow((void **)&buffer->bytes, buffer->byte_count + text.len, &buffer->byte_cap, 1))
        return UINT32_MAX;
    memcpy(buffer->bytes + buffer->byte_count, text.ptr, text.len);
    buffer->tokens[buffer->token_count] =
        (token){.at = (uint32_t)buffer->byte_count, .hash = hash, .len = (uint32_t)text.len};
    buffer->byte_count += text.len;
    buffer->slots[at] = (uint32_t)++buffer->token_count;
    return (uint32_t)buffer->token_count - 1;
}

static bool add_posting(db_search_buffer *buffer, pb_str text, uint32_t n)
{
    uint32_t number = intern(buffer, text);
    if (number == UINT32_MAX || !grow((void **)&buffer->postings, buffer->posting_count,
                                      &buffer->posting_cap, sizeof(posting)))
        return false;
    token *one = &buffer->tokens[number];
    if (one->last == n + 1)
        return true; /* twice in one record */
    one->last = n + 1;
    one->count++;
    buffer->postings[buffer->posting_count++] = (posting){number, n};
    return true;
}

/* Whether a record of this entity and number still fits. */
static bool fits(const db_search_buffer *buffer, pb_str entity, int64_t n, size_t bytes)
{
    if (buffer->posting_count == 0)
        return true;
    return pb_str_eq(entity_of(buffer), entity) && n >= buffer->base &&
           n - buffer->base < UINT32_MAX - 1 && buffer->posting_count + bytes / 2 < POSTINGS_MAX &&
           buffer->token_count + bytes / 2 < TOKENS_MAX && buffer->byte_count + bytes < BYTES_MAX;
}

static pb_status ready_buffer(db_session *session, pb_str entity, int64_t n, size_t bytes,
                              pb_error *err)
{
    if (entity.len >= ENTITY_MAX || bytes > BYTES_MAX / 2)
        return pb_fail(err, PB_LIMIT, PB_MSG("Too much text for the search index."), NULL);
    if (session->search != NULL && !fits(session->search, entity, n, bytes))
        PB_TRY(db_search_flush(session, err));
    if (session->search == NULL)
        session->search = calloc(1, sizeof *session->search);
    db_search_buffer *buffer = session->search;
    if (buffer == NULL)
        return pb_fail_memory(err);
    if (buffer->posting_count == 0) {
        memcpy(buffer->entity, entity.ptr, entity.len);
        buffer->entity_len = entity.len;
        buffer->base = n;
        buffer->min = n;
        buffer->max = n;
    }
    buffer->min = n < buffer->min ? n : buffer->min;
    buffer->max = n > buffer->max ? n : buffer->max;
    return PB_OK;
}

pb_status db_search_add(db_session *session, pb_str entity, int64_t n, pb_str tokens, pb_error *err)
{
    if (!session->writes)
        return pb_fail(err, PB_INTERNAL, PB_MSG("A snapshot writes nothing."), NULL);
    PB_TRY(ready_buffer(session, entity, n, tokens.len, err));
    db_search_buffer *buffer = session->search;
    size_t at = 0;
    while (at < tokens.len) {
        size_t end = at;
        while (end < tokens.len && tokens.ptr[end] != ' ')
            end++;
        size_t len = end - at < DB_TOKEN_MAX ? end - at : DB_TOKEN_MAX;
        if (len > 0 &&
            !add_posting(buffer, pb_str_n(tokens.ptr + at, len), (uint32_t)(n - buffer->base)))
            return pb_fail_memory(err);
        at = end + 1;
    }
    return PB_OK;
}

/* ---- writing ---- */

/* A token's first eight bytes as a number: most tokens are in order by it alone. */
typedef struct ranked {
    uint64_t key;
    uint32_t token;
} ranked;

static uint64_t first_bytes(pb_str text)
{
    uint64_t key = 0;
    for (size_t i = 0; i < 8; i++)
        key = key << 8 | (i < text.len ? (uint8_t)text.ptr[i] : 0);
    return key;
}

/* Sorts by key, least significant digit first. `other` is as large as `items`. */
static void radix_sort(ranked *items, ranked *other, uint32_t *counts, size_t count)
{
    for (unsigned shift = 0; shift < 64; shift += 16) {
        memset(counts, 0, DIGIT * sizeof *counts);
        for (size_t i = 0; i < count; i++)
            counts[items[i].key >> shift & (DIGIT - 1)]++;
        uint32_t sum = 0;
        for (size_t i = 0; i < DIGIT; i++) {
            uint32_t here = counts[i];
            counts[i] = sum;
            sum += here;
        }
        for (size_t i = 0; i < count; i++)
            other[counts[items[i].key >> shift & (DIGIT - 1)]++] = items[i];
        ranked *swap = items;
        items = other;
        other = swap;
    }
}

static int by_text(const void *a, const void *b, void *context)
{
    const db_search_buffer *buffer = context;
    return pb_str_cmp(token_text(buffer, &buffer->tokens[((const ranked *)a)->token]),
                      token_text(buffer, &buffer->tokens[((const ranked *)b)->token]));
}

static bool sort_tokens(db_search_buffer *buffer, ranked **ret_order)
{
    size_t count = buffer->token_count;
    ranked *order = malloc(count * sizeof *order);
    ranked *other = malloc(count * sizeof *other);
    uint32_t *counts = malloc(DIGIT * sizeof *counts);
    bool good = order != NULL && other != NULL && counts != NULL;
    for (size_t i = 0; good && i < count; i++)
        order[i] = (ranked){first_bytes(token_text(buffer, &buffer->tokens[i])), (uint32_t)i};
    if (good)
        radix_sort(order, other, counts, count);
    for (size_t i = 0, end; good && i < count; i = end) { /* those that differ behind byte eight */
        for (end = i + 1; end < count && order[end].key == order[i].key; end++)
            continue;
        if (end - i > 1)
            qsort_r(order + i, end - i, sizeof *order, by_text, buffer);
    }
    free(other);
    free(counts);
    if (good)
        *ret_order = order;
    else
        free(order);
    return good;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Postings in the order of their tokens; `starts[t]` ends up behind those of token t. */
static int64_t *group(const db_search_buffer *buffer, size_t *starts)
{
    int64_t *ns = malloc(buffer->posting_count * sizeof *ns);
    if (ns == NULL)
        return NULL;
    size_t sum = 0;
    for (size_t i = 0; i < buffer->token_count; i++) {
        starts[i] = sum;
        sum += buffer->tokens[i].count;
    }
    for (size_t i = 0; i < buffer->posting_count; i++)
        ns[starts[buffer->postings[i].token]++] = buffer->base + buffer->postings[i].n;
    return ns;
}

static pb_status write_lists(db_search_buffer *buffer, const ranked *order, int64_t *ns,
                             const size_t *ends, pb_error *err)
{
    for (size_t i = 0; i < buffer->token_count; i++) {
        const token *one = &buffer->tokens[order[i].token];
        int64_t *list = ns + ends[order[i].token] - one->count;
        size_t count = one->count;
        bool sorted = true;
        for (size_t j = 1; sorted && j < count; j++)
            sorted = list[j - 1] <= list[j];
        if (!sorted)
            qsort(list, count, sizeof *list, by_number);
        PB_TRY(db_segment_add(&buffer->writer, token_text(buffer, one), list, count, err));
    }
    return PB_OK;
}

static pb_status flush_large(db_session *session, pb_error *err)
{
    db_search_buffer *buffer = session->search;
    ranked *order = NULL;
    if (is_large(buffer)) { /* nothing is added any more before it is dropped */
        free(buffer->slots);
        buffer->slots = NULL;
    }
    /* One after the other: sorting needs as much again for a while. */
    bool sorted = sort_tokens(buffer, &order);
    size_t *ends = sorted ? malloc(buffer->token_count * sizeof *ends) : NULL;
    int64_t *ns = ends == NULL ? NULL : group(buffer, ends);
    pb_status status = ns == NULL ? pb_fail_memory(err) : PB_OK;
    if (status == PB_OK)
        status = db_segment_begin(&buffer->writer, session, entity_of(buffer), err);
    if (status == PB_OK)
        status = write_lists(buffer, order, ns, ends, err);
    if (status == PB_OK)
        status = db_segment_end(&buffer->writer, 0, err);
    free(order);
    free(ends);
    free(ns);
    PB_TRY(status);
    return db_segments_merge(session, entity_of(buffer), err);
}

/* Counts what the fresh part holds, in a row of its own. */
static pb_status count_fresh(db_session *session, pb_str entity, int64_t more, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = false;
    int64_t now = 0;
    PB_TRY(db_prepare(session,
                      "UPDATE search_segment SET postings = postings + ?2"
                      " WHERE entity = ?1 AND level = -1 RETURNING postings",
                      &stmt, err));
    db_bind_text(stmt, 1, entity);
    db_bind_i64(stmt, 2, more);
    PB_TRY(db_step(stmt, &row, err));
    if (row)
        now = db_column_i64(stmt, 0);
    db_reset(stmt);
    if (!row) {
        PB_TRY(db_prepare(session,
                          "INSERT INTO search_segment (segment, entity, level, parts, postings)"
                          " SELECT COALESCE(MAX(segment), 0) + 1, ?1, -1, 0, ?2"
                          " FROM search_segment",
                          &stmt, err));
        db_bind_text(stmt, 1, entity);
        db_bind_i64(stmt, 2, more);
        PB_TRY(db_run(stmt, err));
    }
    return now > DB_FRESH_MAX ? db_fresh_fold(session, entity, err) : PB_OK;
}

static pb_status flush_small(db_session *session, pb_error *err)
{
    db_search_buffer *buffer = session->search;
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session,
                      "INSERT INTO search_fresh (entity, token, n) VALUES (?1, ?2, ?3)"
                      " ON CONFLICT DO NOTHING",
                      &stmt, err));
    db_bind_text(stmt, 1, entity_of(buffer));
    for (size_t i = 0; i < buffer->posting_count; i++) {
        const posting *one = &buffer->postings[i];
        db_bind_blob(stmt, 2, token_text(buffer, &buffer->tokens[one->token]));
        db_bind_i64(stmt, 3, buffer->base + one->n);
        PB_TRY(db_run(stmt, err));
    }
    return count_fresh(session, entity_of(buffer), (int64_t)buffer->posting_count, err);
}

pb_status db_search_flush(db_session *session, pb_error *err)
{
    db_search_buffer *buffer = session->search;
    if (buffer == NULL || buffer->posting_count == 0)
        return PB_OK;
    pb_status status = buffer->posting_count <= DB_SMALL_FLUSH ? flush_small(session, err)
                                                               : flush_large(session, err);
    db_search_drop(session);
    return status;
}

pb_status db_search_remove(db_session *session, pb_str entity, int64_t n, pb_error *err)
{
    db_stmt *stmt = NULL;
    const db_search_buffer *buffer = session->search;
    if (buffer != NULL && buffer->posting_count > 0 && n >= buffer->min && n <= buffer->max)
        PB_TRY(db_search_flush(session, err));
    PB_TRY(
        db_prepare(session, "DELETE FROM search_fresh WHERE entity = ?1 AND n = ?2", &stmt, err));
    db_bind_text(stmt, 1, entity);
    db_bind_i64(stmt, 2, n);
    PB_TRY(db_run(stmt, err));
    PB_TRY(db_prepare(session,
                      "INSERT INTO search_gone (entity, n, segment)"
                      " SELECT ?1, ?2, MAX(segment) FROM search_segment WHERE entity = ?1"
                      " AND level >= 0 HAVING COUNT(*) > 0"
                      " ON CONFLICT (entity, n) DO UPDATE SET segment = excluded.segment",
                      &stmt, err));
    db_bind_text(stmt, 1, entity);
    db_bind_i64(stmt, 2, n);
    return db_run(stmt, err);
}
