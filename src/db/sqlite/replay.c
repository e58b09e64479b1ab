/* Applying pieces of the kept log to a workspace being built.
 *
 * A frame may go into the file when the commit it belongs to is wanted, or one behind it. What is
 * not wanted so far waits in a file beside: clocks jump, and a later commit may bear an earlier
 * moment.
 */
#include "restore.h"

#include "sys/file.h"

#include <sodium.h>

void db_restore_until(db_restore *restore, int64_t until_us)
{
    restore->until_us = until_us;
}

db_restore_facts db_restore_about(const db_restore *restore)
{
    return restore->facts;
}

/* ---- pages ---- */

typedef struct newest {
    uint32_t page, frame;
} newest;

static int by_page_and_frame(const void *a, const void *b)
{
    const newest *left = a;
    const newest *right = b;
    if (left->page != right->page)
        return left->page < right->page ? -1 : 1;
    return left->frame < right->frame ? -1 : 1;
}

/* Frames `from` to `to` of a piece; of several of one page the last. */
static pb_status apply_frames(db_restore *restore, pb_str bytes, const db_piece *piece,
                              uint32_t from, uint32_t to, pb_error *err)
{
    newest list[DB_PIECE_FRAMES];
    uint32_t count = 0;
    for (uint32_t frame = from; frame <= to; frame++)
        list[count++] = (newest){db_big32(db_piece_frame_at(bytes, piece, frame)), frame};
    qsort(list, count, sizeof *list, by_page_and_frame);
    for (uint32_t i = 0; i < count; i++) {
        if (i + 1 < count && list[i + 1].page == list[i].page)
            continue;
        if (list[i].page == 0)
            return pb_fail(err, PB_CORRUPT,
                           PB_MSG("This is no piece of a kept log, or it was altered."), NULL);
        PB_TRY(db_raw_write(&restore->file, ((int64_t)list[i].page - 1) * DB_SQLITE_PAGE,
                            db_piece_frame_at(bytes, piece, list[i].frame) + DB_FRAME_HEAD,
                            DB_SQLITE_PAGE, err));
    }
    return PB_OK;
}

/* ---- what waits ---- */

static pb_status put_aside(db_restore *restore, pb_str bytes, const db_piece *piece, uint32_t from,
                           pb_error *err)
{
    if (from > piece->first + piece->count - 1)
        return PB_OK;
    db_waiting *waiting = pb_arena_alloc(restore->arena, sizeof *waiting);
    char *path = pb_arena_printf(restore->arena, "%s/waiting-%016llx", restore->folder,
                                 (unsigned long long)piece->sequence);
    if (waiting == NULL || path == NULL)
        return pb_fail_memory(err);
    *waiting = (db_waiting){.path = path, .from = from};
    PB_TRY(sys_file_write(path, bytes, 0600, err));
    *restore->waiting_end = waiting;
    restore->waiting_end = &waiting->next;
    return PB_OK;
}

void db_restore_drop_waiting(db_restore *restore)
{
    for (db_waiting *waiting = restore->waiting; waiting != NULL; waiting = waiting->next)
        sys_file_remove(waiting->path, NULL);
    restore->waiting = NULL;
    restore->waiting_end = &restore->waiting;
}

static pb_status apply_waiting(db_restore *restore, pb_error *err)
{
    for (db_waiting *waiting = restore->waiting; waiting != NULL; waiting = waiting->next) {
        PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX);
        db_piece piece;
        PB_TRY(sys_file_read(waiting->path, DB_LOG_PIECE_MAX, &bytes, err));
        PB_TRY(db_piece_check_form(pb_buf_str(&bytes), &piece, err));
        PB_TRY(apply_frames(restore, pb_buf_str(&bytes), &piece, waiting->from,
                            piece.first + piece.count - 1, err));
    }
    db_restore_drop_waiting(restore);
    return PB_OK;
}

/* ---- pieces ---- */

static pb_status fail_order(const db_restore *restore, const db_piece *piece, pb_error *err)
{
    uint64_t want = restore->logged ? restore->last.sequence + 1 : restore->position.sequence + 1;
    pb_fail(err, PB_INVALID, PB_MSG("Piece {sequence} of the log does not follow what is there."),
            "sequence", PB_ARG_INT(piece->sequence), NULL);
    pb_error_detail(err, PB_MSG("Piece {sequence} of the same timeline is wanted."), "sequence",
                    PB_ARG_INT(want), NULL);
    pb_error_hint(err,
                  PB_MSG("Give all pieces since the copy, in order, or go back to a moment "
                         "before the missing one."),
                  NULL);
    return PB_INVALID;
}

