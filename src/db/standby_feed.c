/* Bringing a standby forward: nothing of it changes before all that is needed to finish is in the
 * folder and the file says what is under way. */
#include "standby.h"

#include "sys/clock.h"
#include "sys/random.h"

#include <sodium.h>

enum { SEALED_MAX = 4 << 20, HEAD_MAX = 8192 };

static pb_status no_memory_or(char *path, pb_error *err)
{
    return path == NULL ? pb_fail_memory(err) : PB_OK;
}

/* ---- pieces beside ---- */

static char *piece_path(pb_arena *arena, const char *folder, uint64_t sequence)
{
    return arena == NULL ? NULL
                         : pb_arena_printf(arena, "%s/" DB_STANDBY_INCOMING "/%020llu.piece",
                                           folder, (unsigned long long)sequence);
}

pb_status db_standby_put(const char *folder, uint64_t sequence, pb_str piece, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    char *path = piece_path(arena, folder, sequence);
    char *incoming = db_standby_path(arena, folder, DB_STANDBY_INCOMING);
    if (path == NULL || incoming == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_dir_make(incoming, 0700, true, err));
    return sys_file_write_atomic(path, piece, 0600, err);
}

pb_status db_standby_beside(const char *folder, pb_arena *arena, uint64_t **ret_sequences,
                            size_t *ret_count, pb_error *err)
{
    pb_str *names = NULL;
    size_t count = 0;
    char *incoming = db_standby_path(arena, folder, DB_STANDBY_INCOMING);
    PB_TRY(no_memory_or(incoming, err));
    if (sys_path_kind(incoming) == SYS_FOLDER)
        PB_TRY(sys_dir_list(incoming, arena, &names, &count, err));
    uint64_t *sequences = pb_arena_array(arena, count + 1, sizeof *sequences);
    if (sequences == NULL)
        return pb_fail_memory(err);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t sequence;
        if (names[i].len == 26 && pb_str_ends(names[i], PB_STR(".piece")) &&
            pb_str_to_i64(pb_str_sub(names[i], 0, 20), &sequence) && sequence > 0)
            sequences[(*ret_count)++] = (uint64_t)sequence;
    }
    *ret_sequences = sequences;
    return PB_OK;
}

/* Pieces that are wholly applied, or do not belong to it any more. */
static pb_status drop_pieces(const char *folder, uint64_t up_to, pb_arena *arena, pb_error *err)
{
    uint64_t *sequences;
    size_t count;
    PB_TRY(db_standby_beside(folder, arena, &sequences, &count, err));
    for (size_t i = 0; i < count && sequences[i] <= up_to; i++) {
        char *path = piece_path(arena, folder, sequences[i]);
        PB_TRY(no_memory_or(path, err));
        PB_TRY(sys_file_remove(path, err));
    }
    return PB_OK;
}

/* ---- applying ---- */

/* What readers that died left: with the lock held alone nobody has it open, and nobody but a
 * takeover ever wrote. */
static pb_status drop_reader_files(const char *folder, pb_arena *arena, pb_error *err)
{
    static const char *const names[] = {"records.db-wal", "records.db-shm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = db_standby_path(arena, folder, names[i]);
        PB_TRY(no_memory_or(path, err));
        if (sys_path_kind(path) != SYS_NONE)
            PB_TRY(sys_file_remove(path, err));
    }
    return PB_OK;
}

static pb_status apply_piece(const char *folder, uint64_t sequence, pb_arena *arena,
                             db_restore *restore, bool *ret_bad, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX);
    char *path = piece_path(arena, folder, sequence);
    PB_TRY(no_memory_or(path, err));
    PB_TRY(sys_file_read(path, DB_LOG_PIECE_MAX, &bytes, err));
    pb_status status = db_restore_log(restore, pb_buf_str(&bytes), err);
    *ret_bad = status == PB_CORRUPT || status == PB_INVALID;
    if (*ret_bad) /* nothing of it was written: it is fetched again */
        sys_file_remove(path, NULL);
    return status;
}

