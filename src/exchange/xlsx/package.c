/* The ZIP of a workbook, read over an input that can be read in any order. */
#include "../zip/zip_io.h"
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
    zip_io io;
    unzFile zip;
    bool part_open;
    char part[256]; /* the open one, for errors */
    bool over;
    uint64_t done, total;
};

/* --- opening --- */

static pb_status damaged(const xlsx_package *package, const char *part, pb_error *err)
{
    if (package->io.failed != PB_OK) { /* the file itself could not be read */
        if (err != NULL)
            *err = package->io.why;
        return package->io.failed;
    }
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
    return PB_INVALID;
}

static pb_status open_zip(xlsx_package *package, pb_error *err)
{
    byte_input *input = &package->input;
    char head[HEAD] = {0};
    size_t count = 0;
    PB_TRY(input->seek(input->context, 0, err));
    PB_TRY(bytes_read(input, head, HEAD, &count, err));
    if (xlsx_is_ole(pb_str_n(head, count)))
        return xlsx_refuse_ole(input, package->name, err);
    package->zip = zip_io_open(&package->io, input);
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
        bytes_close(&input);
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
    bytes_close(&package->input);
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
