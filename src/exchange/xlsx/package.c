/* The ZIP of a workbook, read over any input that can be read in any order. */
#include <minizip/unzip.h>

#include "internal.h"

enum {
    HEAD = 8,
    BOMB_BYTES = 256 << 20, /* smaller parts may be packed as tightly as they like */
    BOMB_RATIO = 500,
    NAME_SENSE = 2 /* minizip: names in any case */
};

struct xlsx_package {
    byte_input input;
    char *name;
    uint64_t position;
    unzFile zip;
    bool part_open;
    char part[256]; /* the open one, for errors */
    bool over;
    uint64_t done, total;
    pb_buf held; /* an input that can only be read forwards */
    size_t held_at;
    pb_error why; /* of the input, below minizip */
};

/* --- the input as minizip wants it --- */

static voidpf ZCALLBACK zip_open(voidpf opaque, const void *name, int mode)
{
    (void)name;
    (void)mode;
    return opaque;
}

static uLong ZCALLBACK zip_read(voidpf opaque, voidpf stream, void *to, uLong size)
{
    (void)opaque;
    xlsx_package *package = stream;
    uLong got = 0;
    while (got < size) {
        size_t count = 0;
        if (package->input.read(package->input.context, (char *)to + got, size - got, &count,
                                &package->why) != PB_OK ||
            count == 0)
            break;
        got += count;
    }
    package->position += got;
    return got;
}

static uLong ZCALLBACK zip_write(voidpf opaque, voidpf stream, const void *from, uLong size)
{
    (void)opaque, (void)stream, (void)from, (void)size;
    return 0;
}

static ZPOS64_T ZCALLBACK zip_tell(voidpf opaque, voidpf stream)
{
    (void)opaque;
    return ((xlsx_package *)stream)->position;
}

static long ZCALLBACK zip_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
    (void)opaque;
    xlsx_package *package = stream;
    uint64_t to = origin == ZLIB_FILEFUNC_SEEK_SET   ? offset
                  : origin == ZLIB_FILEFUNC_SEEK_CUR ? package->position + offset
                                                     : package->input.total + offset;
    if (to > package->input.total)
        return -1;
    if (to != package->position &&
        package->input.seek(package->input.context, to, &package->why) != PB_OK)
        return -1;
    package->position = to;
    return 0;
}

static int ZCALLBACK zip_close(voidpf opaque, voidpf stream)
{
    (void)opaque, (void)stream;
    return 0;
}

static int ZCALLBACK zip_error(voidpf opaque, voidpf stream)
{
    (void)opaque;
    return ((xlsx_package *)stream)->why.status != PB_OK;
}

/* --- an input that can only be read forwards --- */

static pb_status held_read(void *context, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    (void)err;
    xlsx_package *package = context;
    size_t left = package->held.len - package->held_at;
    size_t count = left < size ? left : size;
    if (count > 0)
        memcpy(to, package->held.ptr + package->held_at, count);
    package->held_at += count;
    *ret_count = count;
    return PB_OK;
}

static pb_status held_seek(void *context, uint64_t position, pb_error *err)
{
    (void)err;
    xlsx_package *package = context;
    package->held_at = position < package->held.len ? (size_t)position : package->held.len;
    return PB_OK;
}

static pb_status hold(xlsx_package *package, pb_error *err)
{
    enum { PIECE = 64 << 10 };
    package->held = PB_BUF_INIT(XLSX_MAX_HELD + PIECE);
    byte_input *input = &package->input;
    for (size_t count = 1; count > 0;) {
        if (!pb_buf_reserve(&package->held, PIECE))
            return pb_fail_memory(err);
        PB_TRY(
            input->read(input->context, package->held.ptr + package->held.len, PIECE, &count, err));
        package->held.len += count;
        if (package->held.len > XLSX_MAX_HELD) {
            pb_fail(err, PB_LIMIT,
                    PB_MSG("{name} is larger than {limit} MiB, too large to be read inside another "
                           "file. Unpack it and give the workbook itself."),
                    "name", package->name, "limit", PB_ARG_INT(XLSX_MAX_HELD >> 20), NULL);
            return PB_LIMIT;
        }
    }
    if (input->close != NULL)
        input->close(input->context);
    *input = (byte_input){held_read, held_seek, NULL, package, package->held.len};
    return PB_OK;
}

/* --- opening --- */

static pb_status damaged(const xlsx_package *package, const char *part, pb_error *err)
{
    if (part != NULL)
        pb_fail(err, PB_INVALID,
                PB_MSG("{name} is damaged: its part {part} cannot be unpacked. Open it in a "
                       "spreadsheet program and save it again, or export it once more."),
                "name", package->name, "part", part, NULL);
    else
        pb_fail(err, PB_INVALID,
                PB_MSG("{name} is damaged: the list of contents at its end is missing or broken. "
                       "Copy or export it once more."),
                "name", package->name, NULL);
    if (package->why.status != PB_OK && err != NULL)
        *err = package->why; /* the file itself could not be read */
    return PB_INVALID;
}