static pb_status apply_pieces(const char *folder, const db_key_source *key, pb_arena *arena,
                              db_standby *standby, bool *ret_bad, pb_error *err)
{
    PB_AUTO_BUF head = PB_BUF_INIT(HEAD_MAX);
    db_restore *restore = NULL;
    uint64_t *sequences;
    size_t count;
    char *path = db_standby_path(arena, folder, DB_HEADER_FILE);
    PB_TRY(no_memory_or(path, err));
    PB_TRY(sys_file_read(path, HEAD_MAX, &head, err));
    PB_TRY(db_standby_beside(folder, arena, &sequences, &count, err));
    PB_TRY(db_restore_resume(folder, pb_buf_str(&head), &standby->rest, key, &restore, err));
    pb_status status = PB_OK;
    for (size_t i = 0; i < count && status == PB_OK; i++)
        status = apply_piece(folder, sequences[i], arena, restore, ret_bad, err);
    db_rest rest = db_restore_rest(restore);
    pb_status finished = db_restore_finish(restore, status == PB_OK ? err : NULL);
    if (finished != PB_OK) {
        *ret_bad = false;
        return status == PB_OK ? finished : status;
    }
    standby->rest = rest;
    return status;
}

/* With the lock held alone. A piece that is bad ends it before anything of that piece is written:
 * what came before it stands. */
static pb_status apply_held(const char *folder, const db_key_source *key, db_standby *standby,
                            pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 24);
    bool bad = false;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(drop_reader_files(folder, arena, err));
    standby->step = DB_STANDBY_APPLYING;
    PB_TRY(db_standby_write(folder, standby, err));
    pb_status status = apply_pieces(folder, key, arena, standby, &bad, err);
    if (status != PB_OK && !bad)
        return status;
    standby->step = DB_STANDBY_READY;
    PB_TRY(db_standby_write(folder, standby, err));
    PB_TRY(drop_pieces(folder, standby->rest.position.sequence, arena, err));
    return status;
}

/* ---- taking the place ---- */

/* Each step may be done again: what is in `next` goes over what is there, the file that says how
 * far it is last. */
static pb_status switch_held(const char *folder, pb_error *err)
{
    static const char *const names[] = {"records.db", DB_HEADER_FILE, DB_STANDBY_FILE};
    PB_AUTO_ARENA arena = pb_arena_new(1 << 24);
    char *next = db_standby_path(arena, folder, DB_STANDBY_NEXT);
    PB_TRY(no_memory_or(next, err));
    PB_TRY(drop_reader_files(folder, arena, err));
    PB_TRY(drop_pieces(folder, UINT64_MAX, arena, err));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *from = db_standby_path(arena, next, names[i]);
        char *to = db_standby_path(arena, folder, names[i]);
        if (from == NULL || to == NULL)
            return pb_fail_memory(err);
        if (sys_path_kind(from) == SYS_NONE)
            continue;
        PB_TRY(sys_rename(from, to, true, err));
        PB_TRY(sys_dir_sync(folder, err));
    }
    return sys_dir_remove_tree(next, err);
}

pb_status db_standby_settle(const char *folder, const db_key_source *key, db_standby *standby,
                            pb_error *err)
{
    PB_TRY(db_standby_read(folder, standby, err));
    if (standby->step == DB_STANDBY_SWITCHING) {
        PB_TRY(switch_held(folder, err));
        PB_TRY(db_standby_read(folder, standby, err));
    }
    return standby->step == DB_STANDBY_APPLYING ? apply_held(folder, key, standby, err) : PB_OK;
}

pb_status db_standby_apply(const char *folder, const db_key_source *key, int64_t wait_us,
                           db_standby *standby, pb_error *err)
{
    sys_lock *lock = NULL;
    PB_TRY(db_standby_lock(folder, true, wait_us, &lock, err));
    pb_status status = db_standby_settle(folder, key, standby, err);
    if (status == PB_OK)
        status = apply_held(folder, key, standby, err);
    sys_lock_release(lock);
    return status;
}

pb_status db_standby_next(const char *folder, pb_arena *arena, const char **ret_next, pb_error *err)
{
    char *next = db_standby_path(arena, folder, DB_STANDBY_NEXT);
    PB_TRY(no_memory_or(next, err));
    PB_TRY(sys_dir_remove_tree(next, err));
    *ret_next = next;
    return PB_OK;
}

pb_status db_standby_switch(const char *folder, int64_t wait_us, db_standby *standby, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    char *next = db_standby_path(arena, folder, DB_STANDBY_NEXT);
    sys_lock *lock = NULL;
    PB_TRY(no_memory_or(next, err));
    standby->step = DB_STANDBY_READY;
    PB_TRY(db_standby_write(next, standby, err));
    PB_TRY(db_standby_lock(folder, true, wait_us, &lock, err));
    db_standby under_way = *standby;
    under_way.step = DB_STANDBY_SWITCHING;
    pb_status status = db_standby_write(folder, &under_way, err);
    if (status == PB_OK)
        status = switch_held(folder, err);
    sys_lock_release(lock);
    return status;
}

