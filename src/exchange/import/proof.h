/* Proving that what stands in a source stands in the workspace: records counted, numbers and
 * amounts summed on both sides, the rejected ones apart. */
#ifndef EXCHANGE_PROOF_H
#define EXCHANGE_PROOF_H

#include "import_internal.h"

typedef struct import_proof import_proof;

/** Ready to add up the rows of a file; `shape` must outlive it. Owner: the caller, proof_free. */
pb_status proof_new(const row_shape *shape, int64_t today_days, import_proof **ret_proof,
                    pb_error *err);
import_proof *proof_free(import_proof *proof);
/** Reads the numbers of a row, and adds them to what was kept or rejected. */
void proof_add(import_proof *proof, const table_row *row, const record_input *inputs, size_t count,
               bool kept);
/** Reads what was written for the file, run `number`, in the same order and compares. Fills
 * file->sums. PB_CORRUPT when it is not equal: the transaction must be rolled back. */
pb_status proof_check(const import_proof *proof, db_session *session, int64_t number,
                      pb_arena *arena, exchange_file *file, pb_error *err);

#endif
