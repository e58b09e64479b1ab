/* Files of the depot as they are written: sealed piece by piece. */
#include "depot_file.h"

#include "base/time.h"
#include "sys/random.h"

struct service_depositing {
    service_depot *depot;
    sys_writer *writer;
    crypto_secretstream_xchacha20poly1305_state state;
    pb_uuid id;
    uint64_t counted; /* of `depot->held` */
    size_t filled;
    uint8_t plain[DEPOT_PIECE], sealed[DEPOT_PIECE + DEPOT_OVER];
};

static pb_status fail_full(pb_error *err)
{
    pb_fail(err, PB_LIMIT, PB_MSG("There is no more room here for files of jobs."), NULL);
    pb_error_hint(err, PB_MSG("Delete files that nobody needs, or try again tomorrow."), NULL);
    return PB_LIMIT;
}

/* What is said to come, and has no room in the depot or on its disk, need not come at all. */
static pb_status check_room(const service_depot *depot, uint64_t content, pb_error *err)
{
    uint64_t sealed = service_deposit_sealed(content), device = 0, there = UINT64_MAX;
    if (content == 0)
        return PB_OK;
    PB_TRY(sys_path_device(depot->folder, &device, &there, err));
    bool room = sealed <= depot->most && atomic_load(&depot->held) <= depot->most - sealed;
    return room && sealed <= there ? PB_OK : fail_full(err);
}

/* Bytes that are about to be written. What is too much is given back with the rest, when the file
 * is dropped. */
static pb_status count(service_depositing *file, uint64_t size, pb_error *err)
{
    file->counted += size;
    if (atomic_fetch_add(&file->depot->held, size) + size > file->depot->most)
        return fail_full(err);
    return PB_OK;
}

static pb_status seal(service_depositing *file, const uint8_t *plain, size_t len, bool last,
                      pb_error *err)
{
    unsigned long long sealed = 0;
    PB_TRY(count(file, len + DEPOT_OVER, err));
    crypto_secretstream_xchacha20poly1305_push(
        &file->state, file->sealed, &sealed, plain, len, file->id.b, sizeof file->id.b,
        last ? DEPOT_LAST : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    return sys_writer_write(file->writer, pb_str_n((const char *)file->sealed, (size_t)sealed),
                            err);
}

static pb_status begin(service_depositing *file, const service_deposit *what, pb_error *err)
{
    char path[DEPOT_PATH_ROOM];
    uint8_t head[DEPOT_MARK + DEPOT_HEADER], bytes[DEPOT_WHAT];
    service_deposit_path(file->depot, file->id, path);
    PB_TRY(sys_writer_open(path, 0600, &file->writer, err));
    memcpy(head, service_depot_mark, DEPOT_MARK);
    crypto_secretstream_xchacha20poly1305_init_push(&file->state, head + DEPOT_MARK,
                                                    file->depot->key);
    PB_TRY(count(file, sizeof head, err));
    PB_TRY(sys_writer_write(file->writer, pb_str_n((const char *)head, sizeof head), err));
    service_deposit_pack(what, bytes);
    return seal(file, bytes, sizeof bytes, false, err);
}

pb_status service_deposit_begin(service_depot *depot, const service_deposit *what, int64_t now_us,
                                service_depositing **ret_file, pb_error *err)
{
    uint8_t random[8];
    service_deposit made = *what;
    PB_TRY(check_room(depot, what->size, err));
    service_depositing *file = calloc(1, sizeof *file);
    if (file == NULL)
        return pb_fail_memory(err);
    sys_random(random, sizeof random);
    made.at_us = now_us;
    made.until_us = now_us + SERVICE_DEPOT_DAYS * PB_US_PER_DAY;
    file->depot = depot;
    file->id = pb_uuid_v7(now_us, random);
    pb_status status = begin(file, &made, err);
    *ret_file = status == PB_OK ? file : service_deposit_drop(file);
    return status;
}

pb_status service_deposit_add(service_depositing *file, pb_str bytes, pb_error *err)
{
    while (bytes.len > 0) {
        size_t room = DEPOT_PIECE - file->filled, part = bytes.len < room ? bytes.len : room;
        /* A full piece waits until more comes: the last one must be marked. */
        if (room == 0) {
            PB_TRY(seal(file, file->plain, DEPOT_PIECE, false, err));
            file->filled = 0;
            continue;
        }
        memcpy(file->plain + file->filled, bytes.ptr, part);
        file->filled += part;
        bytes = pb_str_sub(bytes, part, bytes.len);
    }
    return PB_OK;
}

pb_status service_deposit_end(service_depositing *file, pb_uuid *ret_id, pb_error *err)
{
    pb_status status = seal(file, file->plain, file->filled, true, err);
    if (status == PB_OK) {
        status = sys_writer_finish(file->writer, err);
        file->writer = NULL;
    }
    if (status == PB_OK) {
        *ret_id = file->id;
        file->counted = 0;
    }
    service_deposit_drop(file);
    return status;
}

service_depositing *service_deposit_drop(service_depositing *file)
{
    if (file != NULL) {
        sys_writer_abort(file->writer);
        atomic_fetch_sub(&file->depot->held, file->counted);
        sodium_memzero(file, sizeof *file);
        free(file);
    }
    return NULL;
}
