/* When commits happened. */
#include "moment.h"

#include "sys/clock.h"

enum { RECORD = 32, AT_FRAME = 8, AT_TIME = 12, AT_SUM = 24, MOMENTS_MAX = 1 << 22 };

static void put32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

/* Begins with other numbers than zeros, so that a record of zeros is none. */
static void sum_of(const uint8_t *record, uint32_t ret_sum[2])
{
    ret_sum[0] = 0x6d6f6d65;
    ret_sum[1] = 0x6e742031;
    db_log_sum(record, AT_SUM, true, ret_sum);
}

static void write_record(const db_log_state *state, int64_t now, uint8_t record[RECORD])
{
    uint32_t sum[2];
    memset(record, 0, RECORD);
    memcpy(record, state->salt, DB_LOG_SALT);
    put32(record + AT_FRAME, state->frames);
    put32(record + AT_TIME, (uint32_t)((uint64_t)now >> 32));
    put32(record + AT_TIME + 4, (uint32_t)now);
    sum_of(record, sum);
    put32(record + AT_SUM, sum[0]);
    put32(record + AT_SUM + 4, sum[1]);
}

static bool read_record(const uint8_t *record, db_moment *ret_moment)
{
    uint32_t sum[2];
    sum_of(record, sum);
    if (sum[0] != db_big32(record + AT_SUM) || sum[1] != db_big32(record + AT_SUM + 4))
        return false;
    memcpy(ret_moment->salt, record, DB_LOG_SALT);
    ret_moment->frame = db_big32(record + AT_FRAME);
    ret_moment->at_us =
        (int64_t)((uint64_t)db_big32(record + AT_TIME) << 32 | db_big32(record + AT_TIME + 4));
    return true;
}

static pb_status open_moments(const char *place, bool write, db_raw *ret_raw, bool *ret_found,
                              pb_error *err)
{
    char path[DB_SQLITE_PATH_MAX];
    PB_TRY(db_sqlite_path(place, DB_SQLITE_MOMENTS, path, err));
    return db_raw_open(path, write, ret_raw, ret_found, err);
}

pb_status db_moment_note(db_conn *conn, pb_error *err)
{
    db_log_state state;
    uint8_t record[RECORD];
    sqlite3_int64 size = 0;
    bool found = false;
    PB_TRY(db_log_state_read(conn, &state, err));
    write_record(&state, sys_now_us(), record);
    if (conn->moments.file == NULL)
        PB_TRY(open_moments(conn->target->place, true, &conn->moments, &found, err));
    sqlite3_file *file = conn->moments.file;
    int code = file->pMethods->xFileSize(file, &size);
    if (code != SQLITE_OK)
        return db_sqlite_fail(NULL, code, err);
    return db_raw_write(&conn->moments, size / RECORD * RECORD, record, RECORD, err);
}

pb_status db_moments_read(const char *place, db_moment **ret_moments, size_t *ret_count,
                          pb_error *err)
{
    db_raw raw;
    bool found = false;
    *ret_moments = NULL;
    *ret_count = 0;
    PB_TRY(open_moments(place, false, &raw, &found, err));
    if (!found)
        return PB_OK;
    int64_t count = raw.size / RECORD < MOMENTS_MAX ? raw.size / RECORD : MOMENTS_MAX;
    uint8_t *bytes = calloc((size_t)count + 1, RECORD);
    db_moment *moments = calloc((size_t)count + 1, sizeof *moments);
    pb_status status = bytes == NULL || moments == NULL ? pb_fail_memory(err) : PB_OK;
    if (status == PB_OK)
        status = db_raw_read_padded(&raw, 0, bytes, count * RECORD, err);
    db_raw_close(&raw);
    for (int64_t i = 0; status == PB_OK && i < count; i++)
        *ret_count += read_record(bytes + i * RECORD, &moments[*ret_count]);
    free(bytes);
    if (status == PB_OK)
        *ret_moments = moments;
    else
        free(moments);
    return status;
}

pb_status db_moments_clear(const char *place, pb_error *err)
{
    db_raw raw;
    bool found = false;
    PB_TRY(open_moments(place, false, &raw, &found, err));
    if (!found)
        return PB_OK;
    bool any = raw.size > 0;
    db_raw_close(&raw);
    if (!any)
        return PB_OK;
    PB_TRY(open_moments(place, true, &raw, &found, err));
    pb_status status = db_raw_cut(&raw, 0, err);
    db_raw_close(&raw);
    return status;
}
