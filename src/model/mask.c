/* What of a value is shown to who may not see it: enough to recognise the record, too little to
 * learn anything about the person. */
#include "model/mask.h"

#include <string.h>

#include "base/time.h"
#include "base/utf8.h"
#include "model/identifiers.h"

/* LONG_DIGITS in a row may be a phone, a card, an identity. */
enum { LONG_DIGITS = 7, PHONE_HIDDEN = 5, PHONE_HEAD = 5 };

static const char stars[] = "***";

/* Digits of the scripts that sources are written in. */
static bool is_digit(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 0x660 && code <= 0x669) ||
           (code >= 0x6F0 && code <= 0x6F9) || (code >= 0x966 && code <= 0x96F) ||
           (code >= 0xFF10 && code <= 0xFF19);
}

/* Between two words of a name or an address. */
static bool is_gap(uint32_t code)
{
    return code <= ' ' || code == 0x3000 || code == 0xFEFF || (code >= 0x200B && code <= 0x200F) ||
           code == ',' || code == ';' || code == '.' || code == '-' || code == '_' || code == '/' ||
           code == '@' || code == '(' || code == ')' || code == '"' || code == 0x60C ||
           code == 0xFF0C || code == 0xB7;
}

static size_t count_digits(pb_str value)
{
    size_t count = 0;
    for (size_t at = 0; at < value.len;)
        count += is_digit(pb_utf8_next(value, &at));
    return count;
}

/* First letter of each word. */
static void put_words(pb_buf *out, pb_str value)
{
    bool inside = false;
    for (size_t at = 0; at < value.len;) {
        uint32_t code = pb_utf8_next(value, &at);
        if (is_gap(code)) {
            inside = false;
            pb_utf8_put(out, code < ' ' ? ' ' : code);
        } else if (!inside) {
            inside = true;
            if (!is_digit(code))
                pb_utf8_put(out, code);
            pb_buf_addc(out, stars);
        }
    }
}

/* Digits beyond the first `head` and before the last `tail` become stars; letters too. */
static void put_digits(pb_buf *out, pb_str value, size_t head, size_t tail)
{
    size_t all = count_digits(value), seen = 0;
    for (size_t at = 0; at < value.len;) {
        uint32_t code = pb_utf8_next(value, &at);
        if (is_digit(code)) {
            bool shown = seen < head || seen + tail >= all;
            seen++;
            if (shown)
                pb_utf8_put(out, code);
            else
                pb_buf_byte(out, '*');
        } else if (code < 0x80 && !((code | 32) >= 'a' && (code | 32) <= 'z')) {
            pb_utf8_put(out, code);
        } else {
            pb_buf_byte(out, '*');
        }
    }
}

static void put_phone(pb_buf *out, pb_str value)
{
    size_t all = count_digits(value), shown = all > PHONE_HIDDEN ? all - PHONE_HIDDEN : 0;
    size_t tail = shown < 2 ? shown : 2, head = shown - tail;
    if (all < 3)
        put_words(out, value);
    else
        put_digits(out, value, head < PHONE_HEAD ? head : PHONE_HEAD, tail);
}

/* What follows the last `@`, up to a blank, is the domain; what stands before shows one letter. */
static void put_email(pb_buf *out, pb_str value)
{
    size_t at = value.len, first = 0;
    while (at > 0 && value.ptr[at - 1] != '@')
        at--;
    if (at == 0) {
        put_words(out, value);
        return;
    }
    pb_str domain = pb_str_sub(value, at, value.len - at);
    size_t end = 0;
    while (end < domain.len && (unsigned char)domain.ptr[end] > ' ' && domain.ptr[end] != ',' &&
           domain.ptr[end] != ';')
        end++;
    while (first + 1 < at && is_gap((unsigned char)value.ptr[first]))
        first++;
    if (first + 1 < at)
        pb_utf8_put(out, pb_utf8_next(value, &first));
    pb_buf_addc(out, stars);
    pb_buf_byte(out, '@');
    pb_buf_add(out, pb_str_sub(domain, 0, end));
    if (end < domain.len)
        pb_buf_addc(out, stars);
}

static void put_code(pb_buf *out, pb_str value)
{
    size_t count = pb_utf8_count(value), shown = count / 3 < 3 ? count / 3 : 3, seen = 0;
    pb_buf_addc(out, stars);
    for (size_t at = 0; at < value.len; seen++) {
        uint32_t code = pb_utf8_next(value, &at);
        if (seen + shown >= count)
            pb_utf8_put(out, code);
    }
}

