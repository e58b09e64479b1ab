/* Stored pages of one committed state, held while others read and write.
 *
 * A reader's transaction holds them: as long as it lasts no page that its state needs from the file
 * is overwritten, and no frame that it needs from the log. One exception is harmless: when all of
 * the log lies in the file already, the transaction rests on the file alone, and the log may begin
 * anew under our hands; its former frames are then not needed.
 */
#include "keep.h"

enum { HOLD_TRIES = 200, HOLD_WAIT_FROM = 50 };

/* The newest frame of a page, and the checksum before it. */
typedef struct frame_of {
    uint32_t page; /* from 1 */
    uint32_t frame;
    uint32_t sum[2];
} frame_of;

struct db_pages {
    db_conn *conn;
    char file_path[DB_SQLITE_PATH_MAX];
    db_raw file;
    db_raw log;
    bool has_log;
    db_log_state state;
    frame_of *frames; /* by page */
    size_t frame_count;
    uint8_t *frame; /* room for one */
};

/* ---- the newest frame of each page ---- */

static int by_page_and_frame(const void *a, const void *b)
{
    const frame_of *left = a;
    const frame_of *right = b;
    if (left->page != right->page)
        return left->page < right->page ? -1 : 1;
    return left->frame < right->frame ? -1 : 1;
}

static void keep_newest(db_pages *pages)
{
    size_t kept = 0;
    qsort(pages->frames, pages->frame_count, sizeof *pages->frames, by_page_and_frame);
    for (size_t i = 0; i < pages->frame_count; i++) {
        bool newest =
            i + 1 == pages->frame_count || pages->frames[i + 1].page != pages->frames[i].page;
        if (newest && pages->frames[i].page <= pages->state.pages)
            pages->frames[kept++] = pages->frames[i];
    }
    pages->frame_count = kept;
}

/* Did the log begin anew since it was looked at? Then all it held lies in the file. */
static pb_status check_gone(db_pages *pages, uint32_t frame, pb_error *err)
{
    uint8_t head[DB_LOG_HEAD];
    PB_TRY(db_raw_read_padded(&pages->log, 0, head, sizeof head, err));
    if (memcmp(head + 16, pages->state.salt, DB_LOG_SALT) != 0) {
        pages->frame_count = 0;
        return PB_OK;
    }
    pb_fail(err, PB_CORRUPT, PB_MSG("The write-ahead log of {path} is damaged or was altered."),
            "path", pages->file_path, NULL);
    pb_error_detail(err, PB_MSG("Frame {frame} is not valid."), "frame", PB_ARG_INT(frame), NULL);
    return PB_CORRUPT;
}

static pb_status list_frames(db_pages *pages, pb_error *err)
{
    uint8_t head[DB_FRAME_HEAD];
    uint8_t log_head[DB_LOG_HEAD];
    uint32_t sum[2];
    PB_TRY(db_raw_read_padded(&pages->log, 0, log_head, sizeof log_head, err));
    if (memcmp(log_head + 16, pages->state.salt, DB_LOG_SALT) != 0)
        return PB_OK;
    sum[0] = db_big32(log_head + 24);
    sum[1] = db_big32(log_head + 28);
    pages->frames = calloc(pages->state.frames, sizeof *pages->frames);
    if (pages->frames == NULL)
        return pb_fail_memory(err);
    pages->frame_count = pages->state.frames;
    for (uint32_t i = 1; i <= pages->state.frames; i++) {
        PB_TRY(db_raw_read_padded(&pages->log, db_frame_at(i), head, sizeof head, err));
        if (memcmp(head + 8, pages->state.salt, DB_LOG_SALT) != 0)
            return check_gone(pages, i, err);
        pages->frames[i - 1] = (frame_of){db_big32(head), i, {sum[0], sum[1]}};
        sum[0] = db_big32(head + 16);
        sum[1] = db_big32(head + 20);
    }
    if (sum[0] != pages->state.sum[0] || sum[1] != pages->state.sum[1])
        return check_gone(pages, pages->state.frames, err);
    keep_newest(pages);
    return PB_OK;
}

/* ---- holding ---- */

/* The newest piece, whose frames the state holds; `ret_position` stays as it is when none is kept.
 */
static pb_status place_in_log(db_conn *conn, const db_piece *newest, db_position *ret_position,
                              pb_error *err)
{
    uint32_t era = 0;
    PB_TRY(db_era(conn, &era, err));
    if (era % 2 == 0 || newest->sequence == 0 || newest->era != era)
        return PB_OK;
    ret_position->timeline = newest->timeline;
    ret_position->sequence = newest->sequence;
    return PB_OK;
}

/* The transaction sees the state that stood both before and after its beginning. */
static pb_status begin_known(db_conn *conn, db_log_state *ret_state, pb_error *err)
{
    for (int tries = 0; tries < HOLD_TRIES; tries++) {
        db_log_state before;
        bool foreign;
        PB_TRY(db_log_state_read(conn, &before, err));
        PB_TRY(db_engine_sqlite.begin(conn, false, &foreign, err));
        pb_status status = db_log_state_read(conn, ret_state, err);
        if (status == PB_OK && db_log_state_same(&before, ret_state))
            return PB_OK;
        db_engine_sqlite.rollback(conn);
        PB_TRY(status);
        if (tries > HOLD_WAIT_FROM)
            sqlite3_sleep(1);
    }
    return pb_fail(err, PB_BUSY, PB_MSG("The database is in use by another program."), NULL);
}

