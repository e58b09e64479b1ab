/* ZIP archives: the list of members, and the bytes of one. */
#include "zip.h"

#include <stdlib.h>

#include "zip_io.h"
#include "zip_names.h"

enum { FLAG_ENCRYPTED = 1, FLAG_UTF8 = 1 << 11, STORED = 0, DEFLATED = 8, NAME_MOST = 1000 };

static pb_status damaged(const zip_io *io, const char *name, const char *says, pb_error *err)
{
    if (io->failed != PB_OK) {
        if (err != NULL)
            *err = io->why;
        return io->failed;
    }
    pb_fail(err, PB_INVALID, PB_MSG("Could not read the ZIP archive {name}"), "name", name, NULL);
    pb_error_detail(err, says, "name", name, NULL);
    pb_error_hint(err, PB_MSG("Make the archive again, or unpack it and give its folder"), NULL);
    return PB_INVALID;
}

static pb_status beyond(const char *name, const char *says, uint64_t found, uint64_t most,
                        pb_error *err)
{
    pb_fail(err, PB_LIMIT, PB_MSG("Could not read the ZIP archive {name}"), "name", name, NULL);
    pb_error_detail(err, says, "name", name, "found", PB_ARG_INT(found), "max", PB_ARG_INT(most),
                    NULL);
    pb_error_hint(err, PB_MSG("Unpack the archive and give the folder, if you trust it"), NULL);
    return PB_LIMIT;
}

/* More is unpacked than packed bytes can hold of real data. */
static bool is_bomb(uint64_t out, uint64_t packed)
{
    return out > ZIP_RATIO_FROM && out / ZIP_RATIO > packed;
}

/* --- the list --- */

/* Working state of one listing. */
typedef struct listing {
    unzFile zip;
    zip_io *io;
    const char *name;
    pb_arena *arena;
    zip_member *members; /* names still as in the archive */
    bool *marked;        /* whose name is marked as UTF-8 */
    size_t count;
    uint64_t out;
    pb_buf plain; /* names that are not */
} listing;

static const char *refusal(const unz_file_info64 *info)
{
    if ((info->flag & FLAG_ENCRYPTED) != 0)
        return PB_MSG("{name} is encrypted; unpack it with its password first");
    if (info->compression_method != STORED && info->compression_method != DEFLATED)
        return PB_MSG("{name} is packed by a method that is not read; pack it as an ordinary ZIP");
    if (is_bomb(info->uncompressed_size, info->compressed_size))
        return PB_MSG("{name} would unpack to more than 200 times its size: that is no real data");
    return NULL;
}

static pb_status list_one(listing *l, zip_member *member, bool *ret_marked, pb_error *err)
{
    unz_file_info64 info;
    unz64_file_pos spot;
    char *name = pb_arena_alloc(l->arena, NAME_MOST + 1);
    if (name == NULL)
        return pb_fail_memory(err);
    if (unzGetCurrentFileInfo64(l->zip, &info, name, NAME_MOST, NULL, 0, NULL, 0) != UNZ_OK ||
        unzGetFilePos64(l->zip, &spot) != UNZ_OK || info.size_filename == 0)
        return damaged(l->io, l->name, PB_MSG("{name} is damaged: its list of members is broken"),
                       err);
    size_t len = info.size_filename < NAME_MOST ? info.size_filename : NAME_MOST;
    char last = name[len - 1];
    *ret_marked = (info.flag & FLAG_UTF8) != 0;
    *member = (zip_member){.name = {name, len},
                           .size = info.uncompressed_size,
                           .spot = {spot.pos_in_zip_directory, spot.num_of_file},
                           .folder = last == '/' || last == '\\',
                           .why_not = refusal(&info)};
    if (info.uncompressed_size > ZIP_MOST_OUT - l->out)
        return beyond(l->name, PB_MSG("It would unpack to more than {max} bytes"), 0, ZIP_MOST_OUT,
                      err);
    l->out += info.uncompressed_size;
    if (!*ret_marked) {
        pb_buf_add(&l->plain, member->name);
        pb_buf_byte(&l->plain, '\n');
    }
    return PB_OK;
}

static pb_status list_all(listing *l, uint64_t bytes, pb_error *err)
{
    unz_global_info64 about;
    if (unzGetGlobalInfo64(l->zip, &about) != UNZ_OK)
        return damaged(l->io, l->name, PB_MSG("{name} is damaged: its end is broken"), err);
    if (about.number_entry > ZIP_MOST_MEMBERS)
        return beyond(l->name, PB_MSG("It holds {found} members, more than {max}"),
                      about.number_entry, ZIP_MOST_MEMBERS, err);
    size_t count = (size_t)about.number_entry;
    l->members = pb_arena_array(l->arena, count + 1, sizeof *l->members);
    l->marked = pb_arena_array(l->arena, count + 1, sizeof *l->marked);
    if (l->members == NULL || l->marked == NULL)
        return pb_fail_memory(err);
    for (int at = unzGoToFirstFile(l->zip); l->count < count; at = unzGoToNextFile(l->zip)) {
        if (at != UNZ_OK)
            return damaged(l->io, l->name,
                           PB_MSG("{name} is damaged: its list of members is broken"), err);
        PB_TRY(list_one(l, &l->members[l->count], &l->marked[l->count], err));
        l->count++;
    }
    if (is_bomb(l->out, bytes))
        return beyond(l->name,
                      PB_MSG("It would unpack to more than {max} times its size: that is no real "
                             "data"),
                      0, ZIP_RATIO, err);
    return l->plain.failed ? pb_fail_memory(err) : PB_OK;
}

