/* Comparing stored records with their history in the ledger, value by value.
 *
 * To be handed to ledger_verify_with as its row check: what ledger cannot do because only record
 * knows how payloads are written.
 * Refuses: mending; judging a value whose event had its payload erased.
 */
#ifndef RECORD_VERIFY_H
#define RECORD_VERIFY_H

#include "ledger/ledger.h"

typedef struct record_checker record_checker;

/** Working memory of a verification; any threads may use it at once. NULL without memory. Owner:
 * the caller. `schema` must outlive it. */
record_checker *record_checker_new(void);
record_checker *record_checker_free(record_checker *checker);
/** A ledger_row_check whose context is a record_checker: replays the chain of each record's events
 * and compares it with the row. PB_CORRUPT names entity, id and column of the first difference. */
pb_status record_verify_rows(void *checker, db_session *session, const model_entity *entity,
                             int64_t from, int64_t to, ledger_rows *rows, pb_error *err);

#endif
