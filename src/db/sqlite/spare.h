/* Memory for opening a database, asked for before; see spare.c. */
#ifndef DB_SQLITE_SPARE_H
#define DB_SQLITE_SPARE_H

#include "sqlite.h"

/** sqlite3_initialize, which belongs before anything else that is asked of SQLite. Threads: any. */
int db_spare_initialize(void);
/** sqlite3_open_v2, which without memory says SQLITE_NOMEM in every case. */
int db_spare_open(const char *path, sqlite3 **ret_db, int flags, const char *vfs);

#endif
