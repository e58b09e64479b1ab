/* Raw bytes to UTF-8: byte-order mark, UTF-16, and the hash of everything read. */
#include <openssl/evp.h>

#include "text.h"

enum { RAW_ROOM = 64 << 10 };

struct text_source {
    byte_input input;
    EVP_MD_CTX *hash;
    text_code code;
    uint64_t done;      /* raw bytes taken from the input */
    unsigned char *raw; /* read ahead: the byte-order mark, and UTF-16 waiting to be turned */
    size_t raw_begin, raw_end;
    bool raw_over; /* the input has no more */
};

text_source *text_source_free(text_source *source)
{
    if (source == NULL)
        return NULL;
    if (source->input.close != NULL)
        source->input.close(source->input.context);
    EVP_MD_CTX_free(source->hash);
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

static void find_mark(text_source *source)
{
    const unsigned char *b = source->raw;
    size_t len = source->raw_end;
    source->code = TEXT_UTF8;
    if (len >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF) {
        source->code = TEXT_UTF8_BOM;
        source->raw_begin = 3;
    } else if (len >= 2 && b[0] == 0xFF && b[1] == 0xFE) {
        source->code = TEXT_UTF16_LE;
        source->raw_begin = 2;
    } else if (len >= 2 && b[0] == 0xFE && b[1] == 0xFF) {
        source->code = TEXT_UTF16_BE;
        source->raw_begin = 2;
    }
}

pb_status text_source_new(byte_input input, text_source **ret_source, pb_error *err)
{
    text_source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        if (input.close != NULL)
            input.close(input.context);
        return pb_fail_memory(err);
    }
    source->input = input;
    source->hash = EVP_MD_CTX_new();
    source->raw = malloc(RAW_ROOM);
    pb_status status = PB_OK;
    if (source->hash == NULL || source->raw == NULL ||
        EVP_DigestInit_ex(source->hash, EVP_sha256(), NULL) != 1)
        status = pb_fail_memory(err);
    if (status == PB_OK)
        status = fill_raw(source, err);
    if (status != PB_OK) {
        text_source_free(source);
        return status;
    }
    find_mark(source);
    *ret_source = source;
    return PB_OK;
}

/* One code unit, or -1 when fewer than two bytes are there. */
static int32_t unit_at(const text_source *source, size_t at)
{
    if (at + 2 > source->raw_end)
        return -1;
    unsigned first = source->raw[at], second = source->raw[at + 1];
    return (int32_t)(source->code == TEXT_UTF16_LE ? first | second << 8 : first << 8 | second);
}

static size_t encode(char *to, uint32_t code)
{
    unsigned char *u = (unsigned char *)to;
    if (code < 0x80) {
        u[0] = (unsigned char)code;
        return 1;
    }
    if (code < 0x800) {
        u[0] = (unsigned char)(0xC0 | code >> 6);
        u[1] = (unsigned char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        u[0] = (unsigned char)(0xE0 | code >> 12);
        u[1] = (unsigned char)(0x80 | (code >> 6 & 0x3F));
        u[2] = (unsigned char)(0x80 | (code & 0x3F));
        return 3;
    }
    u[0] = (unsigned char)(0xF0 | code >> 18);
    u[1] = (unsigned char)(0x80 | (code >> 12 & 0x3F));
    u[2] = (unsigned char)(0x80 | (code >> 6 & 0x3F));
    u[3] = (unsigned char)(0x80 | (code & 0x3F));
    return 4;
}

/* Turns one character; false when more raw bytes are needed. */
static bool turn_one(text_source *source, char *to, size_t *written)
{
    int32_t unit = unit_at(source, source->raw_begin);
    if (unit < 0) {
        if (!source->raw_over || source->raw_begin == source->raw_end)
            return false;
        source->raw_begin = source->raw_end; /* half a code unit at the very end */
        to[(*written)++] = (char)0xFF;
        return true;
    }
    bool high = unit >= 0xD800 && unit <= 0xDBFF;
    bool low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (!high && !low) {
        source->raw_begin += 2;
        *written += encode(to + *written, (uint32_t)unit);
        return true;
    }
    int32_t next = high ? unit_at(source, source->raw_begin + 2) : -1;
    if (high && next < 0 && !source->raw_over)
        return false;
    if (high && next >= 0xDC00 && next <= 0xDFFF) {
        source->raw_begin += 4;
        uint32_t code = 0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(next - 0xDC00);
        *written += encode(to + *written, code);
        return true;
    }
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

pb_status text_source_read(text_source *source, char *to, size_t room, size_t *ret_count,
                           pb_error *err)
{
    if (source->code == TEXT_UTF16_LE || source->code == TEXT_UTF16_BE)
        return read_utf16(source, to, room, ret_count, err);
    size_t waiting = source->raw_end - source->raw_begin;
    if (waiting > 0) {
        size_t count = waiting < room ? waiting : room;
        memcpy(to, source->raw + source->raw_begin, count);
        source->raw_begin += count;
        *ret_count = count;
        return PB_OK;
    }
    if (source->raw_over) {
        *ret_count = 0;
        return PB_OK;
    }
    return take(source, to, room, ret_count, err);
}

text_code text_source_code(const text_source *source)
{
    return source->code;
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

const char *text_source_encoding(const text_source *source)
{
    static const char *const names[] = {"UTF-8", "UTF-8 with BOM", "UTF-16 LE", "UTF-16 BE"};
    return names[source->code];
}
