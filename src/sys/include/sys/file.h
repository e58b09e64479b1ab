/* Files and folders: reading, durable writing, listing, removing.
 *
 * Every failure names the path, carries the system's words as detail and a hint. Statuses follow
 * the reason: PB_NOT_FOUND, PB_DENIED, PB_EXISTS, PB_LIMIT, PB_MEMORY, else PB_IO. Paths are
 * NUL-terminated and as the system has them (bytes). Refuses: watching, mapping; text
 * encodings (see exchange). Threads: functions may be called from any thread; one reader or writer
 * belongs to one thread at a time. Signals do not interrupt: calls are repeated after EINTR.
 */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

typedef enum sys_kind { SYS_NONE, SYS_FILE, SYS_FOLDER, SYS_OTHER } sys_kind;

/** Appends the whole file to `out`. More than `max` bytes is PB_LIMIT; then `out` may hold a part.
 */
pb_status sys_file_read(const char *path, size_t max, pb_buf *out, pb_error *err);
/** The password in the first line of a file, copied into `arena`. PB_INVALID when there is none. */
pb_status sys_password_read(const char *path, pb_arena *arena, const char **ret_password,
                            pb_error *err);
/** Replaces the file's content; a crash may leave a part. Made with `mode` when it is new. */
pb_status sys_file_write(const char *path, pb_str bytes, unsigned mode, pb_error *err);
/** Replaces the file so that a crash at any moment leaves either the old content or the new, whole:
 * temporary file in the same folder, fsync, rename, fsync of the folder. The file has exactly
 * `mode`. On failure the old content stands, with one exception: when only the last step fails the
 * new content is in place but may be lost with the power. A device or pipe is never replaced: it
 * is written directly. */
pb_status sys_file_write_atomic(const char *path, pb_str bytes, unsigned mode, pb_error *err);
/** Writes over bytes within a file that is there; nothing else of it changes. Not durable. */
pb_status sys_file_patch(const char *path, uint64_t position, pb_str bytes, pb_error *err);
/** What was written to a file goes to the disk. */
pb_status sys_file_sync(const char *path, pb_error *err);
pb_status sys_file_remove(const char *path, pb_error *err);

/** A file read piece by piece. */
typedef struct sys_reader sys_reader;
/** Opens a file (or pipe) for reading from its start. Owner: the caller, who ends it with
 * sys_reader_close. */
pb_status sys_reader_open(const char *path, sys_reader **ret, pb_error *err);
/** Reads until `size` bytes are there or the file ends; `*ret_len` below `size` only at the end. */
pb_status sys_reader_read(sys_reader *reader, void *to, size_t size, size_t *ret_len,
                          pb_error *err);
/** The next read begins at that byte. Fails for a pipe. */
pb_status sys_reader_seek(sys_reader *reader, uint64_t position, pb_error *err);
/** Reads from that byte on, which moves nothing: any number of threads may at once. Fails for a
 * pipe. */
pb_status sys_reader_read_at(const sys_reader *reader, uint64_t position, void *to, size_t size,
                             size_t *ret_len, pb_error *err);
/** Bytes of the file when it was opened; 0 for a pipe. */
uint64_t sys_reader_size(const sys_reader *reader);
sys_reader *sys_reader_close(sys_reader *reader);

/** A file written piece by piece that appears under its name, whole, only with sys_writer_finish;
 * a device or pipe that is there is written as the pieces come. */
typedef struct sys_writer sys_writer;
/** Owner: the caller, who ends it with sys_writer_finish or sys_writer_abort. */
pb_status sys_writer_open(const char *path, unsigned mode, sys_writer **ret, pb_error *err);
pb_status sys_writer_write(sys_writer *writer, pb_str bytes, pb_error *err);
/** Ends the writer in any case; when this fails see sys_file_write_atomic. */
pb_status sys_writer_finish(sys_writer *writer, pb_error *err);
/** Drops what was written; the old content stands. Takes NULL, returns NULL. */
sys_writer *sys_writer_abort(sys_writer *writer);

/** What a path leads to, following links; SYS_NONE also when that cannot be found out. */
sys_kind sys_path_kind(const char *path);
/** Permission bits (07777) and whether this user owns it. */
pb_status sys_path_mode(const char *path, unsigned *ret_mode, bool *ret_own, pb_error *err);
/** Number of the file system that a path lies on, and the bytes an ordinary user may still write
 * there. */
pb_status sys_path_device(const char *path, uint64_t *ret_device, uint64_t *ret_free,
                          pb_error *err);
/** Moment of the last change, and size in bytes. */
pb_status sys_path_about(const char *path, int64_t *ret_changed_us, uint64_t *ret_size,
                         pb_error *err);
/** `folder/name` in the arena, NULL without memory. An absolute `name` stands alone. */
char *sys_path_join(pb_arena *arena, const char *folder, const char *name);
/** The absolute path without links and dots; NULL when there is nothing there or without memory. */
char *sys_path_real(pb_arena *arena, const char *path);
/** The part behind the last `/`. */
pb_str sys_path_name(const char *path);

/** Names in a folder without `.` and `..`, in byte order, in the arena. */
pb_status sys_dir_list(const char *path, pb_arena *arena, pb_str **ret_names, size_t *ret_count,
                       pb_error *err);
/** Makes a folder. With `parents` also those above it, and one that is there already is no failure.
 */
pb_status sys_dir_make(const char *path, unsigned mode, bool parents, pb_error *err);
/** As sys_dir_make with `parents`; the names of all that was made are on the disk. */
pb_status sys_dir_make_durable(const char *path, unsigned mode, pb_error *err);
/** Removes a folder and all in it; links are removed, not followed; at most 64 levels deep. A path
 * that leads nowhere is no failure. */
pb_status sys_dir_remove_tree(const char *path, pb_error *err);
/** Renames a file or folder within its file system. What is at `to` is replaced only when `replace`
 * says so; PB_EXISTS otherwise. Durable after sys_dir_sync of the folder. */
pb_status sys_rename(const char *from, const char *to, bool replace, pb_error *err);
/** Everything written to the file system that holds the folder goes to the disk: one call for many
 * files (syncfs). */
pb_status sys_dir_sync_all(const char *path, pb_error *err);
/** Takes a lock that ends with the process at the latest: a file, made when it is not there, that
 * nobody else holds. PB_BUSY when somebody does. Owner: the caller, sys_lock_release. */
typedef struct sys_lock sys_lock;
pb_status sys_lock_take(const char *path, sys_lock **ret_lock, pb_error *err);
/** The same with one of many places in the file, so that one file serves for as many locks as there
 * are numbers. */
pb_status sys_lock_take_at(const char *path, uint64_t at, sys_lock **ret_lock, pb_error *err);
/** The same, held together with others that share it; PB_BUSY when somebody has it alone. */
pb_status sys_lock_share(const char *path, sys_lock **ret_lock, pb_error *err);
sys_lock *sys_lock_release(sys_lock *lock);
/** fsync of a folder: makes names in it durable. */
pb_status sys_dir_sync(const char *path, pb_error *err);
/** Makes a new private folder (mode 700) under $TMPDIR or /tmp. `*ret_path` lies in the arena; the
 * caller removes the folder. */
pb_status sys_temp_dir(pb_arena *arena, char **ret_path, pb_error *err);
/** The same in the folder `above`; NULL: as sys_temp_dir. */
pb_status sys_temp_dir_in(const char *above, pb_arena *arena, char **ret_path, pb_error *err);

#endif
