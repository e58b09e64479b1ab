/* Files that come in or go out over the network, kept for a while: what was sent to be imported,
 * what a job made. Each belongs to somebody, and is encrypted from its first byte on.
 *
 *   PBD1 | header of secretstream (24) | what it is | content, 64 KiB a message, the last one so
 *   marked
 *
 * The key is derived from the workspace's; a file is bound to its id. Nobody finds a file of
 * another: it is not there (PB_NOT_FOUND). What is over is removed by service_depot_clear. Threads:
 * a depot may be used by any number; a file that is written or read belongs to one at a time.
 */
#ifndef SERVICE_DEPOT_H
#define SERVICE_DEPOT_H

#include "service/service.h"

enum { SERVICE_DEPOT_NAME = 200, SERVICE_DEPOT_DAYS = 1 };

typedef struct service_depot service_depot;

/** What stands at the beginning of a file. */
typedef struct service_deposit {
    pb_uuid id;
    pb_uuid user;  /* whose it is */
    int64_t job;   /* that made it; 0: it was sent */
    pb_str name;   /* one part of a path */
    pb_str type;   /* media type */
    uint64_t size; /* bytes of the content */
    int64_t at_us, until_us;
} service_deposit;

/** Keeps files in `folder`, which is made; all of them together hold `most` bytes. Owner: the
 * caller, service_depot_close, before the workspace is closed. */
pb_status service_depot_open(db_workspace *workspace, const char *folder, uint64_t most,
                             service_depot **ret_depot, pb_error *err);
/** Takes NULL, returns NULL. */
service_depot *service_depot_close(service_depot *depot);

typedef struct service_depositing service_depositing;
/** Begins a file; of `what`, times do not matter, and `size` is what is said to come (0: not said):
 * PB_LIMIT where there is no room for that. It is there after service_deposit_end. */
pb_status service_deposit_begin(service_depot *depot, const service_deposit *what, int64_t now_us,
                                service_depositing **ret_file, pb_error *err);
/** PB_LIMIT when the depot is full. */
pb_status service_deposit_add(service_depositing *file, pb_str bytes, pb_error *err);
/** Ends it in any case. */
pb_status service_deposit_end(service_depositing *file, pb_uuid *ret_id, pb_error *err);
/** Takes NULL, returns NULL. */
service_depositing *service_deposit_drop(service_depositing *file);

/** The file `id` of `user`; texts in the arena. PB_NOT_FOUND. */
pb_status service_deposit_find(service_depot *depot, pb_uuid user, pb_uuid id, pb_arena *arena,
                               service_deposit *ret_deposit, pb_error *err);
/** Those of `user`, oldest first: made by `job`, or with 0 those that were sent. */
pb_status service_deposit_list(service_depot *depot, pb_uuid user, int64_t job, pb_arena *arena,
                               service_deposit **ret_deposits, size_t *ret_count, pb_error *err);
/** The newest of `user` that is called `name`, whichever job made it: PB_NOT_FOUND. */
pb_status service_deposit_newest(service_depot *depot, pb_uuid user, pb_str name, pb_arena *arena,
                                 service_deposit *ret_deposit, pb_error *err);
pb_status service_deposit_remove(service_depot *depot, pb_uuid user, pb_uuid id, pb_error *err);
/** Removes what is over. */
pb_status service_depot_clear(service_depot *depot, int64_t now_us, pb_error *err);

/** A file that is read from its beginning. */
typedef struct service_withdrawing service_withdrawing;
pb_status service_withdraw_begin(service_depot *depot, pb_uuid user, pb_uuid id,
                                 service_withdrawing **ret_file, pb_error *err);
/** The next bytes; none at the end. Valid until the next call. PB_CORRUPT when it was altered or
 * cut off. */
pb_status service_withdraw(service_withdrawing *file, pb_str *ret_bytes, pb_error *err);
/** Takes NULL, returns NULL. */
service_withdrawing *service_withdraw_end(service_withdrawing *file);
/** A file that is read in any order, by any number of readers at once. To come back to what was
 * passed by once, some 256 KiB of it are opened anew (of files beyond 4 GiB more, 1 in 16,384);
 * nothing of it lies anywhere as it is. It can be read to its end when it is removed meanwhile. */
typedef struct service_depot_file service_depot_file;
pb_status service_depot_file_open(service_depot *depot, pb_uuid user, pb_uuid id,
                                  service_depot_file **ret_file, pb_error *err);
/** Bytes of its content. */
uint64_t service_depot_file_size(const service_depot_file *file);
/** When all readers of it are closed. Takes NULL, returns NULL. */
service_depot_file *service_depot_file_close(service_depot_file *file);
/** One who reads it, from its beginning; belongs to one thread at a time. */
typedef struct service_depot_reader service_depot_reader;
pb_status service_depot_reader_open(service_depot_file *file, service_depot_reader **ret_reader,
                                    pb_error *err);
/** At most `size` bytes; none at the end. PB_CORRUPT when it was altered or cut off. */
pb_status service_depot_reader_read(service_depot_reader *reader, void *to, size_t size,
                                    size_t *ret_len, pb_error *err);
/** The next bytes are those from there on. */
void service_depot_reader_seek(service_depot_reader *reader, uint64_t position);
/** Takes NULL, returns NULL. */
service_depot_reader *service_depot_reader_close(service_depot_reader *reader);
/** The whole content, appended. */
pb_status service_withdraw_all(service_depot *depot, pb_uuid user, pb_uuid id, pb_buf *out,
                               pb_error *err);

#endif
