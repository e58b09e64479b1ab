/* Raw bytes to UTF-8, in whatever encoding they are, and the hash of everything read. */
#include <openssl/evp.h>

#include "base/utf8.h"
#include "convert.h"
#include "text.h"

enum { RAW_ROOM = 64 << 10 };

struct text_source {
    byte_input input;
    EVP_MD_CTX *hash;
    encoding is;
    uint64_t done;      /* raw bytes taken from the input */
    unsigned char *raw; /* read ahead: the beginning, and what waits to be turned into UTF-8 */
    size_t raw_begin, raw_end;
    size_t plain;       /* of the raw bytes: ASCII up to here, while the encoding is open */
    bool raw_over;      /* the input has no more */
    converter *convert; /* of an encoding that is neither UTF-8 nor UTF-16 */
    int bad;            /* the first byte that is no character of the encoding; -1: none yet */
};

text_source *text_source_free(text_source *source)
{
    if (source == NULL)
        return NULL;
    if (source->input.close != NULL)
        source->input.close(source->input.context);
    EVP_MD_CTX_free(source->hash);
    convert_free(source->convert);
    free(source->raw);
    free(source);
    return NULL;
}

/* Reads raw bytes and hashes them. */
static pb_status take(text_source *source, void *to, size_t size, size_t *ret_count, pb_error *err)
{
    size_t count = 0;
    PB_TRY(source->input.read(source->input.context, to, size, &count, err));
    if (count > 0 && EVP_DigestUpdate(source->hash, to, count) != 1)
        return pb_fail_memory(err);
    source->done += count;
    *ret_count = count;
    return PB_OK;
}

/* Fills the raw room as far as the input gives bytes. */
static pb_status fill_raw(text_source *source, pb_error *err)
{
    if (source->raw_begin > 0) {
        size_t left = source->raw_end - source->raw_begin;
        memmove(source->raw, source->raw + source->raw_begin, left);
        source->plain -= source->plain > source->raw_begin ? source->raw_begin : source->plain;
        source->raw_begin = 0;
        source->raw_end = left;
    }
    while (!source->raw_over && source->raw_end < RAW_ROOM) {
        size_t count = 0;
        PB_TRY(
            take(source, source->raw + source->raw_end, RAW_ROOM - source->raw_end, &count, err));
        source->raw_end += count;
        source->raw_over = count == 0;
    }
    return PB_OK;
}

static bool is_utf16(text_code code)
{
    return code == TEXT_UTF16_LE || code == TEXT_UTF16_BE;
}

/* Decides the encoding from the raw bytes that wait; `code` TEXT_ANY: by their look. */
static pb_status settle(text_source *source, text_code code, pb_error *err)
{
    bool begins = source->done == source->raw_end;
    const unsigned char *head = source->raw + source->raw_begin;
    size_t len = source->raw_end - source->raw_begin;
    source->is = code == TEXT_ANY ? encoding_judge(head, len, source->raw_over, begins)
                                  : encoding_said(code, head, len, source->raw_over, begins);
    source->raw_begin += source->is.mark;
    source->plain = source->raw_begin;
    if (source->is.code <= TEXT_UTF8_BOM || is_utf16(source->is.code))
        return PB_OK;
    return convert_new(encoding_name(source->is.code), &source->convert, err);
}

pb_status text_source_new(byte_input input, text_code code, text_source **ret_source, pb_error *err)
{
    text_source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        if (input.close != NULL)
            input.close(input.context);
        return pb_fail_memory(err);
    }
    source->input = input;
    source->bad = -1;
    source->hash = EVP_MD_CTX_new();
    source->raw = malloc(RAW_ROOM);
    pb_status status = PB_OK;
    if (source->hash == NULL || source->raw == NULL ||
        EVP_DigestInit_ex(source->hash, EVP_sha256(), NULL) != 1)
        status = pb_fail_memory(err);
    if (status == PB_OK)
        status = fill_raw(source, err);
    if (status == PB_OK)
        status = settle(source, code == TEXT_ANY ? input.code : code, err);
    if (status != PB_OK) {
        text_source_free(source);
        return status;
    }
    *ret_source = source;
    return PB_OK;
}

/* One code unit, or -1 when fewer than two bytes are there. */
static int32_t unit_at(const text_source *source, size_t at)
{
    if (at + 2 > source->raw_end)
        return -1;
    unsigned first = source->raw[at], second = source->raw[at + 1];
    return (int32_t)(source->is.code == TEXT_UTF16_LE ? first | second << 8 : first << 8 | second);
}

