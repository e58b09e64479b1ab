/* Private to audit: what costs most and needs no other control, done by a second thread on a
 * snapshot of its own while the first one evaluates the rest.
 *
 * The thread works on an audit_work of its own; what it found is handed over whole, and only read
 * from then on. Each thing is found by the same calls whoever makes them, so the result is the
 * same without it.
 */
#ifndef AUDIT_AHEAD_PRIVATE_H
#define AUDIT_AHEAD_PRIVATE_H

#include "run.h"

typedef struct audit_ahead audit_ahead;

/** Begins, when the options give a second snapshot; else leaves NULL. The owner of `work` ends it
 * with ahead_end when nothing of the run is used any more. */
pb_status ahead_start(audit_work *work, pb_error *err);
/** Tells that the survey of `work` is done: texts can be looked at now. */
void ahead_surveyed(audit_work *work);
/** Waits until the thread is done with the duplicates (or the texts) of an entity and puts what it
 * found into `state`. `*ret_taken` false: it does not look for that. Its failure is returned. */
pb_status ahead_twins(audit_work *work, entity_state *state, bool *ret_taken, pb_error *err);
pb_status ahead_texts(audit_work *work, entity_state *state, bool *ret_taken, pb_error *err);
/** Stops the thread, waits for its end and frees what it found. Takes NULL. */
void ahead_end(audit_ahead *ahead);
/** True when the run was stopped: to be asked now and then by what takes long. */
bool ahead_stopped(const audit_ahead *ahead);

#endif
