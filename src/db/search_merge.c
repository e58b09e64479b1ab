/* Keeping the search index small: fresh rows become a segment, segments of one size become one. */
#include "search_internal.h"

/* A list of records, and those taken out of older segments. */
typedef struct numbers {
    int64_t *items;
    size_t count, cap;
} numbers;

typedef struct gone {
    int64_t n, segment;
} gone;

typedef struct merge {
    db_session *session;
    pb_str entity;
    pb_arena *arena;
    gone *gone;
    size_t gone_count;
    db_segment_reader *readers;
    bool more[DB_MERGE_WAYS];
    size_t ways;
    numbers list;
    db_segment_writer *writer;
} merge;

static pb_status push(numbers *list, int64_t n, pb_error *err)
{
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 1024 : 2 * list->cap;
        int64_t *items = realloc(list->items, cap * sizeof *items);
        if (items == NULL)
            return pb_fail_memory(err);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = n;
    return PB_OK;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* In rising order, each once. */
static void settle(numbers *list)
{
    bool rising = true;
    for (size_t i = 1; rising && i < list->count; i++)
        rising = list->items[i - 1] < list->items[i];
    if (rising)
        return;
    qsort(list->items, list->count, sizeof *list->items, by_number);
    size_t kept = 1;
    for (size_t i = 1; i < list->count; i++)
        if (list->items[i] != list->items[kept - 1])
            list->items[kept++] = list->items[i];
    list->count = kept;
}

static pb_status run_for(db_session *session, const char *sql, pb_str entity, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_text(stmt, 1, entity);
    return db_run(stmt, err);
}

/* ---- the fresh part ---- */

static pb_status fold_rows(db_session *session, pb_str entity, db_segment_writer *writer,
                           numbers *list, pb_error *err)
{
    db_stmt *stmt = NULL;
    char token[DB_TOKEN_MAX];
    size_t len = 0;
    bool row = false;
    PB_TRY(db_prepare(session,
                      "SELECT token, n FROM search_fresh WHERE entity = ?1 ORDER BY token, n",
                      &stmt, err));
    db_bind_text(stmt, 1, entity);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        pb_str next = row ? db_column_blob(stmt, 0) : PB_STR_NONE;
        if (list->count > 0 && (!row || !pb_str_eq(next, pb_str_n(token, len)))) {
            PB_TRY(db_segment_add(writer, pb_str_n(token, len), list->items, list->count, err));
            list->count = 0;
        }
        if (!row)
            return PB_OK;
        len = next.len < DB_TOKEN_MAX ? next.len : DB_TOKEN_MAX;
        memcpy(token, next.ptr, len);
        PB_TRY(push(list, db_column_i64(stmt, 1), err));
    }
}

pb_status db_fresh_fold(db_session *session, pb_str entity, pb_error *err)
{
    numbers list = {NULL, 0, 0};
    db_segment_writer *writer = malloc(sizeof *writer);
    if (writer == NULL)
        return pb_fail_memory(err);
    pb_status status = db_segment_begin(writer, session, entity, err);
    if (status == PB_OK)
        status = fold_rows(session, entity, writer, &list, err);
    if (status == PB_OK && writer->postings > 0)
        status = db_segment_end(writer, 0, err);
    free(list.items);
    free(writer);
    PB_TRY(status);
    PB_TRY(run_for(session, "DELETE FROM search_fresh WHERE entity = ?1", entity, err));
    PB_TRY(run_for(session, "DELETE FROM search_segment WHERE entity = ?1 AND level = -1", entity,
                   err));
    return db_segments_merge(session, entity, err);
}

/* ---- segments ---- */

