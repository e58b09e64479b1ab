/* Where bytes come from: a file, a text in memory. */
#include "bytes.h"

#include <openssl/evp.h>

#include "exchange/import.h"
#include "sys/file.h"

/* --- files --- */

static pb_status file_read(void *context, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    return sys_reader_read(context, to, size, ret_count, err);
}

static pb_status file_seek(void *context, uint64_t position, pb_error *err)
{
    return sys_reader_seek(context, position, err);
}

static void file_close(void *context)
{
    sys_reader_close(context);
}

pb_status bytes_of_file(const char *path, byte_input *ret_input, pb_error *err)
{
    sys_reader *file = NULL;
    PB_TRY(sys_reader_open(path, &file, err));
    *ret_input = (byte_input){file_read, file_seek, file_close, file, sys_reader_size(file)};
    return PB_OK;
}

pb_status bytes_of_held(const exchange_held *held, byte_input *ret_input, pb_error *err)
{
    void *file = NULL;
    PB_TRY(held->open(held->context, &file, err));
    *ret_input = (byte_input){held->read, held->seek, held->close, file, held->size};
    return PB_OK;
}

/* --- memory --- */

typedef struct memory_input {
    pb_str bytes;
    size_t done;
    pb_buf own; /* empty when the bytes are another's */
} memory_input;

static pb_status memory_read(void *context, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    (void)err;
    memory_input *input = context;
    size_t left = input->bytes.len - input->done;
    size_t count = left < size ? left : size;
    if (count > 0)
        memcpy(to, input->bytes.ptr + input->done, count);
    input->done += count;
    *ret_count = count;
    return PB_OK;
}

static pb_status memory_seek(void *context, uint64_t position, pb_error *err)
{
    (void)err;
    memory_input *input = context;
    input->done = position < input->bytes.len ? (size_t)position : input->bytes.len;
    return PB_OK;
}

static void memory_close(void *context)
{
    memory_input *input = context;
    pb_buf_free(&input->own);
    free(input);
}

pb_status bytes_of_memory(pb_str bytes, byte_input *ret_input, pb_error *err)
{
    memory_input *input = calloc(1, sizeof *input);
    if (input == NULL)
        return pb_fail_memory(err);
    input->bytes = bytes;
    *ret_input = (byte_input){memory_read, memory_seek, memory_close, input, bytes.len};
    return PB_OK;
}

pb_status bytes_of_buffer(pb_buf *bytes, byte_input *ret_input, pb_error *err)
{
    pb_status status = bytes_of_memory(pb_buf_str(bytes), ret_input, err);
    if (status != PB_OK) {
        pb_buf_free(bytes);
        return status;
    }
    ((memory_input *)ret_input->context)->own = *bytes;
    *bytes = PB_BUF_INIT(0);
    return PB_OK;
}

/* --- any --- */

void bytes_close(byte_input *input)
{
    if (input->close != NULL)
        input->close(input->context);
    *input = (byte_input){0};
}

pb_status bytes_read(byte_input *input, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    size_t done = 0;
    for (size_t count = 1; count > 0 && done < size; done += count)
        PB_TRY(input->read(input->context, (char *)to + done, size - done, &count, err));
    *ret_count = done;
    return PB_OK;
}

pb_status bytes_hash(byte_input *input, uint8_t ret_hash[32], uint64_t *ret_bytes, pb_error *err)
{
    enum { PIECE = 256 << 10 };
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    uint8_t *piece = malloc(PIECE);
    pb_status status = PB_OK;
    uint64_t bytes = 0;
    if (hash == NULL || piece == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
        status = pb_fail_memory(err);
    for (size_t count = 1; status == PB_OK && count > 0;) {
        status = input->read(input->context, piece, PIECE, &count, err);
        if (status == PB_OK && EVP_DigestUpdate(hash, piece, count) != 1)
            status = pb_fail_memory(err);
        bytes += count;
    }
    if (status == PB_OK) {
        EVP_DigestFinal_ex(hash, ret_hash, NULL);
        *ret_bytes = bytes;
    }
    free(piece);
    EVP_MD_CTX_free(hash);
    return status;
}
