/* Statements that reckon with sensitive values which lie sealed on a server: run here instead, over
 * a copy of the tables they read in an enciphered workspace that is thrown away.
 *
 * So the server never gets the key, and the same question has the same answer on both engines.
 */
#ifndef DB_LOCAL_H
#define DB_LOCAL_H

#include "internal.h"

/** Whether a statement names a sensitive column of a published view (or all columns) and the
 * session's engine keeps such values sealed. Cheap when the schema has no sensitive field. */
bool db_local_needed(const db_session *session, pb_str sql);
/** The session to run it in: a snapshot of a copy made now, or earlier in this transaction. It ends
 * with the transaction of `session`. Cost: reading the tables once. */
pb_status db_local_session(db_session *session, pb_str sql, db_session **ret_local, pb_error *err);
/** Throws the copies away. */
void db_local_forget(db_session *session);

#endif
