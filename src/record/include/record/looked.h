/* Who looked at a record: the log's events of reading, found by the record.
 *
 * An event of reading names the records that were shown. To find the events of one record, what
 * they name is filed in a table of its own, afterwards and in portions: reading itself costs one
 * event and nothing else. What the log says is told, never what the table says of it.
 * Threads: as the session.
 */
#ifndef RECORD_LOOKED_H
#define RECORD_LOOKED_H

#include "record/record.h"

/** Events that one call of record_looked_file goes through at most. */
enum { RECORD_LOOKED_PORTION = 20000 };

/** Files what events of reading name, RECORD_LOOKED_PORTION events further; `*ret_done`: up to the
 * end of the log. Inside db_write. O(events). */
pb_status record_looked_file(db_session *session, bool *ret_done, pb_error *err);

/** One reading. Texts live until the call returns. */
typedef struct record_looked {
    uint64_t sequence;
    const ledger_event *event; /* who, when, why */
    bool erased;               /* its payload is gone: fields and number are not known any more */
    const pb_str *fields;      /* names of the fields that were shown, of all its records */
    size_t field_count;
    uint64_t records; /* shown at once */
    bool named;       /* it names this record; else it showed so many of the entity that it does not
                         name all of them, and this one may have been among them */
} record_looked;
typedef pb_status (*record_looked_each)(void *context, const record_looked *looked, pb_error *err);

/** Calls `each` for the readings of a record, and of those merged into it, that are filed: at most
 * `limit`, newest first, of those before sequence `before`. */
pb_status record_looked_list(db_session *session, const model_entity *entity, pb_uuid id,
                             uint64_t before, size_t limit, record_looked_each each, void *context,
                             pb_error *err);

#endif
