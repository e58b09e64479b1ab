#include "base/utf8.h"
#include "reader.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum {
    LINE_LIMIT = 1000,
    NAME_LIMIT = 300,
    ADDRESS_LIMIT = 1000,
    NOTE_LIMIT = 200000,
    IDENTIFIER_LIMIT = 300,
    PASSES = 4
};

/* True when `raw` is printable ASCII without blanks in a row: already in standard form. */
static bool clean_ascii(pb_str raw)
{
    unsigned char before = ' ';
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];
        if (c - 0x20u > 0x5Eu || (c == ' ' && before == ' '))
            return false;
        before = c;
    }
    return raw.len > 0 && before != ' ';
}

static bool is_space(uint32_t code)
{
    return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xA0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
           code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

/* Characters nobody sees: zero-width space, byte-order marks, soft hyphens, direction marks. */
static bool is_noise(uint32_t code)
{
    return code == 0x200B || code == 0xFEFF || code == 0x2060 || code == 0x00AD || code == 0x200E ||
           code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code & 0xFFFE) == 0xFFFE ||
           (code >= 0xFDD0 && code <= 0xFDEF);
}

/* Codes that NFC leaves alone whatever of these stands beside them, so that ICU need not look. */
static bool is_composed(uint32_t code)
{
    return code < 0x300 || (code >= 0x400 && code <= 0x482) || (code >= 0x620 && code <= 0x64A) ||
           (code >= 0x66E && code <= 0x6D3 && code != 0x670) || code == 0x200C || code == 0x200D ||
           (code >= 0x2010 && code <= 0x2027) || (code >= 0x3001 && code <= 0x3029) ||
           (code >= 0x3041 && code <= 0x3096) || (code >= 0x30A1 && code <= 0x30FA) ||
           (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x6F0 && code <= 0x6F9) ||
           (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xFF01 && code <= 0xFF5E);
}

static bool persian_like(pb_str text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code = pb_utf8_next(text, &at);
        if (code == 0x067E || code == 0x0686 || code == 0x0698 || code == 0x06AF ||
            code == 0x06A9 || code == 0x06CC)
            return true;
    }
    return false;
}

static uint32_t restyle(uint32_t code, unsigned flags)
{
    if ((flags & MODEL_TIDY_WIDTH) != 0 && code >= 0xFF01 && code <= 0xFF5E)
        return code - 0xFF01 + '!';
    if ((flags & MODEL_TIDY_PERSIAN) != 0) {
        if (code == 0x064A || code == 0x0649)
            return 0x06CC;
        if (code == 0x0643)
            return 0x06A9;
    }
    return code;
}

/* State of one pass: what waits to be written until the next visible character is known. */
typedef struct pass {
    pb_buf *out;
    bool blank;
    int breaks;
    uint32_t joiner; /* ZWNJ or ZWJ, kept only between characters that can use it */
    uint32_t last;
    bool composed;
} pass;

static void pass_put(pass *to, uint32_t code)
{
    if (to->last != 0 && to->breaks > 0) {
        pb_buf_byte(to->out, '\n');
        if (to->breaks > 1)
            pb_buf_byte(to->out, '\n');
    } else if (to->last != 0 && to->blank) {
        pb_buf_byte(to->out, ' ');
    } else if (to->joiner != 0 && to->last >= 0x80 && code >= 0x80) {
        pb_utf8_put(to->out, to->joiner);
    }
    to->blank = false;
    to->breaks = 0;
    to->joiner = 0;
    to->last = code;
    to->composed = to->composed && is_composed(code);
    pb_utf8_put(to->out, code);
}

/* One pass of tidying over valid UTF-8; false at a control character. */
static bool run_pass(pb_str text, unsigned flags, pass *to)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code = restyle(pb_utf8_next(text, &at), flags);
        if (is_space(code)) {
            bool line_break = code == '\n' || code == 0x2028 || code == 0x2029 || code == 0x85 ||
                              (code == '\r' && !(at < text.len && text.ptr[at] == '\n'));
            if (line_break && (flags & MODEL_TIDY_LINES) != 0)
                to->breaks++;
            else
                to->blank = true;
        } else if (code == 0x200C || code == 0x200D) {
            to->joiner = to->joiner == 0 ? code : to->joiner;
        } else if (is_noise(code)) {
            continue;
        } else if (is_control(code)) {
            return false;
        } else {
            pass_put(to, code);
        }
    }
    return true;
}