/* Turns one character; false when more raw bytes are needed. */
static bool turn_one(text_source *source, char *to, size_t *written)
{
    int32_t unit = unit_at(source, source->raw_begin);
    if (unit < 0) {
        if (!source->raw_over || source->raw_begin == source->raw_end)
            return false;
        source->bad = source->bad < 0 ? source->raw[source->raw_begin] : source->bad;
        source->raw_begin = source->raw_end; /* half a code unit at the very end */
        to[(*written)++] = (char)0xFF;
        return true;
    }
    bool high = unit >= 0xD800 && unit <= 0xDBFF;
    bool low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (!high && !low) {
        source->raw_begin += 2;
        *written += pb_utf8_encode(to + *written, (uint32_t)unit);
        return true;
    }
    int32_t next = high ? unit_at(source, source->raw_begin + 2) : -1;
    if (high && next < 0 && !source->raw_over)
        return false;
    if (high && next >= 0xDC00 && next <= 0xDFFF) {
        source->raw_begin += 4;
        uint32_t code = 0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(next - 0xDC00);
        *written += pb_utf8_encode(to + *written, code);
        return true;
    }
    source->bad = source->bad < 0 ? unit >> 8 : source->bad;
    source->raw_begin += 2;
    to[(*written)++] = (char)0xFF;
    return true;
}

static pb_status read_utf16(text_source *source, char *to, size_t room, size_t *ret_count,
                            pb_error *err)
{
    size_t written = 0;
    while (written + 4 <= room) {
        if (turn_one(source, to, &written))
            continue;
        if (source->raw_over)
            break;
        if (written > 0)
            break;
        PB_TRY(fill_raw(source, err));
    }
    *ret_count = written;
    return PB_OK;
}

static pb_status read_converted(text_source *source, char *to, size_t room, size_t *ret_count,
                                pb_error *err)
{
    *ret_count = 0;
    for (;;) {
        size_t taken = 0;
        bool over = false;
        PB_TRY(convert_turn(source->convert, source->raw + source->raw_begin,
                            source->raw_end - source->raw_begin, source->raw_over, &taken, to, room,
                            ret_count, &over, err));
        source->raw_begin += taken;
        if (*ret_count > 0 || over)
            return PB_OK;
        PB_TRY(fill_raw(source, err));
    }
}

/* Raw bytes that wait, as they are. */
static size_t pass_on(text_source *source, size_t end, char *to, size_t room)
{
    size_t waiting = end - source->raw_begin;
    size_t count = waiting < room ? waiting : room;
    memcpy(to, source->raw + source->raw_begin, count);
    source->raw_begin += count;
    return count;
}

static size_t ascii_end(const unsigned char *p, size_t from, size_t end)
{
    uint64_t word = 0;
    for (; from + 8 <= end; from += 8) {
        memcpy(&word, p + from, 8);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (from < end && p[from] < 0x80)
        from++;
    return from;
}

/* All was ASCII so far: on to the first byte that is not, from where the encoding is judged. */
static pb_status read_open(text_source *source, char *to, size_t room, size_t *ret_count,
                           pb_error *err)
{
    if (source->raw_begin == source->raw_end)
        PB_TRY(fill_raw(source, err));
    if (source->plain <= source->raw_begin)
        source->plain = ascii_end(source->raw, source->raw_begin, source->raw_end);
    if (source->plain > source->raw_begin || source->raw_begin == source->raw_end) {
        *ret_count = pass_on(source, source->plain, to, room);
        return PB_OK;
    }
    PB_TRY(fill_raw(source, err));
    PB_TRY(settle(source, TEXT_ANY, err));
    return text_source_read(source, to, room, ret_count, err);
}

pb_status text_source_read(text_source *source, char *to, size_t room, size_t *ret_count,
                           pb_error *err)
{
    if (source->convert != NULL)
        return read_converted(source, to, room, ret_count, err);
    if (is_utf16(source->is.code))
        return read_utf16(source, to, room, ret_count, err);
    if (source->is.open)
        return read_open(source, to, room, ret_count, err);
    if (source->raw_end > source->raw_begin) {
        *ret_count = pass_on(source, source->raw_end, to, room);
        return PB_OK;
    }
    if (source->raw_over) {
        *ret_count = 0;
        return PB_OK;
    }
    return take(source, to, room, ret_count, err);
}

encoding text_source_encoding(const text_source *source)
{
    return source->is;
}

int text_source_bad(const text_source *source)
{
    return source->convert != NULL ? convert_bad(source->convert) : source->bad;
}

uint64_t text_source_done(const text_source *source)
{
    return source->done - (source->raw_end - source->raw_begin);
}

uint64_t text_source_total(const text_source *source)
{
    return source->input.total;
}

void text_source_hash(const text_source *source, uint8_t ret_hash[32])
{
    memset(ret_hash, 0, 32);
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    if (copy != NULL && EVP_MD_CTX_copy_ex(copy, source->hash) == 1)
        EVP_DigestFinal_ex(copy, ret_hash, NULL);
    EVP_MD_CTX_free(copy);
}
