/* Memory for opening a database, asked for before; see spare.c. */
#ifndef DB_SQLITE_SPARE_H
#define DB_SQLITE_SPARE_H

#include "sqlite.h"

/** sqlite3_initialize, which belongs before anything else that is asked of SQLite. Threads: any. */
int db_spare_initialize(void);
/** Did this thread ask for memory in vain since db_spare_forget? SQLite goes on without in some
 * places, and takes in others a name it could not look up for one that is not there. */
void db_spare_forget(void);
bool db_spare_ran_out(void);
/** sqlite3_open_v2, which without memory says SQLITE_NOMEM in every case. */
int db_spare_open(const char *path, sqlite3 **ret_db, int flags, const char *vfs);

#endif
