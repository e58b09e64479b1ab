/* Segments of the search index: writing, reading, finding a place in them. */
#include "search_internal.h"

/* Longest number in LEB128, and the most an entry needs before its postings. */
enum { NUMBER_MAX = 10, ENTRY_HEAD = DB_TOKEN_MAX + 3 * NUMBER_MAX };

static size_t put_number(uint8_t *to, uint64_t value)
{
    size_t len = 0;
    while (value >= 0x80) {
        to[len++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    to[len++] = (uint8_t)value;
    return len;
}

static uint64_t get_number(const uint8_t *from, size_t end, size_t *at)
{
    uint64_t value = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = from[(*at)++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            break;
    }
    return value;
}

/* ---- writing ---- */

pb_status db_segment_begin(db_segment_writer *writer, db_session *session, pb_str entity,
                           pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = false;
    PB_TRY(db_prepare(session, "SELECT MAX(segment) FROM search_segment", &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    int64_t last = row ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    writer->session = session;
    writer->entity = entity;
    writer->segment = last + 1;
    writer->parts = 0;
    writer->postings = 0;
    writer->token_len = 0;
    writer->len = 0;
    return PB_OK;
}

static pb_status flush_block(db_segment_writer *writer, pb_error *err)
{
    if (writer->len == 0)
        return PB_OK;
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(writer->session,
                      "INSERT INTO search_block (id, first, body) VALUES (?1, ?2, ?3)", &stmt,
                      err));
    db_bind_i64(stmt, 1, writer->segment << DB_PART_BITS | writer->parts);
    db_bind_blob(stmt, 2, pb_str_n(writer->first, writer->first_len));
    db_bind_blob(stmt, 3, pb_str_n((const char *)writer->body, writer->len));
    PB_TRY(db_run(stmt, err));
    writer->parts++;
    writer->len = 0;
    writer->token_len = 0;
    return PB_OK;
}

static void entry_head(db_segment_writer *writer, pb_str token, size_t count)
{
    size_t shared = 0;
    while (shared < token.len && shared < writer->token_len &&
           token.ptr[shared] == writer->token[shared])
        shared++;
    if (writer->len == 0) {
        memcpy(writer->first, token.ptr, token.len);
        writer->first_len = token.len;
        shared = 0;
    }
    uint8_t *body = writer->body;
    writer->len += put_number(body + writer->len, shared);
    writer->len += put_number(body + writer->len, token.len - shared);
    memcpy(body + writer->len, token.ptr + shared, token.len - shared);
    writer->len += token.len - shared;
    writer->len += put_number(body + writer->len, count);
    memcpy(writer->token, token.ptr, token.len);
    writer->token_len = token.len;
}

pb_status db_segment_add(db_segment_writer *writer, pb_str token, const int64_t *ns, size_t count,
                         pb_error *err)
{
    writer->postings += (int64_t)count;
    while (count > 0) {
        /* Differences are seldom longer than four bytes; room is kept for the longest all the same.
         */
        size_t room = DB_BLOCK_MAX - writer->len;
        if (room < ENTRY_HEAD + 4 * NUMBER_MAX) {
            PB_TRY(flush_block(writer, err));
            room = DB_BLOCK_MAX;
        }
        size_t most = (room - ENTRY_HEAD) / NUMBER_MAX;
        size_t take = count < most ? count : most;
        entry_head(writer, token, take);
        int64_t before = 0;
        for (size_t i = 0; i < take; i++) {
            writer->len += put_number(writer->body + writer->len, (uint64_t)(ns[i] - before));
            before = ns[i];
        }
        ns += take;
        count -= take;
    }
    return PB_OK;
}

pb_status db_segment_end(db_segment_writer *writer, int64_t level, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(flush_block(writer, err));
    if (writer->parts >> DB_PART_BITS != 0)
        return pb_fail(err, PB_LIMIT, PB_MSG("The search index is too large."), NULL);
    PB_TRY(db_prepare(writer->session,
                      "INSERT INTO search_segment (segment, entity, level, parts, postings)"
                      " VALUES (?1, ?2, ?3, ?4, ?5)",
                      &stmt, err));
    db_bind_i64(stmt, 1, writer->segment);
    db_bind_text(stmt, 2, writer->entity);
    db_bind_i64(stmt, 3, level);
    db_bind_i64(stmt, 4, writer->parts);
    db_bind_i64(stmt, 5, writer->postings);
    return db_run(stmt, err);
}

/* ---- reading ---- */

static pb_status fail_damaged(pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("The search index is damaged."), NULL);
}

static pb_status read_block(db_segment_reader *reader, db_session *session, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = false;
    PB_TRY(db_prepare(session, "SELECT body FROM search_block WHERE id = ?1", &stmt, err));
    db_bind_i64(stmt, 1, reader->segment << DB_PART_BITS | reader->part);
    PB_TRY(db_step(stmt, &row, err));
    pb_str body = row ? db_column_blob(stmt, 0) : PB_STR_NONE;
    bool good = body.len > 0 && body.len <= DB_BLOCK_MAX;
    if (good)
        memcpy(reader->body, body.ptr, body.len);
    db_reset(stmt);
    if (!good)
        return fail_damaged(err);
    reader->len = body.len;
    reader->at = 0;
    reader->token_len = 0;
    reader->part++;
    return PB_OK;
}

pb_status db_segment_next(db_segment_reader *reader, db_session *session, bool *ret_more,
                          pb_error *err)
{
    int64_t unread;
    while (db_segment_n(reader, &unread))
        continue;
    if (reader->at >= reader->len) {
        if (reader->part >= reader->end) {
            *ret_more = false;
            return PB_OK;
        }
        PB_TRY(read_block(reader, session, err));
    }
    uint64_t shared = get_number(reader->body, reader->len, &reader->at);
    uint64_t rest = get_number(reader->body, reader->len, &reader->at);
    if (shared > reader->token_len || rest > DB_TOKEN_MAX || shared + rest > DB_TOKEN_MAX ||
        rest > reader->len - reader->at)
        return fail_damaged(err);
    memcpy(reader->token + shared, reader->body + reader->at, rest);
    reader->token_len = shared + rest;
    reader->at += rest;
    reader->left = get_number(reader->body, reader->len, &reader->at);
    reader->n = 0;
    *ret_more = true;
    return PB_OK;
}

bool db_segment_n(db_segment_reader *reader, int64_t *ret_n)
{
    if (reader->left == 0 || reader->at >= reader->len)
        return false;
    reader->left--;
    reader->n += (int64_t)get_number(reader->body, reader->len, &reader->at);
    *ret_n = reader->n;
    return true;
}

pb_status db_segments(db_session *session, pb_str entity, pb_arena *arena,
                      db_segment **ret_segments, size_t *ret_count, pb_error *err)
{
    db_stmt *stmt = NULL;
    db_segment *items = NULL;
    size_t count = 0;
    size_t capacity = 0;
    bool row = false;
    PB_TRY(db_prepare(session,
                      "SELECT segment, level, parts, postings FROM search_segment"
                      " WHERE entity = ?1 AND level >= 0 ORDER BY segment DESC",
                      &stmt, err));
    db_bind_text(stmt, 1, entity);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        db_segment one = {db_column_i64(stmt, 0), db_column_i64(stmt, 1), db_column_i64(stmt, 2),
                          db_column_i64(stmt, 3)};
        if (!PB_PUSH(arena, items, count, capacity, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_segments = items;
    *ret_count = count;
    return PB_OK;
}

/* Compares the first token of a part with the prefix: <0 before all that begin with it, 0 begins
 * with it, >0 behind. */
static pb_status compare_part(db_session *session, const db_segment *segment, int64_t part,
                              pb_str prefix, int *ret_order, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = false;
    PB_TRY(db_prepare(session, "SELECT first FROM search_block WHERE id = ?1", &stmt, err));
    db_bind_i64(stmt, 1, segment->segment << DB_PART_BITS | part);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return fail_damaged(err);
    pb_str first = db_column_blob(stmt, 0);
    *ret_order = pb_str_starts(first, prefix) ? 0 : pb_str_cmp(first, prefix);
    db_reset(stmt);
    return PB_OK;
}

pb_status db_segment_range(db_session *session, const db_segment *segment, pb_str prefix,
                           int64_t *ret_from, int64_t *ret_to, pb_error *err)
{
    int64_t bounds[2];
    for (int end = 0; end < 2; end++) {
        int64_t low = 0;
        int64_t high = segment->parts;
        while (low < high) {
            int64_t middle = low + (high - low) / 2;
            int order = 0;
            PB_TRY(compare_part(session, segment, middle, prefix, &order, err));
            if (order < 0 || (end == 1 && order == 0))
                low = middle + 1;
            else
                high = middle;
        }
        bounds[end] = low;
    }
    *ret_from = bounds[0] > 0 ? bounds[0] - 1 : 0; /* the part before may end with such tokens */
    *ret_to = bounds[1];
    return PB_OK;
}
