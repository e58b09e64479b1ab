/* Memory for opening a database, asked for before.
 *
 * SQLite3 Multiple Ciphers 2.4 copies its table of parameters while a database is opened, into two
 * blocks, and looks at only one of them before it writes to both
 * (sqlite3mcCloneCodecParameterTable): without memory for the other the program would fall. So
 * SQLite asks for memory through a layer that has some blocks in hand while a database is opened.
 * Opening that needed one of them fails in the end: memory has run out.
 */
#include "spare.h"

#include <pthread.h>

enum { SPARE_BLOCKS = 8, SPARE_SIZE = 16 << 10 }; /* the table takes some 3 KiB */

typedef struct spares {
    void *blocks[SPARE_BLOCKS];
    size_t left;
    bool used;
} spares;

static sqlite3_mem_methods beneath;
static pthread_once_t installed = PTHREAD_ONCE_INIT;
static _Thread_local spares *in_hand; /* while this thread opens a database */
static _Thread_local bool ran_out;    /* since db_spare_forget */

static void *take(int size)
{
    spares *hand = in_hand;
    if (hand == NULL)
        return NULL;
    hand->used = true;
    return size <= SPARE_SIZE && hand->left > 0 ? hand->blocks[--hand->left] : NULL;
}

static void *spare_malloc(int size)
{
    void *block = beneath.xMalloc(size);
    if (block != NULL)
        return block;
    ran_out = true;
    return take(size);
}

static void *spare_realloc(void *old, int size)
{
    void *block = beneath.xRealloc(old, size);
    ran_out = ran_out || block == NULL;
    return block;
}

void db_spare_forget(void)
{
    ran_out = false;
}

bool db_spare_ran_out(void)
{
    return ran_out;
}

/* SQLite asks that before it is first used, and never again. */
static void install(void)
{
    sqlite3_mem_methods methods;
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &beneath) != SQLITE_OK)
        return;
    methods = beneath;
    methods.xMalloc = spare_malloc;
    methods.xRealloc = spare_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

int db_spare_initialize(void)
{
    pthread_once(&installed, install);
    return sqlite3_initialize();
}

static void release(spares *hand)
{
    while (hand->left > 0)
        sqlite3_free(hand->blocks[--hand->left]);
}

int db_spare_open(const char *path, sqlite3 **ret_db, int flags, const char *vfs)
{
    spares hand = {.left = 0};
    while (hand.left < SPARE_BLOCKS) {
        void *block = sqlite3_malloc(SPARE_SIZE);
        if (block == NULL) {
            release(&hand);
            return SQLITE_NOMEM;
        }
        hand.blocks[hand.left++] = block;
    }
    in_hand = &hand;
    int code = sqlite3_open_v2(path, ret_db, flags, vfs);
    in_hand = NULL;
    release(&hand);
    return code == SQLITE_OK && hand.used ? SQLITE_NOMEM : code;
}
