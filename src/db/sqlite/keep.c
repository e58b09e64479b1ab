/* The kept log: from frames to pieces.
 *
 * Pieces follow one another: within a generation of the log by frames, from one to the next because
 * no generation ends before it is sealed to its end. Who makes a piece holds the writer's place, so
 * that two processes never make the same one.
 */
#include "keep.h"

#include "moment.h"

#include "sys/clock.h"
#include "sys/file.h"
#include "sys/random.h"

#include <sodium.h>

enum { SEQUENCE_DIGITS = 16, NAMES_MAX = 256 << 20 };

/* ---- names ---- */

static pb_status folder_of(const db_target *target, char ret_path[DB_SQLITE_PATH_MAX],
                           pb_error *err)
{
    return db_sqlite_path(target->place, DB_SQLITE_LOG, ret_path, err);
}

/* `0000000000000007-1f2e3d4c5b6a7988-0000002a.piece`; 0: another file. */
static uint64_t sequence_of(pb_str name)
{
    uint8_t bytes[8];
    uint64_t sequence = 0;
    if (!pb_str_ends(name, PB_STR(".piece")) ||
        !pb_unhex(pb_str_sub(name, 0, SEQUENCE_DIGITS), bytes, sizeof bytes))
        return 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        sequence = sequence << 8 | bytes[i];
    return sequence;
}

static void name_of(const db_piece *piece, pb_buf *out)
{
    pb_buf_printf(out, "%016llx-", (unsigned long long)piece->sequence);
    pb_hex(out, piece->salt, sizeof piece->salt);
    pb_buf_printf(out, "-%08lx.piece", (unsigned long)piece->first);
}

pb_status db_sqlite_log_list(const db_target *target, pb_arena *arena, db_log_piece **ret_pieces,
                             size_t *ret_count, pb_error *err)
{
    char folder[DB_SQLITE_PATH_MAX];
    pb_str *names = NULL;
    size_t count = 0;
    PB_TRY(folder_of(target, folder, err));
    if (sys_path_kind(folder) == SYS_FOLDER)
        PB_TRY(sys_dir_list(folder, arena, &names, &count, err));
    db_log_piece *pieces = pb_arena_alloc(arena, (count + 1) * sizeof *pieces);
    if (pieces == NULL)
        return pb_fail_memory(err);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++)
        if (sequence_of(names[i]) != 0)
            pieces[(*ret_count)++] = (db_log_piece){sequence_of(names[i]), names[i]};
    *ret_pieces = pieces;
    return PB_OK;
}

/* ---- the newest piece ---- */

static pb_status read_head(const char *path, db_piece *ret_piece, pb_error *err)
{
    uint8_t bytes[DB_PIECE_HEAD];
    sys_reader *reader = NULL;
    size_t len = 0;
    PB_TRY(sys_reader_open(path, &reader, err));
    pb_status status = sys_reader_read(reader, bytes, sizeof bytes, &len, err);
    sys_reader_close(reader);
    PB_TRY(status);
    if (db_piece_parse(bytes, len, ret_piece))
        return PB_OK;
    pb_fail(err, PB_CORRUPT, PB_MSG("The log piece {path} is damaged or was altered."), "path",
            path, NULL);
    pb_error_hint(
        err, PB_MSG("End the keeping of the log and begin it anew, then take a new backup."), NULL);
    return PB_CORRUPT;
}

pb_status db_keep_newest(const db_target *target, db_piece *ret_piece, bool *ret_found,
                         pb_error *err)
{
    char folder[DB_SQLITE_PATH_MAX];
    db_log_piece *pieces = NULL;
    size_t count = 0;
    PB_AUTO_ARENA arena = pb_arena_new(NAMES_MAX);
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(folder_of(target, folder, err));
    PB_TRY(db_sqlite_log_list(target, arena, &pieces, &count, err));
    *ret_found = count > 0;
    if (count == 0)
        return PB_OK;
    char *name = pb_arena_cstr(arena, pieces[count - 1].name);
    char *path = name == NULL ? NULL : sys_path_join(arena, folder, name);
    return path == NULL ? pb_fail_memory(err) : read_head(path, ret_piece, err);
}

/* ---- making one ---- */

typedef struct maker {
    const db_target *target;
    const db_log_state *state;
    const db_piece *newest; /* NULL: none */
    db_moment *moments;
    size_t moment_count;
    db_piece piece;
    db_piece_commit *commits;
    uint8_t *frames;
} maker;

/* Was this noted before the first commit of a generation? The log may have begun anew with it. */
static bool notes_first(const maker *m, const db_moment *moment)
{
    if (moment->frame == 0)
        return true;
    if (m->newest == NULL || memcmp(m->newest->salt, m->state->salt, DB_LOG_SALT) == 0)
        return memcmp(moment->salt, m->state->salt, DB_LOG_SALT) != 0;
    return memcmp(moment->salt, m->newest->salt, DB_LOG_SALT) == 0 &&
           moment->frame == m->newest->first + m->newest->count - 1;
}

