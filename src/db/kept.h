/* What the rest of db does about the declarations that a workspace keeps. */
#ifndef DB_KEPT_INTERNAL_H
#define DB_KEPT_INTERNAL_H

#include "internal.h"

/** Takes on the model that holds now; at opening, before the tables are looked at, and when a
 * workspace that is being filled got its declarations. */
pb_status db_kept_adopt(db_workspace *workspace, pb_error *err);
/** In a transaction that was just begun: notices that the model was changed. `foreign`: somebody
 * else may have done so. */
pb_status db_kept_look(db_session *writer, bool foreign, pb_error *err);
/** The transaction was committed. */
void db_kept_committed(db_workspace *workspace);

#endif