static pb_status name_all(listing *l, pb_error *err)
{
    zip_names_code code = zip_names_judge(pb_buf_str(&l->plain));
    for (size_t i = 0; i < l->count; i++)
        PB_TRY(zip_name_text(l->members[i].name, l->marked[i] ? ZIP_NAMES_437 : code, l->arena,
                             &l->members[i].name, err));
    return PB_OK;
}

pb_status zip_list(byte_input *input, const char *name, pb_arena *arena, zip_member **ret_members,
                   size_t *ret_count, pb_error *err)
{
    zip_io *io = malloc(sizeof *io);
    if (io == NULL)
        return pb_fail_memory(err);
    listing l = {.io = io, .name = name, .arena = arena};
    l.plain = PB_BUF_INIT((size_t)ZIP_MOST_MEMBERS * (NAME_MOST + 2));
    l.zip = zip_io_open(io, input);
    pb_status status = PB_OK;
    if (l.zip == NULL)
        status = damaged(io, name,
                         PB_MSG("{name} is damaged or cut off: the list of its members is missing"),
                         err);
    if (status == PB_OK)
        status = list_all(&l, input->total, err);
    if (status == PB_OK)
        status = name_all(&l, err);
    if (l.zip != NULL)
        unzClose(l.zip);
    pb_buf_free(&l.plain);
    free(io);
    if (status != PB_OK)
        return status;
    *ret_members = l.members;
    *ret_count = l.count;
    return PB_OK;
}

/* --- one member --- */

typedef struct unpacking {
    byte_input under;
    zip_io io;
    unzFile zip;
    uint64_t size, packed, out;
    bool over;
    char name[256];
} unpacking;

static void unpack_close(void *context)
{
    unpacking *u = context;
    if (u->zip != NULL) {
        unzCloseCurrentFile(u->zip);
        unzClose(u->zip);
    }
    bytes_close(&u->under);
    free(u);
}

/* The member is read to its end: is it what the archive says? */
static pb_status finish(unpacking *u, pb_error *err)
{
    u->over = true;
    if (unzCloseCurrentFile(u->zip) != UNZ_OK || u->out != u->size)
        return damaged(&u->io, u->name,
                       PB_MSG("{name} is damaged: its bytes do not give its checksum"), err);
    return PB_OK;
}

static pb_status unpack_read(void *context, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    unpacking *u = context;
    const size_t most = 1 << 20;
    *ret_count = 0;
    if (u->over)
        return PB_OK;
    int count = unzReadCurrentFile(u->zip, to, (unsigned)(size < most ? size : most));
    if (count < 0 || u->io.failed != PB_OK)
        return damaged(&u->io, u->name, PB_MSG("{name} is damaged: it cannot be unpacked"), err);
    if (count == 0)
        return finish(u, err);
    u->out += (uint64_t)count;
    if (is_bomb(u->out, u->packed))
        return beyond(u->name,
                      PB_MSG("It would unpack to more than {max} times its size: that is no real "
                             "data"),
                      0, ZIP_RATIO, err);
    *ret_count = (size_t)count;
    return PB_OK;
}

/* Forwards by reading on, backwards by beginning again. */
static pb_status unpack_seek(void *context, uint64_t position, pb_error *err)
{
    unpacking *u = context;
    if (position < u->out || u->over) {
        unzCloseCurrentFile(u->zip);
        u->out = 0;
        u->over = false;
        if (unzOpenCurrentFile(u->zip) != UNZ_OK)
            return damaged(&u->io, u->name, PB_MSG("{name} is damaged: it cannot be unpacked"),
                           err);
    }
    char piece[4096];
    for (size_t count = 1; count > 0 && u->out < position;) {
        uint64_t left = position - u->out;
        PB_TRY(
            unpack_read(u, piece, left < sizeof piece ? (size_t)left : sizeof piece, &count, err));
    }
    return PB_OK;
}

static pb_status open_at(unpacking *u, const uint64_t spot[2], pb_error *err)
{
    unz_file_info64 info;
    unz64_file_pos place = {spot[0], spot[1]};
    u->zip = zip_io_open(&u->io, &u->under);
    if (u->zip == NULL || unzGoToFilePos64(u->zip, &place) != UNZ_OK ||
        unzGetCurrentFileInfo64(u->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
        return damaged(&u->io, u->name,
                       PB_MSG("{name} is damaged or changed while it was being read"), err);
    const char *why = refusal(&info);
    if (why != NULL) {
        pb_fail(err, PB_UNSUPPORTED, why, "name", u->name, NULL);
        return PB_UNSUPPORTED;
    }
    u->size = info.uncompressed_size;
    u->packed = info.compressed_size;
    if (unzOpenCurrentFile(u->zip) != UNZ_OK)
        return damaged(&u->io, u->name, PB_MSG("{name} is damaged: it cannot be unpacked"), err);
    return PB_OK;
}

pb_status zip_open(byte_input input, const char *name, const uint64_t spot[2],
                   byte_input *ret_input, pb_error *err)
{
    unpacking *u = calloc(1, sizeof *u);
    if (u == NULL) {
        bytes_close(&input);
        return pb_fail_memory(err);
    }
    u->under = input;
    snprintf(u->name, sizeof u->name, "%s", name);
    pb_status status = open_at(u, spot, err);
    if (status != PB_OK) {
        unpack_close(u);
        return status;
    }
    *ret_input = (byte_input){.read = unpack_read,
                              .seek = unpack_seek,
                              .close = unpack_close,
                              .context = u,
                              .total = u->size};
    return PB_OK;
}