/* The moment of the commit that follows frame `after`, the end of the one before; 0: the first of
 * its generation. Of several records for one place the last is true: the others failed. */
static bool moment_of(const maker *m, uint32_t after, int64_t *ret_us)
{
    bool found = false;
    for (size_t i = 0; i < m->moment_count; i++) {
        const db_moment *moment = &m->moments[i];
        bool same = moment->frame > 0 && memcmp(moment->salt, m->state->salt, DB_LOG_SALT) == 0;
        if (same && after == 0)
            return found;
        if (after == 0 ? notes_first(m, moment) : same && moment->frame == after) {
            *ret_us = moment->at_us;
            found = true;
        }
    }
    return found;
}

/* What is not known is given as the moment of the next that is, or now: never too early. */
static void date_commits(maker *m, uint32_t ended)
{
    for (uint32_t i = 0; i < m->piece.commits; i++)
        m->commits[i].exact =
            moment_of(m, i == 0 ? ended : m->commits[i - 1].frame, &m->commits[i].at_us);
    int64_t next = m->piece.sealed_us;
    for (uint32_t i = m->piece.commits; i-- > 0;) {
        if (!m->commits[i].exact)
            m->commits[i].at_us = next;
        next = m->commits[i].at_us;
    }
}

static pb_status fail_frame(const maker *m, uint32_t frame, pb_error *err)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("The write-ahead log of {path} is damaged or was altered."),
            "path", m->target->place, NULL);
    pb_error_detail(err, PB_MSG("Frame {frame} is not valid."), "frame", PB_ARG_INT(frame), NULL);
    return PB_CORRUPT;
}

/* The checksum before the piece's first frame. */
static pb_status read_sum(maker *m, const db_raw *raw, pb_error *err)
{
    uint8_t head[DB_LOG_HEAD];
    PB_TRY(db_raw_read_padded(raw, 0, head, sizeof head, err));
    if (memcmp(head + 16, m->state->salt, DB_LOG_SALT) != 0)
        return fail_frame(m, 0, err);
    const uint8_t *sum = head + 24;
    if (m->piece.first > 1) {
        PB_TRY(db_raw_read_padded(raw, db_frame_at(m->piece.first - 1), head, DB_FRAME_HEAD, err));
        sum = head + 16;
    }
    m->piece.sum[0] = db_big32(sum);
    m->piece.sum[1] = db_big32(sum + 4);
    return PB_OK;
}

static pb_status read_frames(maker *m, const db_raw *raw, pb_error *err)
{
    PB_TRY(read_sum(m, raw, err));
    PB_TRY(db_raw_read_padded(raw, db_frame_at(m->piece.first), m->frames,
                              (int64_t)m->piece.count * DB_FRAME_SIZE, err));
    uint32_t sum[2] = {m->piece.sum[0], m->piece.sum[1]};
    for (uint32_t i = 0; i < m->piece.count; i++) {
        const uint8_t *frame = m->frames + (size_t)i * DB_FRAME_SIZE;
        uint32_t pages = db_big32(frame + 4);
        if (!db_frame_good(frame, m->state->salt, m->state->big, sum))
            return fail_frame(m, m->piece.first + i, err);
        if (pages > 0)
            m->commits[m->piece.commits++] =
                (db_piece_commit){.frame = m->piece.first + i, .pages = pages};
    }
    bool last = m->piece.first + m->piece.count - 1 == m->state->frames;
    if (last && (sum[0] != m->state->sum[0] || sum[1] != m->state->sum[1]))
        return fail_frame(m, m->state->frames, err);
    return PB_OK;
}

static pb_status read_log(maker *m, pb_error *err)
{
    char path[DB_SQLITE_PATH_MAX];
    db_raw raw;
    bool found = false;
    PB_TRY(db_sqlite_path(m->target->place, DB_SQLITE_WAL, path, err));
    PB_TRY(db_raw_open(path, false, &raw, &found, err));
    if (!found)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The file {path} is missing."), "path", path, NULL);
    pb_status status = read_frames(m, &raw, err);
    db_raw_close(&raw);
    return status;
}