static pb_status load_gone(merge *work, pb_error *err)
{
    db_stmt *stmt = NULL;
    size_t cap = 0;
    bool row = false;
    PB_TRY(db_prepare(work->session,
                      "SELECT n, segment FROM search_gone WHERE entity = ?1 ORDER BY n", &stmt,
                      err));
    db_bind_text(stmt, 1, work->entity);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        gone one = {db_column_i64(stmt, 0), db_column_i64(stmt, 1)};
        if (!PB_PUSH(work->arena, work->gone, work->gone_count, cap, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
}

static bool is_gone(const merge *work, int64_t n, int64_t segment)
{
    size_t low = 0;
    size_t high = work->gone_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (work->gone[middle].n < n)
            low = middle + 1;
        else
            high = middle;
    }
    return low < work->gone_count && work->gone[low].n == n && work->gone[low].segment >= segment;
}

static pb_status gather(merge *work, pb_str token, pb_error *err)
{
    work->list.count = 0;
    for (size_t i = 0; i < work->ways; i++) {
        db_segment_reader *reader = &work->readers[i];
        int64_t n;
        while (work->more[i] && pb_str_eq(pb_str_n(reader->token, reader->token_len), token)) {
            while (db_segment_n(reader, &n))
                if (!is_gone(work, n, reader->segment))
                    PB_TRY(push(&work->list, n, err));
            PB_TRY(db_segment_next(reader, work->session, &work->more[i], err));
        }
    }
    settle(&work->list);
    if (work->list.count == 0)
        return PB_OK;
    return db_segment_add(work->writer, token, work->list.items, work->list.count, err);
}

static pb_status merge_tokens(merge *work, pb_error *err)
{
    for (size_t i = 0; i < work->ways; i++)
        PB_TRY(db_segment_next(&work->readers[i], work->session, &work->more[i], err));
    for (;;) {
        pb_str least = PB_STR_NONE;
        for (size_t i = 0; i < work->ways; i++) {
            pb_str token = pb_str_n(work->readers[i].token, work->readers[i].token_len);
            if (work->more[i] && (least.ptr == NULL || pb_str_cmp(token, least) < 0))
                least = token;
        }
        if (least.ptr == NULL)
            return PB_OK;
        char token[DB_TOKEN_MAX];
        memcpy(token, least.ptr, least.len);
        PB_TRY(gather(work, pb_str_n(token, least.len), err));
    }
}

static pb_status drop_segment(db_session *session, int64_t segment, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, "DELETE FROM search_block WHERE id >= ?1 AND id < ?2", &stmt, err));
    db_bind_i64(stmt, 1, segment << DB_PART_BITS);
    db_bind_i64(stmt, 2, (segment + 1) << DB_PART_BITS);
    PB_TRY(db_run(stmt, err));
    PB_TRY(db_prepare(session, "DELETE FROM search_segment WHERE segment = ?1", &stmt, err));
    db_bind_i64(stmt, 1, segment);
    return db_run(stmt, err);
}

static pb_status merge_these(merge *work, const db_segment *const *from, pb_error *err)
{
    work->readers = calloc(DB_MERGE_WAYS, sizeof *work->readers);
    work->writer = malloc(sizeof *work->writer);
    if (work->readers == NULL || work->writer == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < work->ways; i++) {
        work->readers[i].segment = from[i]->segment;
        work->readers[i].end = from[i]->parts;
    }
    PB_TRY(load_gone(work, err));
    PB_TRY(db_segment_begin(work->writer, work->session, work->entity, err));
    PB_TRY(merge_tokens(work, err));
    PB_TRY(db_segment_end(work->writer, from[0]->level + 1, err));
    for (size_t i = 0; i < work->ways; i++)
        PB_TRY(drop_segment(work->session, from[i]->segment, err));
    /* What was taken out of segments that are no more need not be remembered. */
    return run_for(work->session,
                   "DELETE FROM search_gone WHERE entity = ?1 AND segment < (SELECT MIN(segment)"
                   " FROM search_segment WHERE entity = ?1 AND level >= 0)",
                   work->entity, err);
}

static pb_status merge_level(db_session *session, pb_str entity, const db_segment *const *from,
                             pb_arena *arena, pb_error *err)
{
    merge work = {.session = session, .entity = entity, .arena = arena, .ways = DB_MERGE_WAYS};
    pb_status status = merge_these(&work, from, err);
    free(work.readers);
    free(work.writer);
    free(work.list.items);
    return status;
}

pb_status db_segments_merge(db_session *session, pb_str entity, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_segment *segments = NULL;
    size_t count = 0;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_segments(session, entity, arena, &segments, &count, err));
    for (size_t i = 0; i < count; i++) {
        const db_segment *same[DB_MERGE_WAYS];
        size_t ways = 0;
        for (size_t j = count; j > 0 && ways < DB_MERGE_WAYS; j--) /* oldest first */
            if (segments[j - 1].level == segments[i].level)
                same[ways++] = &segments[j - 1];
        if (ways < DB_MERGE_WAYS)
            continue;
        PB_TRY(merge_level(session, entity, same, arena, err));
        return db_segments_merge(session, entity, err);
    }
    return PB_OK;
}
