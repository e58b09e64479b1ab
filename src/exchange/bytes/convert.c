/* Bytes of an encoding to UTF-8, by ICU, piece by piece. */
#include "convert.h"

#include <stdlib.h>

#include <unicode/ucnv.h>
#include <unicode/utf16.h>

#include "base/utf8.h"

enum { UNITS = 16 << 10 };

struct converter {
    UConverter *icu;
    size_t begin, end; /* of the units that wait to be written */
    bool broken;       /* behind them stands a byte that is no character */
    bool over;         /* and nothing else */
    int first_bad;     /* the first such byte; -1: none */
    UChar units[UNITS];
};

converter *convert_free(converter *c)
{
    if (c == NULL)
        return NULL;
    if (c->icu != NULL)
        ucnv_close(c->icu);
    free(c);
    return NULL;
}

static pb_status icu_failed(UErrorCode code, pb_error *err)
{
    if (code == U_MEMORY_ALLOCATION_ERROR)
        return pb_fail_memory(err);
    pb_fail(err, PB_INTERNAL, PB_MSG("Could not convert the text"), NULL);
    pb_error_detail(err, PB_MSG("ICU: {says}"), "says", u_errorName(code), NULL);
    return PB_INTERNAL;
}

pb_status convert_new(const char *name, converter **ret_converter, pb_error *err)
{
    converter *c = calloc(1, sizeof *c);
    if (c == NULL)
        return pb_fail_memory(err);
    UErrorCode code = U_ZERO_ERROR;
    c->first_bad = -1;
    c->icu = ucnv_open(name, &code);
    if (U_SUCCESS(code))
        ucnv_setToUCallBack(c->icu, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &code);
    if (U_FAILURE(code)) {
        convert_free(c);
        return icu_failed(code, err);
    }
    *ret_converter = c;
    return PB_OK;
}

/* Writes the units that wait. */
static size_t drain(converter *c, char *to, size_t room)
{
    size_t written = 0;
    while (c->begin < c->end && written + 4 <= room) {
        uint32_t unit = c->units[c->begin++];
        if (U16_IS_LEAD(unit) && c->begin < c->end && U16_IS_TRAIL(c->units[c->begin]))
            unit = (uint32_t)U16_GET_SUPPLEMENTARY(unit, c->units[c->begin++]);
        written += pb_utf8_encode(to + written, unit);
    }
    if (c->begin == c->end && c->broken && written < room) {
        to[written++] = (char)0xFF;
        c->broken = false;
    }
    return written;
}

/* Behind the units stands what is no character; the first such byte is kept. */
static void take_bad(converter *c)
{
    char bytes[16] = {0};
    int8_t len = sizeof bytes;
    UErrorCode code = U_ZERO_ERROR;
    c->broken = true;
    if (c->first_bad >= 0)
        return;
    ucnv_getInvalidChars(c->icu, bytes, &len, &code);
    if (U_SUCCESS(code) && len > 0)
        c->first_bad = (unsigned char)bytes[0];
}

/* Fills the room for units, up to the first byte that is no character. */
static pb_status turn(converter *c, const char **from, const char *end, bool last, pb_error *err)
{
    UErrorCode code = U_ZERO_ERROR;
    const char *before = *from;
    UChar *to = c->units;
    ucnv_toUnicode(c->icu, &to, c->units + UNITS, from, end, NULL, last, &code);
    c->begin = 0;
    c->end = (size_t)(to - c->units);
    if (code == U_INVALID_CHAR_FOUND || code == U_ILLEGAL_CHAR_FOUND ||
        code == U_TRUNCATED_CHAR_FOUND || code == U_ILLEGAL_ESCAPE_SEQUENCE)
        take_bad(c);
    else if (U_FAILURE(code) && code != U_BUFFER_OVERFLOW_ERROR)
        return icu_failed(code, err);
    c->over = last && *from == before && c->end == 0 && !c->broken;
    return PB_OK;
}

pb_status convert_turn(converter *c, const unsigned char *from, size_t len, bool last,
                       size_t *ret_taken, char *to, size_t room, size_t *ret_count, bool *ret_over,
                       pb_error *err)
{
    const char *at = (const char *)from, *end = at + len;
    size_t written = 0;
    while (room - written >= 4) {
        written += drain(c, to + written, room - written);
        if (c->begin < c->end || c->broken || c->over || (at == end && !last))
            break;
        PB_TRY(turn(c, &at, end, last, err));
    }
    *ret_taken = (size_t)(at - (const char *)from);
    *ret_count = written;
    *ret_over = c->over && written == 0;
    return PB_OK;
}

int convert_bad(const converter *c)
{
    return c->first_bad;
}