static pb_status fill(maker *m, pb_buf *out, pb_error *err)
{
    bool continues = m->newest != NULL && memcmp(m->newest->salt, m->state->salt, DB_LOG_SALT) == 0;
    uint32_t ended = continues ? m->newest->ended : 0;
    m->commits = calloc(m->piece.count, sizeof *m->commits);
    m->frames = malloc((size_t)m->piece.count * DB_FRAME_SIZE);
    if (m->commits == NULL || m->frames == NULL)
        return pb_fail_memory(err);
    PB_TRY(read_log(m, err));
    PB_TRY(db_moments_read(m->target->place, &m->moments, &m->moment_count, err));
    date_commits(m, ended);
    m->piece.ended = m->piece.commits > 0 ? m->commits[m->piece.commits - 1].frame : ended;
    size_t start = out->len;
    db_piece_write(&m->piece, out);
    for (uint32_t i = 0; i < m->piece.commits; i++)
        db_piece_write_commit(&m->commits[i], out);
    pb_buf_add(out, pb_str_n((const char *)m->frames, (size_t)m->piece.count * DB_FRAME_SIZE));
    db_piece_seal(out, start, m->target->key);
    return out->failed ? pb_fail_buffer(out, PB_MSG("The piece does not fit into its buffer."), err)
                       : PB_OK;
}

/* The next piece, appended to `out`; `ret_piece->count` 0: there is nothing. */
static pb_status make_next(const db_target *target, const db_log_state *state,
                           const db_piece *newest, bool tail, pb_buf *out, db_piece *ret_piece,
                           pb_error *err)
{
    bool continues = memcmp(newest->salt, state->salt, DB_LOG_SALT) == 0;
    maker m = {.target = target, .state = state, .newest = newest};
    m.piece = (db_piece){.timeline = newest->timeline,
                         .sequence = newest->sequence + 1,
                         .sealed_us = sys_now_us(),
                         .first = continues ? newest->first + newest->count : 1,
                         .era = newest->era,
                         .big = state->big,
                         .tail = tail};
    memcpy(m.piece.salt, state->salt, DB_LOG_SALT);
    memcpy(m.piece.before, newest->tag, DB_PIECE_TAG);
    if (m.piece.first > state->frames) {
        *ret_piece = (db_piece){0};
        return PB_OK;
    }
    uint32_t left = state->frames - m.piece.first + 1;
    m.piece.count = left < DB_PIECE_FRAMES ? left : DB_PIECE_FRAMES;
    pb_status status = fill(&m, out, err);
    free(m.commits);
    free(m.frames);
    free(m.moments);
    if (status == PB_OK)
        *ret_piece = m.piece;
    return status;
}

/* ---- storing ---- */

static pb_status store(const db_target *target, const db_piece *piece, pb_str bytes, pb_error *err)
{
    char folder[DB_SQLITE_PATH_MAX];
    char path[DB_SQLITE_PATH_MAX];
    PB_AUTO_BUF name = PB_BUF_INIT(128);
    PB_TRY(folder_of(target, folder, err));
    name_of(piece, &name);
    PB_TRY(db_sqlite_path(folder, pb_buf_cstr(&name), path, err));
    return sys_file_write_atomic(path, bytes, 0600, err);
}

/* A timeline begins with a piece without frames: it says behind which frame all will be kept. */
static pb_status begin_timeline(db_conn *conn, const db_piece *newest, uint32_t era,
                                db_piece *ret_piece, pb_error *err)
{
    char folder[DB_SQLITE_PATH_MAX];
    uint8_t random[8];
    db_log_state state;
    PB_AUTO_BUF bytes = PB_BUF_INIT(4096);
    PB_TRY(db_log_state_read(conn, &state, err));
    sys_random(random, sizeof random);
    db_piece piece = {.timeline = pb_uuid_v7(sys_now_us(), random),
                      .sequence = newest == NULL ? 1 : newest->sequence + 1,
                      .sealed_us = sys_now_us(),
                      .first = state.frames + 1,
                      .ended = state.frames,
                      .era = era,
                      .big = state.big};
    memcpy(piece.salt, state.salt, DB_LOG_SALT);
    db_piece_write(&piece, &bytes);
    db_piece_seal(&bytes, 0, conn->target->key);
    PB_TRY(folder_of(conn->target, folder, err));
    PB_TRY(sys_dir_make_durable(folder, 0700, err));
    PB_TRY(db_moments_clear(conn->target->place, err));
    PB_TRY(store(conn->target, &piece, pb_buf_str(&bytes), err));
    return db_piece_parse((const uint8_t *)bytes.ptr, bytes.len, ret_piece)
               ? PB_OK
               : pb_fail(err, PB_INTERNAL, PB_MSG("The log could not be kept."), NULL);
}

/* What a crash left of a piece that was being written. */
static void remove_leftovers(const db_target *target)
{
    char folder[DB_SQLITE_PATH_MAX];
    char path[DB_SQLITE_PATH_MAX];
    pb_str *names = NULL;
    size_t count = 0;
    PB_AUTO_ARENA arena = pb_arena_new(NAMES_MAX);
    if (arena == NULL || folder_of(target, folder, NULL) != PB_OK ||
        sys_dir_list(folder, arena, &names, &count, NULL) != PB_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        const char *name = pb_arena_cstr(arena, names[i]);
        if (pb_str_find(names[i], PB_STR(".piece.new-")) != SIZE_MAX && name != NULL &&
            db_sqlite_path(folder, name, path, NULL) == PB_OK)
            sys_file_remove(path, NULL);
    }
}

