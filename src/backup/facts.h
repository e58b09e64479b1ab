/* What a state of a workspace looks like from outside: counts, sums, a sample of its rows, the
 * ledger's head. Taken when a backup is made, and again from what was restored. */
#ifndef BACKUP_FACTS_H
#define BACKUP_FACTS_H

#include "manifest.h"

#include "db/read.h"
#include "model/schema.h"

/** Reads the facts of the state `session` sees; texts live in `arena`. One pass over each entity's
 * table. Of `rows` the samples have their columns in the order of the model, whatever order a table
 * that grew has them in; pages keep that order. Without a schema (NULL) the ledger's head only: no
 * model of today says what a former state consists of, and nothing is compared with it. */
pb_status facts_read(db_session *session, const model_schema *schema, const piece_box *box,
                     bool rows, pb_arena *arena, manifest_facts *ret_facts, pb_error *err);

#endif
