/* A reader over a file of the operating system. */
#include "csv_internal.h"
#include "sys/file.h"

static pb_status file_read(void *context, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    return sys_reader_read(context, to, size, ret_count, err);
}

static void file_close(void *context)
{
    sys_reader_close(context);
}

pb_status csv_open(const char *path, csv_reader **ret_reader, pb_error *err)
{
    sys_reader *file = NULL;
    PB_TRY(sys_reader_open(path, &file, err));
    csv_input input = {file_read, file_close, file, sys_reader_size(file), 0};
    pb_str name = sys_path_name(path);
    char shown[256];
    snprintf(shown, sizeof shown, "%.*s", (int)(name.len < 255 ? name.len : 255), name.ptr);
    return csv_open_input(input, shown, ret_reader, err);
}
