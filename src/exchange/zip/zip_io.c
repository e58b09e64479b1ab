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

unzFile zip_io_open(zip_io *io, byte_input *input)
{
    io->input = input;
    io->at = io->piece_at = 0;
    io->piece_len = 0;
    io->failed = PB_OK;
    zlib_filefunc64_def calls = {io_open, io_read,  io_write, io_tell,
                                 io_seek, io_close, io_error, io};
    return unzOpen2_64("", &calls);
}