pb_status db_standby_end(db_workspace *workspace, pb_error *err)
{
    static const char *const folders[] = {DB_STANDBY_INCOMING, DB_STANDBY_NEXT, DB_STANDBY_NOTED};
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    const char *folder = workspace->target.place;
    char *mark = db_standby_path(arena, folder, DB_STANDBY_FILE);
    PB_TRY(no_memory_or(mark, err));
    pb_status status = sys_file_remove(mark, err);
    if (status != PB_OK && status != PB_NOT_FOUND) /* another who opens it was faster */
        return status;
    PB_TRY(sys_dir_sync(folder, err));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *path = db_standby_path(arena, folder, folders[i]);
        PB_TRY(no_memory_or(path, err));
        PB_TRY(sys_dir_remove_tree(path, err));
    }
    return PB_OK;
}

/* ---- what is noted ---- */

static void note_key(const db_workspace *workspace, uint8_t ret_key[32])
{
    crypto_kdf_derive_from_key(ret_key, 32, 1, "stbynote", workspace->key);
}

pb_status db_standby_note(db_workspace *workspace, pb_str event, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(SEALED_MAX * 2);
    uint8_t key[32], random[8];
    size_t size = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + event.len;
    char *folder = db_standby_path(arena, workspace->target.place, DB_STANDBY_NOTED);
    uint8_t *sealed = arena == NULL ? NULL : pb_arena_alloc(arena, size);
    if (folder == NULL || sealed == NULL || size > SEALED_MAX)
        return pb_fail_memory(err);
    PB_TRY(sys_dir_make(folder, 0700, true, err));
    sys_random(random, sizeof random);
    char *path = pb_arena_printf(arena, "%s/%020lld-%02x%02x%02x%02x%02x%02x%02x%02x", folder,
                                 (long long)sys_now_us(), random[0], random[1], random[2],
                                 random[3], random[4], random[5], random[6], random[7]);
    PB_TRY(no_memory_or(path, err));
    note_key(workspace, key);
    sys_random(sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const uint8_t *)event.ptr,
                          event.len, sealed, key);
    sodium_memzero(key, sizeof key);
    return sys_file_write_atomic(path, pb_str_n((const char *)sealed, size), 0600, err);
}

static pb_status open_note(db_workspace *workspace, const char *path, db_standby_each each,
                           void *context, pb_error *err)
{
    enum { MORE = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES };
    PB_AUTO_BUF sealed = PB_BUF_INIT(SEALED_MAX);
    uint8_t key[32];
    PB_TRY(sys_file_read(path, SEALED_MAX, &sealed, err));
    uint8_t *room = malloc(sealed.len + 1);
    if (room == NULL)
        return pb_fail_memory(err);
    note_key(workspace, key);
    const uint8_t *bytes = (const uint8_t *)sealed.ptr;
    bool good =
        sealed.len >= MORE &&
        crypto_secretbox_open_easy(room, bytes + crypto_secretbox_NONCEBYTES,
                                   sealed.len - crypto_secretbox_NONCEBYTES, bytes, key) == 0;
    sodium_memzero(key, sizeof key);
    pb_status status =
        good ? each(context, pb_str_n((const char *)room, sealed.len - MORE), err)
             : pb_fail(err, PB_CORRUPT, PB_MSG("The note {path} of the standby was altered."),
                       "path", path, NULL);
    free(room);
    return status;
}

pb_status db_standby_notes(db_workspace *workspace, db_standby_each each, void *context,
                           pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    pb_str *names = NULL;
    size_t count = 0;
    char *folder = db_standby_path(arena, workspace->target.place, DB_STANDBY_NOTED);
    PB_TRY(no_memory_or(folder, err));
    if (sys_path_kind(folder) == SYS_FOLDER)
        PB_TRY(sys_dir_list(folder, arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        char *name = pb_arena_cstr(arena, names[i]);
        char *path = name == NULL ? NULL : sys_path_join(arena, folder, name);
        PB_TRY(no_memory_or(path, err));
        if (names[i].len == 37) /* one that was being written when its process died is longer */
            PB_TRY(open_note(workspace, path, each, context, err));
    }
    return PB_OK;
}