/* NFC of `text`, in the reader; `text` itself when memory ran out or ICU has no data. */
static pb_str compose(model_reader *reader, pb_str text)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    UChar *wide = pb_arena_array(reader->texts, text.len * 4 + 1, sizeof(UChar));
    char *bytes = pb_arena_alloc(reader->texts, text.len * 9 + 1);
    int32_t in_len = 0, out_len, bytes_len = 0;
    if (U_FAILURE(status) || wide == NULL || bytes == NULL)
        return text;
    int32_t room = (int32_t)text.len * 3;
    u_strFromUTF8(wide, (int32_t)text.len, &in_len, text.ptr, (int32_t)text.len, &status);
    out_len = unorm2_normalize(nfc, wide, in_len, wide + text.len, room, &status);
    u_strToUTF8(bytes, (int32_t)text.len * 9, &bytes_len, wide + text.len, out_len, &status);
    return U_SUCCESS(status) ? pb_str_n(bytes, (size_t)bytes_len) : text;
}

/* Malformed bytes shown as U+FFFD. */
static pb_str repair(model_reader *reader, pb_str raw)
{
    pb_buf_clear(&reader->scratch);
    for (size_t at = 0; at < raw.len;) {
        uint32_t code = pb_utf8_next(raw, &at);
        pb_utf8_put(&reader->scratch, is_control(code) ? PB_UTF8_BAD : code);
    }
    return pb_arena_str(reader->texts, pb_buf_str(&reader->scratch));
}

const char *model_tidy(model_reader *reader, pb_str raw, unsigned flags, pb_str *ret)
{
    *ret = raw;
    if (clean_ascii(raw))
        return NULL;
    if (!pb_utf8_valid(raw)) {
        *ret = repair(reader, raw);
        return PB_MSG("{value} holds bytes that are no UTF-8 text");
    }
    if ((flags & MODEL_TIDY_PERSIAN) != 0 && !persian_like(raw))
        flags &= ~(unsigned)MODEL_TIDY_PERSIAN;
    /* Dropping noise can let characters meet that compose: repeat until nothing changes. */
    for (int round = 0; round < PASSES; round++) {
        pass to = {.out = &reader->scratch, .composed = true};
        pb_buf_clear(&reader->scratch);
        if (!run_pass(*ret, flags, &to)) {
            *ret = repair(reader, raw);
            return PB_MSG("{value} holds control characters");
        }
        pb_str now = pb_buf_str(&reader->scratch);
        if (!to.composed)
            now = compose(reader, now);
        if (pb_str_eq(now, *ret))
            return NULL;
        now = pb_arena_str(reader->texts, now);
        if (reader->scratch.failed || now.ptr == NULL)
            return PB_MSG("Memory ran out while {value} was read");
        *ret = now;
    }
    return NULL;
}

/* Letters of any script; digits too, where they may be all there is. */
static bool has_letter(pb_str text, bool or_digit)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code = pb_utf8_next(text, &at);
        if ((code | 0x20) >= 'a' && (code | 0x20) <= 'z')
            return true;
        if (code >= 0x80 ? u_isalpha((UChar32)code) || (or_digit && u_isdigit((UChar32)code))
                         : or_digit && code >= '0' && code <= '9')
            return true;
    }
    return false;
}

model_reading model_read_text(model_reader *reader, const model_field *field, pb_str raw)
{
    unsigned flags = MODEL_TIDY_PERSIAN;
    size_t limit = LINE_LIMIT;
    switch (field->type) {
    case MODEL_NOTE:
        flags = MODEL_TIDY_LINES;
        limit = NOTE_LIMIT;
        break;
    case MODEL_PERSON_NAME:
    case MODEL_ORG_NAME:
        flags |= MODEL_TIDY_WIDTH;
        limit = NAME_LIMIT;
        break;
    case MODEL_ADDRESS:
        limit = ADDRESS_LIMIT;
        break;
    case MODEL_IDENTIFIER:
    case MODEL_LINK:
        flags = MODEL_TIDY_WIDTH;
        limit = IDENTIFIER_LIMIT;
        break;
    default:
        break;
    }
    pb_str tidy;
    const char *problem = model_tidy(reader, raw, flags, &tidy);
    if (problem != NULL)
        return model_bad(reader, tidy, problem);
    if (tidy.len == 0)
        return model_empty();
    bool company = field->type == MODEL_ORG_NAME;
    if ((company || field->type == MODEL_PERSON_NAME) && !has_letter(tidy, company))
        return model_bad(reader, tidy, PB_MSG("{value} has no letters, as a name has"));
    return model_good_limited(reader, field, raw, tidy, limit);
}
