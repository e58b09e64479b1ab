#include "base/bytes.h"
#include "base/time.h"
#include "reader.h"

/* Digits of an unsigned number, the last `places` behind a point. */
static void write_scaled(pb_buf *out, int64_t value, int places)
{
    char text[32];
    size_t at = sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int written = 0;
    do {
        if (written == places && places > 0)
            text[--at] = '.';
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
        written++;
    } while (rest > 0 || written <= places);
    if (value < 0)
        text[--at] = '-';
    pb_buf_add(out, pb_str_n(text + at, sizeof text - at));
}

/* Shortest decimal text that reads back the same, without exponent where that takes few digits. */
static void write_real(pb_buf *out, double value)
{
    char text[40];
    for (int precision = 15; precision <= 17; precision++) {
        double back;
        int len = snprintf(text, sizeof text, "%.*g", precision, value);
        if (len > 0 && pb_str_to_double(pb_str_n(text, (size_t)len), &back) && back == value)
            break;
    }
    pb_buf_addc(out, text);
}

void model_write(const model_field *field, pb_value value, pb_str currency, pb_buf *out)
{
    switch (value.kind) {
    case PB_NULL:
        return;
    case PB_REAL:
        write_real(out, value.as.r);
        return;
    case PB_TEXT:
        pb_buf_add(out, value.as.s);
        return;
    case PB_BLOB:
        pb_hex(out, value.as.s.ptr, value.as.s.len);
        return;
    case PB_INT:
        break;
    }
    switch (field->type) {
    case MODEL_DATE:
        pb_date_format(out, value.as.i);
        return;
    case MODEL_INSTANT:
        pb_instant_format(out, value.as.i);
        return;
    case MODEL_BOOLEAN:
        pb_buf_addc(out, value.as.i != 0 ? "true" : "false");
        return;
    case MODEL_MONEY:
        write_scaled(out, value.as.i, model_currency_digits(currency));
        return;
    default:
        write_scaled(out, value.as.i, 0);
    }
}
