/* minizip's input functions over byte_input. */
#include "zip_io.h"

static voidpf io_open(voidpf opaque, const void *path, int mode)
{
    (void)path;
    (void)mode;
    return opaque;
}

/* Reads the piece that begins at `io->at`. */
static bool fill(zip_io *io)
{
    size_t count = 0;
    if (io->failed == PB_OK)
        io->failed = io->input->seek(io->input->context, io->at, &io->why);
    if (io->failed == PB_OK)
        io->failed = bytes_read(io->input, io->piece, ZIP_PIECE, &count, &io->why);
    io->piece_at = io->at;
    io->piece_len = io->failed == PB_OK ? count : 0;
    return io->piece_len > 0;
}

static uLong io_read(voidpf opaque, voidpf stream, void *to, uLong size)
{
    (void)stream;
    zip_io *io = opaque;
    uLong done = 0;
    while (done < size) {
        bool here = io->at >= io->piece_at && io->at - io->piece_at < io->piece_len;
        if (!here && !fill(io))
            break;
        size_t from = (size_t)(io->at - io->piece_at), count = io->piece_len - from;
        if (count > size - done)
            count = size - done;
        memcpy((char *)to + done, io->piece + from, count);
        io->at += count;
        done += count;
    }
    return done;
}

static uLong io_write(voidpf opaque, voidpf stream, const void *from, uLong size)
{
    (void)opaque;
    (void)stream;
    (void)from;
    (void)size;
    return 0;
}

static ZPOS64_T io_tell(voidpf opaque, voidpf stream)
{
    (void)stream;
    return ((const zip_io *)opaque)->at;
}

static long io_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
    (void)stream;
    zip_io *io = opaque;
    uint64_t from = origin == ZLIB_FILEFUNC_SEEK_CUR   ? io->at
                    : origin == ZLIB_FILEFUNC_SEEK_END ? io->input->total
                                                       : 0;
    if (offset > io->input->total || from + offset > io->input->total)
        return -1;
    io->at = from + offset;
    return 0;
}

static int io_close(voidpf opaque, voidpf stream)
{
    (void)opaque;
    (void)stream;
    return 0;
}

static int io_error(voidpf opaque, voidpf stream)
{
    (void)stream;
    return ((const zip_io *)opaque)->failed != PB_OK;
}

/* The end record (APPNOTE 4.3.16) and the comment it announces are there to the last byte: minizip
 * takes a record whose end is cut off for a whole one. */
static bool end_is_whole(zip_io *io)
{
    enum { RECORD = 22, COMMENT_LENGTH = 20, MOST = RECORD + UINT16_MAX };
    uint64_t total = io->input->total;
    size_t size = total < MOST ? (size_t)total : MOST;
    unsigned char *tail = malloc(size + 1);
    bool read = tail != NULL && io_seek(io, io, total - size, ZLIB_FILEFUNC_SEEK_SET) == 0 &&
                io_read(io, io, tail, (uLong)size) == size;
    bool whole = false;
    for (size_t at = read ? size : 0; at-- > 0;)
        if (size - at >= 4 && memcmp(tail + at, "PK\5\6", 4) == 0) {
            const unsigned char *length = tail + at + COMMENT_LENGTH;
            whole =
                size - at >= RECORD && size - at - RECORD >= (size_t)(length[0] | length[1] << 8);
            break;
        }
    free(tail);
    return whole;
}

unzFile zip_io_open(zip_io *io, byte_input *input)
{
    io->input = input;
    io->at = io->piece_at = 0;
    io->piece_len = 0;
    io->failed = PB_OK;
    if (!end_is_whole(io))
        return NULL;
    zlib_filefunc64_def calls = {io_open, io_read,  io_write, io_tell,
                                 io_seek, io_close, io_error, io};
    return unzOpen2_64("", &calls);
}
