/* The number of the last commit, from the index of the write-ahead log: memory that all processes
 * share which have the file open. Its first 96 bytes are two copies of a head, the second written
 * first; the third word of each counts commits (https://sqlite.org/walformat.html, 2.1).
 */
#include "sqlite.h"

enum { REGION = 32768, VERSION = 3007000, HEAD_WORDS = 12, AT_VERSION = 0, AT_CHANGE = 2 };

/* Stays where it is until the connection is closed. */
static const volatile uint32_t *find_index(db_conn *conn)
{
    sqlite3_file *file = NULL;
    volatile void *region = NULL;
    int code = sqlite3_file_control(conn->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code != SQLITE_OK || file == NULL || file->pMethods == NULL ||
        file->pMethods->iVersion < 2 || file->pMethods->xShmMap == NULL ||
        file->pMethods->xShmMap(file, 0, REGION, 0, &region) != SQLITE_OK)
        return NULL;
    return region;
}

bool db_sqlite_stamp(db_conn *conn, uint32_t *ret_stamp, bool *ret_begun)
{
    *ret_begun = sqlite3_get_autocommit(conn->db) == 0;
    if (conn->target->scratch) /* without such a log, nobody would let go of its index */
        return false;
    if (conn->index == NULL && *ret_begun)
        conn->index = find_index(conn);
    if (conn->index == NULL)
        return false;
    /* The other way round than they are written: equal means that both are of one commit. */
    uint32_t first = __atomic_load_n(&conn->index[AT_CHANGE], __ATOMIC_ACQUIRE);
    uint32_t second = __atomic_load_n(&conn->index[HEAD_WORDS + AT_CHANGE], __ATOMIC_ACQUIRE);
    *ret_stamp = first;
    return first == second && conn->index[AT_VERSION] == VERSION;
}