static void put_date(pb_buf *out, pb_str value)
{
    int64_t days;
    if (value.len >= 10 && pb_date_parse(pb_str_sub(value, 0, 10), &days)) {
        pb_buf_add(out, pb_str_sub(value, 0, 4));
        pb_buf_addc(out, "-**-**");
    } else {
        put_digits(out, value, 0, 0);
    }
}

/* A word from a list names nobody; anything else that stands in such a field may. */
static bool is_list_word(const model_field *field, pb_str value)
{
    if (pb_str_is(field->personal.klass, "special"))
        return false;
    if (field->type == MODEL_BOOLEAN || model_choice_find(field, value) != NULL)
        return true;
    return (field->type == MODEL_CHOICE || field->type == MODEL_COUNTRY) && value.len <= 40 &&
           count_digits(value) == 0 && pb_str_index(value, '@') == value.len;
}

bool model_mask_always(const model_field *field)
{
    return model_type_is_id(field->type) &&
           model_id_private((model_id_kind)(field->type - MODEL_IBAN));
}

void model_mask_text(pb_str value, pb_buf *out)
{
    if (pb_str_index(value, '@') < value.len)
        put_email(out, value);
    else if (count_digits(value) >= LONG_DIGITS)
        put_digits(out, value, 0, 2);
    else
        put_words(out, value);
}

void model_mask_listed(const model_field *field, pb_str value, pb_buf *out)
{
    if (model_mask_always(field)) {
        model_id_mask((model_id_kind)(field->type - MODEL_IBAN), value, out);
        return;
    }
    switch (field->type) {
    case MODEL_EMAIL:
        put_email(out, value);
        return;
    case MODEL_PHONE:
        put_phone(out, value);
        return;
    case MODEL_IDENTIFIER:
    case MODEL_POSTCODE:
        put_code(out, value);
        return;
    case MODEL_DATE:
    case MODEL_INSTANT:
        put_date(out, value);
        return;
    case MODEL_INTEGER:
    case MODEL_DECIMAL:
    case MODEL_MONEY:
        pb_buf_addc(out, stars);
        return;
    default:
        if (is_list_word(field, value))
            pb_buf_add(out, value);
        else
            model_mask_text(value, out);
    }
}

void model_mask(const model_field *field, pb_str value, pb_buf *out)
{
    switch (field->type) {
    case MODEL_BOOLEAN:
    case MODEL_CHOICE:
    case MODEL_COUNTRY:
    case MODEL_NOTE:
    case MODEL_LINK:
        pb_buf_addc(out, stars);
        return;
    default:
        model_mask_listed(field, value, out);
    }
}

/* Where the word ends that begins at `from`. */
static size_t word_end(pb_str value, size_t from)
{
    while (from < value.len && (unsigned char)value.ptr[from] > ' ')
        from++;
    return from;
}

/* How far a number goes that is written with blanks, dashes and brackets; `*ret_digits` of it. */
static size_t number_end(pb_str value, size_t from, size_t *ret_digits)
{
    size_t end = from;
    *ret_digits = 0;
    for (size_t at = from; at < value.len;) {
        uint32_t code = pb_utf8_next(value, &at);
        if (is_digit(code)) {
            ++*ret_digits;
            end = at;
        } else if (code >= 0x80 || strchr("+ -.()/", (int)code) == NULL) {
            break;
        }
    }
    return end;
}

/* In what is not marked as personal, e-mail addresses and long numbers strayed there by mistake:
 * they are masked and the rest is shown. */
void model_mask_strays(pb_str value, pb_buf *out)
{
    int64_t days;
    bool start = true;
    for (size_t at = 0; at < value.len;) {
        size_t end = word_end(value, at), digits = 0, next = at;
        pb_str word = pb_str_sub(value, at, end - at);
        size_t run = number_end(value, at, &digits);
        bool date = word.len >= 10 && pb_date_parse(pb_str_sub(word, 0, 10), &days);
        uint32_t code = pb_utf8_next(value, &next);
        if (start && pb_str_index(word, '@') < word.len) {
            put_email(out, word);
            next = end;
        } else if (digits >= LONG_DIGITS && !date && (is_digit(code) || code == '+')) {
            put_phone(out, pb_str_sub(value, at, run - at));
            next = run;
        } else if (start && date) {
            pb_buf_add(out, word);
            next = end;
        } else {
            pb_buf_add(out, pb_str_sub(value, at, next - at));
        }
        start = code <= ' ';
        at = next;
    }
}
