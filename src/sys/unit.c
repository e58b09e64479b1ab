/* Files that are written for other programs of the machine. */
#include "sys/unit.h"

#include "sys/file.h"

enum { FILE_MAX = 1 << 20 };

static pb_status not_ours(const char *path, pb_error *err)
{
    pb_fail(err, PB_EXISTS, PB_MSG("{path} is in the way."), "path", path, NULL);
    pb_error_detail(err, PB_MSG("It does not begin as the files do that this program writes."),
                    NULL);
    pb_error_hint(err, PB_MSG("Move it away, or name another folder."), NULL);
    return PB_EXISTS;
}

pb_status sys_unit_put(const char *path, unsigned mode, const pb_buf *text, pb_error *err)
{
    PB_AUTO_BUF old = PB_BUF_INIT(FILE_MAX);
    if (text->failed)
        return pb_fail_memory(err);
    if (sys_path_kind(path) != SYS_NONE &&
        (sys_file_read(path, FILE_MAX, &old, NULL) != PB_OK ||
         !pb_str_starts(pb_buf_str(&old), PB_STR(SYS_UNIT_FIRST_LINE))))
        return not_ours(path, err);
    return sys_file_write_atomic(path, pb_buf_str(text), mode, err);
}

void sys_unit_word(pb_buf *out, const char *word)
{
    pb_buf_addc(out, " \"");
    for (const char *c = word; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            pb_buf_byte(out, '\\');
        if (*c == '%' || *c == '$')
            pb_buf_byte(out, *c);
        pb_buf_byte(out, *c);
    }
    pb_buf_byte(out, '"');
}
