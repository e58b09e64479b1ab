/* Files that people take for workbooks of this form: what they are, and what to save them as. */
#include "../bytes/bytes.h"
#include "internal.h"

enum { OLE_HEAD = 512, OLE_DIRECTORY = 4096, OLE_NAME = 64 };

bool xlsx_is_zip(pb_str head)
{
    return head.len >= 4 && memcmp(head.ptr, "PK\003\004", 4) == 0;
}

bool xlsx_is_ole(pb_str head)
{
    return head.len >= 8 && memcmp(head.ptr, "\320\317\021\340\241\261\032\341", 8) == 0;
}

static size_t read_at(byte_input *input, uint64_t position, unsigned char *to, size_t size)
{
    size_t got = 0;
    bool read = input->seek(input->context, position, NULL) == PB_OK &&
                bytes_read(input, to, size, &got, NULL) == PB_OK;
    return read ? got : 0;
}

/* Some entry of the directory's first sectors has that name (UTF-16 LE; MS-CFB 2.6.1). */
static bool has_stream(const unsigned char *directory, size_t len, const char *name)
{
    size_t wide = strlen(name);
    for (size_t at = 0; at + 128 <= len; at += 128) {
        size_t i = 0;
        while (i < wide && 2 * i + 1 < OLE_NAME &&
               directory[at + 2 * i] == (unsigned char)name[i] && directory[at + 2 * i + 1] == 0)
            i++;
        if (i == wide && directory[at + 2 * i] == 0)
            return true;
    }
    return false;
}

pb_status xlsx_refuse_ole(byte_input *input, const char *name, pb_error *err)
{
    unsigned char head[OLE_HEAD] = {0}, directory[OLE_DIRECTORY];
    size_t len = 0;
    if (read_at(input, 0, head, OLE_HEAD) == OLE_HEAD) {
        unsigned shift = head[30] == 12 ? 12 : 9;
        uint64_t sector = (uint64_t)head[48] | (uint64_t)head[49] << 8 | (uint64_t)head[50] << 16 |
                          (uint64_t)head[51] << 24;
        len = read_at(input, (sector + 1) << shift, directory, OLE_DIRECTORY);
    }
    if (has_stream(directory, len, "EncryptedPackage")) {
        pb_fail(
            err, PB_UNSUPPORTED,
            PB_MSG("{name} is protected by a password. Save it without one and give that file."),
            "name", name, NULL);
        return PB_UNSUPPORTED;
    }
    if (has_stream(directory, len, "Workbook") || has_stream(directory, len, "Book"))
        pb_fail(err, PB_UNSUPPORTED,
                PB_MSG("{name} is a workbook of the old form (.xls). Save it as “Excel workbook "
                       "(.xlsx)” or as “CSV UTF-8”."),
                "name", name, NULL);
    else
        pb_fail(err, PB_UNSUPPORTED,
                PB_MSG("{name} is a document of an old Office program, not a table. Save it as "
                       "“Excel workbook (.xlsx)” or as “CSV UTF-8”."),
                "name", name, NULL);
    return PB_UNSUPPORTED;
}