static bool follows(const db_restore *restore, const db_piece *piece)
{
    if (memcmp(&piece->timeline, &restore->position.timeline, sizeof piece->timeline) != 0)
        return false;
    if (!restore->logged)
        return piece->sequence == restore->position.sequence + 1 &&
               (sodium_is_zero(restore->rest.tag, DB_PIECE_TAG) ||
                memcmp(piece->before, restore->rest.tag, DB_PIECE_TAG) == 0);
    return !restore->tailed && piece->sequence == restore->last.sequence + 1 &&
           memcmp(piece->before, restore->last.tag, DB_PIECE_TAG) == 0;
}

/* The last commit that is wanted, -1: none. Counts what is. */
static int64_t choose(db_restore *restore, pb_str bytes, const db_piece *piece, uint32_t from)
{
    int64_t chosen = -1;
    uint64_t skipped = 0;
    for (uint32_t i = 0; i < piece->commits; i++) {
        db_piece_commit commit = db_piece_commit_at(bytes, i);
        if (commit.frame < from)
            continue;
        skipped++;
        if (commit.at_us > restore->until_us) {
            if (restore->facts.left + skipped == 1)
                restore->facts.undated = !commit.exact;
            continue;
        }
        chosen = i;
        restore->facts.commits += restore->facts.left + skipped;
        restore->facts.left = 0;
        restore->facts.undated = false;
        restore->facts.last_us = commit.at_us;
        restore->facts.exact = commit.exact;
        skipped = 0;
    }
    restore->facts.left += skipped;
    return chosen;
}

/* All up to frame `to` of a piece is in the file: the piece itself when that is its last. */
static void rest_at(db_restore *restore, const db_piece *piece, uint32_t to)
{
    db_rest *rest = &restore->rest;
    bool whole = to + 1 == piece->first + piece->count;
    rest->position.timeline = piece->timeline;
    rest->position.sequence = whole ? piece->sequence : piece->sequence - 1;
    memcpy(rest->position.generation, piece->salt, DB_LOG_SALT);
    rest->position.frame = to;
    memcpy(rest->tag, whole ? piece->tag : piece->before, DB_PIECE_TAG);
    rest->page_count = restore->page_count;
}

static pb_status apply(db_restore *restore, pb_str bytes, const db_piece *piece, pb_error *err)
{
    uint32_t from = piece->first;
    if (memcmp(piece->salt, restore->position.generation, DB_LOG_SALT) == 0 &&
        from <= restore->position.frame)
        from = restore->position.frame + 1; /* the copy holds them */
    int64_t chosen = choose(restore, bytes, piece, from);
    if (chosen < 0)
        return put_aside(restore, bytes, piece, from, err);
    db_piece_commit commit = db_piece_commit_at(bytes, (uint32_t)chosen);
    PB_TRY(apply_waiting(restore, err));
    PB_TRY(apply_frames(restore, bytes, piece, from, commit.frame, err));
    restore->page_count = commit.pages;
    rest_at(restore, piece, commit.frame);
    return put_aside(restore, bytes, piece, commit.frame + 1, err);
}

pb_status db_restore_log(db_restore *restore, pb_str bytes, pb_error *err)
{
    db_piece piece;
    PB_TRY(db_restore_complete(restore, err));
    PB_TRY(db_piece_check_form(bytes, &piece, err));
    if (restore->key == NULL)
        return pb_fail(err, PB_INVALID, PB_MSG("Pieces of the log need the workspace's key."),
                       NULL);
    PB_TRY(db_piece_authentic(bytes, &piece, restore->key, err));
    if (!restore->logged && piece.sequence <= restore->position.sequence)
        return PB_OK; /* older than the copy */
    if (!follows(restore, &piece))
        return fail_order(restore, &piece, err);
    PB_TRY(apply(restore, bytes, &piece, err));
    restore->logged = true;
    restore->tailed = piece.tail;
    restore->last = piece;
    if (restore->waiting == NULL && !piece.tail)
        rest_at(restore, &piece, piece.first + piece.count - 1);
    return PB_OK;
}
