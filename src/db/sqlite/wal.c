/* Looking at a write-ahead log that was left behind, before SQLite does.
 *
 * SQLite drops a log from its first invalid frame on, in silence: right after a power cut, when the
 * last commit had not been acknowledged, wrong when somebody changed a byte of an older commit. The
 * two are told apart here: with synchronous=FULL a commit is on the disk before the next begins, so
 * an invalid frame with two commits behind it was altered. With one commit behind it either may be
 * true; then the log is put aside to be told of (db/incident.h), and opening goes on.
 * Source: SQLite, "WAL-mode File Format".
 */
#include "log.h"

typedef struct wal_scan {
    int64_t frames;       /* whole frames in the file */
    int64_t bad;          /* first frame that is not valid, from 1; 0: none */
    int64_t commits_lost; /* commits at or behind the first invalid frame */
    bool bad_header;
    uint8_t header[DB_LOG_HEAD];
} wal_scan;

/* A frame of this generation of the log? Older ones may follow the end. */
static bool same_salt(const uint8_t *frame, const uint8_t *header)
{
    return memcmp(frame + 8, header + 16, 8) == 0;
}

static pb_status scan_frames(const db_raw *raw, const uint8_t *header, uint8_t *frame,
                             wal_scan *scan, pb_error *err)
{
    bool big = (db_big32(header) & 1) != 0;
    uint32_t sum[2] = {db_big32(header + 24), db_big32(header + 28)};
    int64_t stale = 0;
    for (int64_t i = 1; i <= scan->frames; i++) {
        PB_TRY(db_raw_read(raw, db_frame_at((uint32_t)i), frame, DB_FRAME_SIZE, err));
        bool same = same_salt(frame, header);
        bool good = same && scan->bad == 0;
        if (good)
            good = db_frame_good(frame, header + 16, big, sum);
        if (!same && scan->bad == 0 && stale == 0)
            stale = i;
        if (same && stale != 0 && scan->bad == 0)
            scan->bad = stale; /* an older frame cannot stand before one of this generation */
        if (same && !good && scan->bad == 0)
            scan->bad = i;
        if (scan->bad != 0 && same && db_big32(frame + 4) != 0)
            scan->commits_lost++;
    }
    return PB_OK;
}

static pb_status scan_log(const db_raw *raw, wal_scan *ret_scan, pb_error *err)
{
    uint8_t header[DB_LOG_HEAD];
    *ret_scan = (wal_scan){0};
    if (raw->size <= DB_LOG_HEAD)
        return PB_OK;
    PB_TRY(db_raw_read(raw, 0, header, DB_LOG_HEAD, err));
    uint32_t sum[2] = {0, 0};
    db_log_sum(header, 24, (db_big32(header) & 1) != 0, sum);
    if ((db_big32(header) & ~UINT32_C(1)) != DB_LOG_MAGIC ||
        db_big32(header + 8) != DB_SQLITE_PAGE || sum[0] != db_big32(header + 24) ||
        sum[1] != db_big32(header + 28)) {
        ret_scan->bad_header = true;
        return PB_OK;
    }
    memcpy(ret_scan->header, header, sizeof header);
    ret_scan->frames = (raw->size - DB_LOG_HEAD) / (DB_FRAME_SIZE);
    uint8_t *frame = malloc(DB_FRAME_SIZE);
    if (frame == NULL)
        return pb_fail_memory(err);
    pb_status status = scan_frames(raw, header, frame, ret_scan, err);
    free(frame);
    return status;
}

static pb_status scan_file(const char *path, wal_scan *ret_scan, pb_error *err)
{
    db_raw raw;
    bool found = false;
    *ret_scan = (wal_scan){0};
    PB_TRY(db_raw_open(path, false, &raw, &found, err));
    if (!found)
        return PB_OK;
    pb_status status = scan_log(&raw, ret_scan, err);
    db_raw_close(&raw);
    return status;
}

static pb_status copy_bytes(const db_raw *from, const db_raw *to, pb_error *err)
{
    uint8_t bytes[4096];
    for (int64_t at = 0; at < from->size; at += (int64_t)sizeof bytes) {
        int64_t left = from->size - at;
        int count = left < (int64_t)sizeof bytes ? (int)left : (int)sizeof bytes;
        PB_TRY(db_raw_read(from, at, bytes, count, err));
        PB_TRY(db_raw_write(to, at, bytes, count, err));
    }
    return db_raw_sync(to, err);
}

static pb_status put_aside(const char *path, const char *copy, pb_error *err)
{
    db_raw from;
    db_raw to;
    bool found = false;
    PB_TRY(db_raw_open(path, false, &from, &found, err));
    if (!found)
        return PB_OK;
    pb_status status = db_raw_open(copy, true, &to, &found, err);
    if (status == PB_OK) {
        status = db_raw_cut(&to, 0, err); /* of an earlier interruption */
        if (status == PB_OK)
            status = copy_bytes(&from, &to, err);
        db_raw_close(&to);
    }
    db_raw_close(&from);
    return status;
}

static bool is_suspect(const wal_scan *scan)
{
    return scan->bad_header || scan->commits_lost > 0;
}

static bool same_scan(const wal_scan *a, const wal_scan *b)
{
    return a->frames == b->frames && a->bad == b->bad && a->commits_lost == b->commits_lost &&
           a->bad_header == b->bad_header && memcmp(a->header, b->header, sizeof a->header) == 0;
}

/* Other processes may be in the middle of a write, or begin the log anew while it is read: what was
 * cut off or altered looks the same each time, what is in use does not. */
static pb_status scan_until_same(const char *path, wal_scan *scan, pb_error *err)
{
    enum { SCANS = 20, STEADY = 3, PAUSE_MS = 50 };
    int steady = 1;
    PB_TRY(scan_file(path, scan, err));
    for (int i = 0; i < SCANS && is_suspect(scan) && steady < STEADY; i++) {
        wal_scan before = *scan;
        sqlite3_sleep(PAUSE_MS);
        PB_TRY(scan_file(path, scan, err));
        steady = same_scan(&before, scan) ? steady + 1 : 1;
    }
    if (is_suspect(scan) && steady < STEADY)
        *scan = (wal_scan){0}; /* it is being written all the time: it is in use */
    return PB_OK;
}

pb_status db_sqlite_inspect(const db_target *target, pb_error *err)
{
    char path[DB_SQLITE_PATH_MAX];
    char copy[DB_SQLITE_PATH_MAX];
    wal_scan scan;
    PB_TRY(db_sqlite_path(target->place, DB_SQLITE_WAL, path, err));
    PB_TRY(db_sqlite_path(target->place, DB_SQLITE_TORN, copy, err));
    PB_TRY(scan_until_same(path, &scan, err));
    if (!is_suspect(&scan))
        return PB_OK;
    if (scan.bad_header || scan.commits_lost > 1) {
        pb_fail(err, PB_CORRUPT, PB_MSG("The write-ahead log {path} was altered."), "path", path,
                NULL);
        pb_error_detail(err, PB_MSG("Frame {frame} is not valid, {commits} commits follow it."),
                        "frame", PB_ARG_INT(scan.bad), "commits", PB_ARG_INT(scan.commits_lost),
                        NULL);
        pb_error_hint(err,
                      PB_MSG("Restore the workspace from a backup; keep this one for those "
                             "who look into it."),
                      NULL);
        return PB_CORRUPT;
    }
    return put_aside(path, copy, err);
}