static pb_status open_zip(xlsx_package *package, pb_error *err)
{
    byte_input *input = &package->input;
    if (input->seek == NULL || input->total == 0)
        PB_TRY(hold(package, err));
    char head[HEAD] = {0};
    zip_read(NULL, package, head, HEAD);
    zip_seek(NULL, package, 0, ZLIB_FILEFUNC_SEEK_SET);
    if (xlsx_is_ole(pb_str_n(head, HEAD)))
        return xlsx_refuse_ole(input, package->name, err);
    zlib_filefunc64_def calls = {zip_open, zip_read,  zip_write, zip_tell,
                                 zip_seek, zip_close, zip_error, package};
    package->zip = unzOpen2_64(package->name, &calls);
    if (package->zip == NULL)
        return damaged(package, NULL, err);
    unz_global_info64 info;
    if (unzGetGlobalInfo64(package->zip, &info) != UNZ_OK)
        return damaged(package, NULL, err);
    if (info.number_entry <= XLSX_MAX_ENTRIES)
        return PB_OK;
    pb_fail(err, PB_LIMIT, PB_MSG("{name} has more than {limit} parts"), "name", package->name,
            "limit", PB_ARG_INT(XLSX_MAX_ENTRIES), NULL);
    return PB_LIMIT;
}

pb_status xlsx_package_open(byte_input input, const char *name, xlsx_package **ret, pb_error *err)
{
    xlsx_package *package = calloc(1, sizeof *package);
    if (package == NULL) {
        if (input.close != NULL)
            input.close(input.context);
        return pb_fail_memory(err);
    }
    package->input = input;
    package->name = strdup(name);
    pb_status status = package->name == NULL ? pb_fail_memory(err) : open_zip(package, err);
    if (status != PB_OK) {
        xlsx_package_close(package);
        return status;
    }
    *ret = package;
    return PB_OK;
}

xlsx_package *xlsx_package_close(xlsx_package *package)
{
    if (package == NULL)
        return NULL;
    xlsx_part_close(package);
    if (package->zip != NULL)
        unzClose(package->zip);
    if (package->input.close != NULL)
        package->input.close(package->input.context);
    pb_buf_free(&package->held);
    free(package->name);
    free(package);
    return NULL;
}

const char *xlsx_package_name(const xlsx_package *package)
{
    return package->name;
}

/* --- parts --- */

bool xlsx_package_has(xlsx_package *package, const char *part)
{
    return unzLocateFile(package->zip, part, NAME_SENSE) == UNZ_OK;
}

static pb_status check_size(const xlsx_package *package, const char *part,
                            const unz_file_info64 *info, pb_error *err)
{
    if (info->uncompressed_size > XLSX_MAX_PART) {
        pb_fail(err, PB_LIMIT,
                PB_MSG("{part} in {name} is larger than {limit} MiB. Export the sheet in pieces, "
                       "or as CSV."),
                "part", part, "name", package->name, "limit", PB_ARG_INT(XLSX_MAX_PART >> 20),
                NULL);
        return PB_LIMIT;
    }
    if (info->uncompressed_size > BOMB_BYTES &&
        info->uncompressed_size / BOMB_RATIO > info->compressed_size) {
        pb_fail(err, PB_LIMIT,
                PB_MSG("{part} in {name} unpacks to {times} times its size, as no real workbook "
                       "does. It is not read."),
                "part", part, "name", package->name, "times",
                PB_ARG_INT(info->uncompressed_size /
                           (info->compressed_size > 0 ? info->compressed_size : 1)),
                NULL);
        return PB_LIMIT;
    }
    return PB_OK;
}

pb_status xlsx_part_open(xlsx_package *package, const char *part, bool *ret_found, pb_error *err)
{
    xlsx_part_close(package);
    *ret_found = xlsx_package_has(package, part);
    if (!*ret_found)
        return PB_OK;
    unz_file_info64 info;
    if (unzGetCurrentFileInfo64(package->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
        return damaged(package, part, err);
    if ((info.flag & 1) != 0) {
        pb_fail(
            err, PB_UNSUPPORTED,
            PB_MSG("{name} is protected by a password. Save it without one and give that file."),
            "name", package->name, NULL);
        return PB_UNSUPPORTED;
    }
    PB_TRY(check_size(package, part, &info, err));
    if (unzOpenCurrentFile(package->zip) != UNZ_OK)
        return damaged(package, part, err);
    package->part_open = true;
    snprintf(package->part, sizeof package->part, "%s", part);
    package->over = false;
    package->done = 0;
    package->total = info.uncompressed_size;
    return PB_OK;
}

pb_status xlsx_part_read(xlsx_package *package, void *to, size_t size, size_t *ret_count,
                         pb_error *err)
{
    *ret_count = 0;
    if (!package->part_open || package->over)
        return PB_OK;
    int got = unzReadCurrentFile(package->zip, to, (unsigned)size);
    if (got < 0)
        return damaged(package, package->part, err);
    package->done += (uint64_t)got;
    *ret_count = (size_t)got;
    if (got > 0)
        return PB_OK;
    package->over = true;
    package->part_open = false;
    bool whole = package->done == package->total;
    return unzCloseCurrentFile(package->zip) == UNZ_OK && whole
               ? PB_OK
               : damaged(package, package->part, err);
}

void xlsx_part_close(xlsx_package *package)
{
    if (package->part_open)
        unzCloseCurrentFile(package->zip);
    package->part_open = false;
}

uint64_t xlsx_part_done(const xlsx_package *package)
{
    return package->done;
}

uint64_t xlsx_part_total(const xlsx_package *package)
{
    return package->total;
}