pb_status db_keep_seal_held(db_conn *conn, uint32_t era, bool one, bool *ret_more, pb_error *err)
{
    const db_target *target = conn->target;
    char folder[DB_SQLITE_PATH_MAX];
    db_piece newest;
    db_log_state state;
    bool found = false;
    PB_TRY(folder_of(target, folder, err));
    PB_TRY(db_keep_newest(target, &newest, &found, err));
    remove_leftovers(target);
    if (!found || newest.era != era)
        PB_TRY(begin_timeline(conn, found ? &newest : NULL, era, &newest, err));
    PB_TRY(db_log_state_read(conn, &state, err));
    for (;;) {
        db_piece piece;
        PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX);
        PB_TRY(make_next(target, &state, &newest, false, &bytes, &piece, err));
        *ret_more = piece.count > 0 && piece.first + piece.count <= state.frames;
        if (piece.count == 0) /* what was stored before may not be durable yet */
            return sys_dir_sync(folder, err);
        PB_TRY(store(target, &piece, pb_buf_str(&bytes), err));
        if (!*ret_more)
            return db_moments_clear(target->place, err);
        if (one)
            return PB_OK;
        db_piece_parse((const uint8_t *)bytes.ptr, bytes.len, &newest);
    }
}

/* ---- what others call ---- */

static pb_status fail_not_kept(pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("The log of this workspace is not kept."), NULL);
    pb_error_hint(err, PB_MSG("Switch the keeping of the log on first."), NULL);
    return PB_INVALID;
}

pb_status db_era(db_conn *conn, uint32_t *ret_era, pb_error *err)
{
    int code = sqlite3_step(conn->era);
    if (code == SQLITE_ROW)
        *ret_era = (uint32_t)sqlite3_column_int(conn->era, 0);
    sqlite3_reset(conn->era);
    return code == SQLITE_ROW ? PB_OK : db_sqlite_fail(conn->db, code, err);
}

pb_status db_sqlite_log_kept(db_conn *conn, bool *ret_kept, pb_error *err)
{
    uint32_t era = 0;
    PB_TRY(db_era(conn, &era, err));
    *ret_kept = era % 2 == 1;
    return PB_OK;
}

pb_status db_sqlite_log_keep(db_conn *conn, bool keep, pb_error *err)
{
    char sql[64];
    uint32_t era = 0;
    PB_TRY(db_era(conn, &era, err));
    if ((era % 2 == 1) == keep)
        return PB_OK;
    conn->kept_unknown = true;
    snprintf(sql, sizeof sql, "PRAGMA user_version = %lu", (unsigned long)era + 1);
    return db_engine_sqlite.run(conn, sql, err);
}

/* A write transaction that writes nothing: it is ended by a rollback. */
static pb_status hold_place(db_conn *conn, uint32_t *ret_era, pb_error *err)
{
    bool foreign;
    PB_TRY(db_engine_sqlite.begin(conn, true, &foreign, err));
    pb_status status = db_era(conn, ret_era, err);
    if (status == PB_OK && *ret_era % 2 == 0)
        status = fail_not_kept(err);
    if (status != PB_OK)
        db_engine_sqlite.rollback(conn);
    return status;
}

pb_status db_sqlite_log_seal(db_conn *conn, pb_error *err)
{
    bool more = true;
    while (more) {
        uint32_t era = 0;
        PB_TRY(hold_place(conn, &era, err));
        pb_status status = db_keep_seal_held(conn, era, true, &more, err);
        db_engine_sqlite.rollback(conn);
        PB_TRY(status);
    }
    return PB_OK;
}

static pb_status tail_held(db_conn *conn, uint32_t era, pb_buf *out, pb_error *err)
{
    bool found = false;
    db_piece newest;
    db_piece piece;
    db_log_state state;
    PB_TRY(db_keep_newest(conn->target, &newest, &found, err));
    if (!found || newest.era != era)
        PB_TRY(begin_timeline(conn, found ? &newest : NULL, era, &newest, err));
    PB_TRY(db_log_state_read(conn, &state, err));
    return make_next(conn->target, &state, &newest, true, out, &piece, err);
}

pb_status db_sqlite_log_tail(db_conn *conn, pb_buf *out, pb_error *err)
{
    uint32_t era = 0;
    size_t before = out->len;
    PB_TRY(hold_place(conn, &era, err));
    pb_status status = tail_held(conn, era, out, err);
    db_engine_sqlite.rollback(conn);
    if (status != PB_OK)
        out->len = before;
    return status;
}
