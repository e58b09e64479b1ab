/* Files of the depot as they are read, from the beginning. */
#include "depot_file.h"

pb_status service_deposit_fail_altered(pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("A file that was kept for a job was altered."), NULL);
}

pb_status service_withdraw_unseal(service_withdrawing *file, size_t len, size_t *ret_len,
                                  bool *ret_last, pb_error *err)
{
    unsigned long long plain = 0;
    unsigned char tag = 0;
    if (len < DEPOT_OVER || crypto_secretstream_xchacha20poly1305_pull(
                                &file->state, file->plain, &plain, &tag, file->sealed, len,
                                file->id.b, sizeof file->id.b) != 0)
        return service_deposit_fail_altered(err);
    *ret_len = (size_t)plain;
    *ret_last = tag == DEPOT_LAST;
    return PB_OK;
}

/* Reads and opens one message; `*ret_len` of it. */
static pb_status read_piece(service_withdrawing *file, size_t most, size_t *ret_len, bool *ret_last,
                            pb_error *err)
{
    size_t len;
    PB_TRY(sys_reader_read(file->reader, file->sealed, most + DEPOT_OVER, &len, err));
    return service_withdraw_unseal(file, len, ret_len, ret_last, err);
}

static pb_status read_head(service_depot *depot, service_withdrawing *file, pb_error *err)
{
    char path[DEPOT_PATH_ROOM];
    uint8_t head[DEPOT_MARK + DEPOT_HEADER];
    size_t len = 0;
    bool last = false;
    service_deposit_path(depot, file->id, path);
    if (sys_path_kind(path) != SYS_FILE)
        return service_deposit_fail_gone(err);
    PB_TRY(sys_reader_open(path, &file->reader, err));
    PB_TRY(sys_reader_read(file->reader, head, sizeof head, &len, err));
    if (len != sizeof head || memcmp(head, service_depot_mark, DEPOT_MARK) != 0 ||
        crypto_secretstream_xchacha20poly1305_init_pull(&file->state, head + DEPOT_MARK,
                                                        depot->key) != 0)
        return service_deposit_fail_altered(err);
    PB_TRY(read_piece(file, DEPOT_WHAT, &len, &last, err));
    return len == DEPOT_WHAT && !last ? PB_OK : service_deposit_fail_altered(err);
}

pb_status service_withdraw_open(service_depot *depot, pb_uuid id, service_withdrawing **ret_file,
                                pb_error *err)
{
    service_withdrawing *file = calloc(1, sizeof *file);
    if (file == NULL) {
        pb_fail_memory(err);
        return PB_MEMORY;
    }
    file->id = id;
    pb_status status = read_head(depot, file, err);
    *ret_file = status == PB_OK ? file : service_withdraw_end(file);
    return status;
}

pb_status service_withdraw_own(service_depot *depot, pb_uuid user, pb_uuid id,
                               service_withdrawing **ret_file, pb_error *err)
{
    PB_TRY(service_withdraw_open(depot, id, ret_file, err));
    const service_deposit what = service_deposit_unpack((*ret_file)->plain);
    if (memcmp(&what.user, &user, sizeof user) == 0)
        return PB_OK;
    *ret_file = service_withdraw_end(*ret_file);
    return service_deposit_fail_gone(err);
}

pb_status service_withdraw_begin(service_depot *depot, pb_uuid user, pb_uuid id,
                                 service_withdrawing **ret_file, pb_error *err)
{
    return service_withdraw_own(depot, user, id, ret_file, err);
}

pb_status service_withdraw(service_withdrawing *file, pb_str *ret_bytes, pb_error *err)
{
    size_t len = 0;
    *ret_bytes = PB_STR("");
    if (file->over)
        return PB_OK;
    PB_TRY(read_piece(file, DEPOT_PIECE, &len, &file->over, err));
    *ret_bytes = pb_str_n((const char *)file->plain, len);
    return PB_OK;
}

service_withdrawing *service_withdraw_end(service_withdrawing *file)
{
    if (file != NULL) {
        sys_reader_close(file->reader);
        sodium_memzero(file, sizeof *file);
        free(file);
    }
    return NULL;
}

pb_status service_withdraw_all(service_depot *depot, pb_uuid user, pb_uuid id, pb_buf *out,
                               pb_error *err)
{
    service_withdrawing *file = NULL;
    pb_str bytes = PB_STR("");
    PB_TRY(service_withdraw_own(depot, user, id, &file, err));
    pb_status status;
    do {
        status = service_withdraw(file, &bytes, err);
        if (status == PB_OK)
            pb_buf_add(out, bytes);
    } while (status == PB_OK && bytes.len > 0);
    service_withdraw_end(file);
    return status == PB_OK && out->failed ? pb_fail_memory(err) : status;
}
