/* Rows that may change records which are there: what says which, and what came of each. */
#ifndef EXCHANGE_BRING_H
#define EXCHANGE_BRING_H

#include "import_internal.h"

typedef struct bringing bringing;

/** Ready for the rows of a file; `*ret_bringing` NULL: every row is a new record. PB_USAGE when the
 * file has nothing of what rows are to be matched by. Owner: the caller, bring_free. */
pb_status bring_new(const exchange_options *options, const exchange_file *file,
                    const row_shape *shape, bringing **ret_bringing, pb_error *err);
bringing *bring_free(bringing *b);
/** Before the rows that a writer takes. */
pb_status bring_use(bringing *b, record_writer *writer, pb_error *err);
/** What bring_back goes back to when a transaction is done again; NULL is taken by both. */
uint64_t bring_mark(const bringing *b);
void bring_back(bringing *b, uint64_t mark);
/** As record_bring; with `b` NULL as record_create. */
pb_status bring_row(bringing *b, record_writer *writer, const exchange_file *file,
                    const table_row *row, const record_input *inputs, size_t count,
                    record_origin origin, record_brought *ret_brought,
                    const record_problem **ret_problems, size_t *ret_problem_count, pb_error *err);
/** Names that no entity of the plan knows are PB_USAGE. */
pb_status bring_check(const exchange_options *options, const exchange_plan *plan, pb_error *err);

#endif
