/* The search index inside: a fresh part for small transactions, sorted segments for the rest.
 *
 * A segment is written once: its tokens in byte order, in blocks of one database page. A block is a
 * row of entries: length shared with the token before, length and bytes of the rest, number of
 * records, the first record's n, then differences; all numbers as LEB128. A token's list may go on
 * in the next entry.
 */
#ifndef DB_SEARCH_INTERNAL_H
#define DB_SEARCH_INTERNAL_H

#include "internal.h"

#include "db/search.h"

enum {
    DB_TOKEN_MAX = 64,     /* bytes; longer ones are cut */
    DB_BLOCK_MAX = 7800,   /* a row of one page of the embedded engine */
    DB_PART_BITS = 24,     /* block id = segment << bits | part */
    DB_SMALL_FLUSH = 4000, /* fewer postings go to the fresh part */
    DB_FRESH_MAX = 50000,  /* so many become a segment */
    DB_MERGE_WAYS = 8,     /* so many segments of one level become one of the next */
    DB_LEVEL_FRESH = -1,   /* level of the row that counts the fresh part */
};

/** Writes one segment, token after token in byte order. */
typedef struct db_segment_writer {
    db_session *session;
    pb_str entity;
    int64_t segment;
    int64_t parts, postings;
    char token[DB_TOKEN_MAX]; /* the last one written */
    size_t token_len;
    char first[DB_TOKEN_MAX];
    size_t first_len;
    size_t len;
    uint8_t body[DB_BLOCK_MAX];
} db_segment_writer;

pb_status db_segment_begin(db_segment_writer *writer, db_session *session, pb_str entity,
                           pb_error *err);
/** `ns` rise. */
pb_status db_segment_add(db_segment_writer *writer, pb_str token, const int64_t *ns, size_t count,
                         pb_error *err);
pb_status db_segment_end(db_segment_writer *writer, int64_t level, pb_error *err);

/** Reads a segment from a part on. */
typedef struct db_segment_reader {
    int64_t segment, part, end; /* parts [part, end) */
    uint8_t body[DB_BLOCK_MAX];
    size_t len, at;
    char token[DB_TOKEN_MAX];
    size_t token_len;
    uint64_t left; /* postings of this entry not yet read */
    int64_t n;
} db_segment_reader;

/** The next entry: its token, then its postings by db_segment_n. `*ret_more` false at the end. */
pb_status db_segment_next(db_segment_reader *reader, db_session *session, bool *ret_more,
                          pb_error *err);
/** The next posting of the entry; false when there is none. */
bool db_segment_n(db_segment_reader *reader, int64_t *ret_n);

typedef struct db_segment {
    int64_t segment, level, parts, postings;
} db_segment;

/** All segments of an entity, newest first, in the arena. */
pb_status db_segments(db_session *session, pb_str entity, pb_arena *arena,
                      db_segment **ret_segments, size_t *ret_count, pb_error *err);
/** Parts of a segment that may hold tokens beginning with `prefix`: [*ret_from, *ret_to). */
pb_status db_segment_range(db_session *session, const db_segment *segment, pb_str prefix,
                           int64_t *ret_from, int64_t *ret_to, pb_error *err);
/** Merges segments of a level when there are DB_MERGE_WAYS of them. */
pb_status db_segments_merge(db_session *session, pb_str entity, pb_error *err);
/** The fresh part becomes a segment. */
pb_status db_fresh_fold(db_session *session, pb_str entity, pb_error *err);

#endif