/* As begin_known, when no piece is sealed meanwhile: what the newest one holds, the state holds,
 * and what comes after it is not older than the state's generation. */
static pb_status begin_placed(db_conn *conn, db_log_state *ret_state, db_position *ret_position,
                              pb_error *err)
{
    for (int tries = 0; tries < HOLD_TRIES; tries++) {
        db_piece before = {0};
        db_piece after = {0};
        bool found = false;
        PB_TRY(db_keep_newest(conn->target, &before, &found, err));
        PB_TRY(begin_known(conn, ret_state, err));
        *ret_position = (db_position){.frame = ret_state->frames};
        memcpy(ret_position->generation, ret_state->salt, DB_LOG_SALT);
        pb_status status = db_keep_newest(conn->target, &after, &found, err);
        if (status == PB_OK && before.sequence == after.sequence)
            status = place_in_log(conn, &after, ret_position, err);
        if (status == PB_OK && before.sequence == after.sequence)
            return PB_OK;
        db_engine_sqlite.rollback(conn);
        PB_TRY(status);
    }
    return pb_fail(err, PB_BUSY, PB_MSG("The database is in use by another program."), NULL);
}

static pb_status open_files(db_pages *pages, const db_target *target, pb_error *err)
{
    char log_path[DB_SQLITE_PATH_MAX];
    bool found = false;
    PB_TRY(db_sqlite_path(target->place, DB_SQLITE_FILE, pages->file_path, err));
    PB_TRY(db_sqlite_path(target->place, DB_SQLITE_WAL, log_path, err));
    PB_TRY(db_raw_open(pages->file_path, false, &pages->file, &found, err));
    if (!found)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The file {path} is missing."), "path",
                       pages->file_path, NULL);
    if (pages->state.frames == 0) {
        pages->state.pages = (uint32_t)(pages->file.size / DB_SQLITE_PAGE);
        return PB_OK;
    }
    PB_TRY(db_raw_open(log_path, false, &pages->log, &pages->has_log, err));
    if (!pages->has_log)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The file {path} is missing."), "path", log_path,
                       NULL);
    pages->frame = malloc(DB_FRAME_SIZE);
    if (pages->frame == NULL)
        return pb_fail_memory(err);
    return list_frames(pages, err);
}

db_pages *db_sqlite_pages_release(db_pages *pages)
{
    if (pages == NULL)
        return NULL;
    db_raw_close(&pages->file);
    db_raw_close(&pages->log);
    free(pages->frames);
    free(pages->frame);
    free(pages);
    return NULL;
}

pb_status db_sqlite_pages_hold(db_conn *conn, const db_target *target, db_pages **ret_pages,
                               uint64_t *ret_count, db_position *ret_position, pb_error *err)
{
    if (target->scratch)
        return pb_fail(err, PB_UNSUPPORTED,
                       PB_MSG("A workspace that is thrown away afterwards cannot be copied."),
                       NULL);
    db_pages *pages = calloc(1, sizeof *pages);
    if (pages == NULL)
        return pb_fail_memory(err);
    pages->conn = conn;
    pb_status status = begin_placed(conn, &pages->state, ret_position, err);
    if (status == PB_OK) {
        status = open_files(pages, target, err);
        if (status != PB_OK)
            db_engine_sqlite.rollback(conn);
    }
    if (status != PB_OK) {
        db_sqlite_pages_release(pages);
        return status;
    }
    *ret_count = pages->state.pages;
    *ret_pages = pages;
    return PB_OK;
}

uint64_t db_sqlite_pages_count(const db_pages *pages)
{
    return pages->state.pages;
}

/* ---- reading ---- */

/* First listed frame whose page is `page` or a later one. */
static size_t first_from(const db_pages *pages, uint64_t page)
{
    size_t low = 0;
    size_t high = pages->frame_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pages->frames[middle].page < page)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static pb_status read_frame(db_pages *pages, const frame_of *of, uint8_t *bytes, pb_error *err)
{
    uint32_t sum[2] = {of->sum[0], of->sum[1]};
    PB_TRY(
        db_raw_read_padded(&pages->log, db_frame_at(of->frame), pages->frame, DB_FRAME_SIZE, err));
    if (db_big32(pages->frame) != of->page ||
        !db_frame_good(pages->frame, pages->state.salt, pages->state.big, sum))
        return check_gone(pages, of->frame, err);
    memcpy(bytes, pages->frame + DB_FRAME_HEAD, DB_SQLITE_PAGE);
    return PB_OK;
}

pb_status db_sqlite_pages_read(db_pages *pages, uint64_t first, int count, uint8_t *ret_bytes,
                               pb_error *err)
{
    if (count <= 0 || first + (uint64_t)count > pages->state.pages)
        return pb_fail(err, PB_INVALID, PB_MSG("The workspace has no page {page}."), "page",
                       PB_ARG_INT(first + (uint64_t)count), NULL);
    PB_TRY(db_raw_read_padded(&pages->file, (int64_t)first * DB_SQLITE_PAGE, ret_bytes,
                              count * DB_SQLITE_PAGE, err));
    for (size_t i = first_from(pages, first + 1);
         i < pages->frame_count && pages->frames[i].page <= first + (uint64_t)count; i++)
        PB_TRY(read_frame(pages, &pages->frames[i],
                          ret_bytes + (pages->frames[i].page - 1 - first) * DB_SQLITE_PAGE, err));
    return PB_OK;
}
