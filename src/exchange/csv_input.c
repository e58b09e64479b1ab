/* Where a reader's bytes come from: a file, or a text in memory. */
#include "csv_internal.h"

typedef struct memory_input {
    pb_str bytes;
    size_t done;
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

pb_status csv_open_bytes(pb_str bytes, size_t room, csv_reader **ret_reader, pb_error *err)
{
    memory_input *input = calloc(1, sizeof *input);
    if (input == NULL)
        return pb_fail_memory(err);
    *input = (memory_input){bytes, 0};
    return csv_open_input((csv_input){memory_read, free, input, bytes.len, room}, "text",
                          ret_reader, err);
}
