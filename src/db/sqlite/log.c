/* The write-ahead log: its frames and what the processes share about it. */
#include "log.h"

uint32_t db_big32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           (uint32_t)bytes[3];
}

static uint32_t word(const uint8_t *bytes, bool big)
{
    if (big)
        return db_big32(bytes);
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 |
           (uint32_t)bytes[0];
}

void db_log_sum(const uint8_t *bytes, size_t len, bool big, uint32_t sum[2])
{
    for (size_t i = 0; i + 8 <= len; i += 8) {
        sum[0] += word(bytes + i, big) + sum[1];
        sum[1] += word(bytes + i + 4, big) + sum[0];
    }
}

bool db_frame_good(const uint8_t *frame, const uint8_t salt[DB_LOG_SALT], bool big, uint32_t sum[2])
{
    uint32_t next[2] = {sum[0], sum[1]};
    if (memcmp(frame + 8, salt, DB_LOG_SALT) != 0)
        return false;
    db_log_sum(frame, 8, big, next);
    db_log_sum(frame + DB_FRAME_HEAD, DB_SQLITE_PAGE, big, next);
    if (next[0] != db_big32(frame + 16) || next[1] != db_big32(frame + 20))
        return false;
    sum[0] = next[0];
    sum[1] = next[1];
    return true;
}

int64_t db_frame_at(uint32_t number)
{
    return DB_LOG_HEAD + ((int64_t)number - 1) * DB_FRAME_SIZE;
}

/* ---- what the processes share ---- */

/* The head of the shared index: it stands there twice, and ends with a checksum. */
typedef struct index_head {
    uint32_t version, unused, change;
    uint8_t made, big;
    uint16_t page_size;
    uint32_t frames, pages;
    uint32_t frame_sum[2];
    uint8_t salt[DB_LOG_SALT];
    uint32_t sum[2];
} index_head;
_Static_assert(sizeof(index_head) == 48, "as the format has it");

enum { INDEX_REGION = 32768, INDEX_TRIES = 1000 };

/* Its checksum is made of words in the machine's own order. */
static bool index_good(const index_head *head)
{
    uint32_t sum[2] = {0, 0};
    static const uint32_t one = 1;
    bool big = *(const uint8_t *)&one == 0;
    db_log_sum((const uint8_t *)head, sizeof *head - sizeof head->sum, big, sum);
    return head->made != 0 && sum[0] == head->sum[0] && sum[1] == head->sum[1];
}

static void copy_shared(void *to, const volatile uint8_t *from, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)to)[i] = from[i];
}

static pb_status file_of(db_conn *conn, sqlite3_file **ret_file, pb_error *err)
{
    int code = sqlite3_file_control(conn->db, "main", SQLITE_FCNTL_FILE_POINTER, ret_file);
    if (code != SQLITE_OK)
        return db_sqlite_fail(NULL, code, err);
    if (*ret_file == NULL || (*ret_file)->pMethods == NULL || (*ret_file)->pMethods->iVersion < 2)
        return pb_fail(err, PB_INTERNAL, PB_MSG("The database has no access to files."), NULL);
    return PB_OK;
}

pb_status db_log_state_read(db_conn *conn, db_log_state *ret_state, pb_error *err)
{
    sqlite3_file *file = NULL;
    volatile void *shared = NULL;
    PB_TRY(file_of(conn, &file, err));
    int code = file->pMethods->xShmMap(file, 0, INDEX_REGION, 0, &shared);
    if (code != SQLITE_OK)
        return db_sqlite_fail(NULL, code, err);
    if (shared == NULL)
        return pb_fail(err, PB_INTERNAL, PB_MSG("The database keeps no write-ahead log."), NULL);
    const volatile uint8_t *bytes = (const volatile uint8_t *)shared;
    index_head first;
    index_head second;
    for (int tries = 0; tries < INDEX_TRIES; tries++) {
        copy_shared(&first, bytes, sizeof first);
        file->pMethods->xShmBarrier(file);
        copy_shared(&second, bytes + sizeof first, sizeof second);
        if (memcmp(&first, &second, sizeof first) == 0 && index_good(&first)) {
            *ret_state = (db_log_state){.frames = first.frames,
                                        .pages = first.pages,
                                        .sum = {first.frame_sum[0], first.frame_sum[1]},
                                        .big = first.big != 0};
            memcpy(ret_state->salt, first.salt, DB_LOG_SALT);
            return PB_OK;
        }
        if (tries > INDEX_TRIES / 2)
            sqlite3_sleep(1);
    }
    return pb_fail(err, PB_BUSY, PB_MSG("The database is in use by another program."), NULL);
}

bool db_log_state_same(const db_log_state *a, const db_log_state *b)
{
    return a->frames == b->frames && a->pages == b->pages && a->sum[0] == b->sum[0] &&
           a->sum[1] == b->sum[1] && memcmp(a->salt, b->salt, DB_LOG_SALT) == 0;
}
