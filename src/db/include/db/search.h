/* The search index: which records hold which tokens. The tokens are made in model and only stored
 * here.
 *
 * Cost, measured: see src/db/README.md. Threads: as a session.
 */
#ifndef DB_SEARCH_H
#define DB_SEARCH_H

#include "db/read.h"

/** Says that record `n` of `entity` holds `tokens` (separated by ASCII blanks; the same token twice
 * is fine; tokens longer than 64 bytes are cut). For a record that is in the index already call
 * db_search_remove before. Inside db_write; queries of the same transaction find it too. Cheapest
 * for one entity after the other, `n` rising. */
pb_status db_search_add(db_session *session, pb_str entity, int64_t n, pb_str tokens,
                        pb_error *err);
/** Takes record `n` out of the index; no failure when it is not there. */
pb_status db_search_remove(db_session *session, pb_str entity, int64_t n, pb_error *err);

/** Writes into `ret_ns` (room for `limit`) the records of `entity` that hold, for each of the
 * blank-separated `prefixes` (at most 32 are looked at), a token that begins with it, `*ret_count`
 * of them, rising. When more than `limit` would fit it is not said which are given. No prefixes:
 * none. */
pb_status db_search_query(db_session *session, pb_str entity, pb_str prefixes, size_t limit,
                          int64_t *ret_ns, size_t *ret_count, pb_error *err);

/** Appends to `out` texts, each followed by a blank, that tokens of `entity` begin with and that
 * are one error away from `word`: a letter changed, missing or too many, or two neighbours swapped.
 * Words of 4 to 24 letters a–z; nothing for others. Cost: some hundred block reads a segment. */
pb_status db_search_near(db_session *session, pb_str entity, pb_str word, pb_buf *out,
                         pb_error *err);

#endif
