/* Fuzz target of the encodings: any bytes, in any encoding, cut anywhere.
 *
 * Holds: the judgement ends and names an encoding; what is turned is the same whatever the pieces;
 * but for the byte 0xFF, which stands for what is no character, the text is well-formed (UTF-8 is
 * passed on as it is).
 */
/* fuzzes: exchange/bytes */
/* fuzzes: sys/calls.c sys/environment.c sys/file.c sys/folder.c sys/path.c sys/random.c */
#include "base/utf8.h"
#include "bytes/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

typedef struct pieces {
    pb_str bytes;
    size_t done, most;
} pieces;

static pb_status piece_read(void *context, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    (void)err;
    pieces *p = context;
    size_t count = p->bytes.len - p->done;
    count = count < p->most ? count : p->most;
    count = count < size ? count : size;
    if (count > 0)
        memcpy(to, p->bytes.ptr + p->done, count);
    p->done += count;
    *ret_count = count;
    return PB_OK;
}

static encoding turn(pb_str bytes, text_code code, size_t most, size_t room, pb_buf *out)
{
    pieces p = {bytes, 0, most};
    byte_input input = {.read = piece_read, .context = &p};
    text_source *source = NULL;
    char to[512];
    hold(text_source_new(input, code, &source, NULL) == PB_OK);
    for (size_t count = 1, rounds = 0; count > 0; rounds++) {
        hold(rounds <= bytes.len + 1);
        hold(text_source_read(source, to, room, &count, NULL) == PB_OK && count <= room);
        pb_buf_add(out, (pb_str){to, count});
    }
    hold(text_source_done(source) == bytes.len && !out->failed);
    encoding is = text_source_encoding(source);
    text_source_free(source);
    return is;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    pb_str bytes = {(const char *)data + 2, size - 2};
    text_code code = (text_code)(data[0] % 8);
    PB_AUTO_BUF whole = PB_BUF_INIT(16 << 20);
    PB_AUTO_BUF cut = PB_BUF_INIT(16 << 20);
    encoding a = turn(bytes, code, SIZE_MAX, sizeof(char[512]), &whole);
    encoding b = turn(bytes, code, 1 + data[1] % 9, 16 + data[1] / 9, &cut);
    hold(a.code == b.code && a.code != TEXT_ANY && encoding_name(a.code)[0] != 0);
    hold(a.sure >= 50 && a.sure <= 100);
    hold(whole.len == cut.len && (whole.len == 0 || memcmp(whole.ptr, cut.ptr, cut.len) == 0));
    if (a.code == TEXT_UTF8 || a.code == TEXT_UTF8_BOM)
        return 0;
    for (size_t i = 0; i < whole.len; i++)
        if ((unsigned char)whole.ptr[i] == 0xFF)
            whole.ptr[i] = '?';
    hold(pb_utf8_valid(pb_buf_str(&whole)));
    return 0;
}
