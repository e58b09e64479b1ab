/* Deterministic CBOR. */
#include "base/cbor.h"

#include "base/utf8.h"

enum { UINT = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, SIMPLE = 7 };
enum { FALSE_BYTE = 0xF4, TRUE_BYTE = 0xF5, NULL_BYTE = 0xF6, DOUBLE_BYTE = 0xFB };

static void big_endian(char *to, uint64_t value, size_t size)
{
    for (size_t i = size; i-- > 0; value >>= 8)
        to[i] = (char)(value & 0xFF);
}

/* The head of an item: major type and argument, in the shortest form. */
static void head(pb_buf *out, unsigned major, uint64_t value)
{
    char bytes[9];
    size_t size = value < 24            ? 0
                  : value <= UINT8_MAX  ? 1
                  : value <= UINT16_MAX ? 2
                  : value <= UINT32_MAX ? 4
                                        : 8;
    unsigned info = value < 24  ? (unsigned)value
                    : size == 1 ? 24
                    : size == 2 ? 25
                    : size == 4 ? 26
                                : 27;
    bytes[0] = (char)(major << 5 | info);
    big_endian(bytes + 1, value, size);
    pb_buf_add(out, pb_str_n(bytes, size + 1));
}

void pb_cbor_uint(pb_buf *out, uint64_t value)
{
    head(out, UINT, value);
}

void pb_cbor_int(pb_buf *out, int64_t value)
{
    if (value < 0)
        head(out, NEGATIVE, ~(uint64_t)value);
    else
        head(out, UINT, (uint64_t)value);
}

void pb_cbor_double(pb_buf *out, double value)
{
    char bytes[9] = {(char)DOUBLE_BYTE};
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (__builtin_isnan(value))
        bits = UINT64_C(0x7FF8000000000000);
    big_endian(bytes + 1, bits, 8);
    pb_buf_add(out, pb_str_n(bytes, sizeof bytes));
}

void pb_cbor_bytes(pb_buf *out, pb_str value)
{
    head(out, BYTES, value.len);
    pb_buf_add(out, value);
}

void pb_cbor_text(pb_buf *out, pb_str value)
{
    if (!pb_utf8_valid(value)) {
        out->failed = true;
        return;
    }
    head(out, TEXT, value.len);
    pb_buf_add(out, value);
}

void pb_cbor_array(pb_buf *out, size_t count)
{
    head(out, ARRAY, count);
}

void pb_cbor_map(pb_buf *out, size_t count)
{
    head(out, MAP, count);
}

void pb_cbor_null(pb_buf *out)
{
    pb_buf_byte(out, (char)NULL_BYTE);
}

void pb_cbor_bool(pb_buf *out, bool value)
{
    pb_buf_byte(out, (char)(value ? TRUE_BYTE : FALSE_BYTE));
}

void pb_cbor_value(pb_buf *out, pb_value value)
{
    switch (value.kind) {
    case PB_NULL:
        pb_cbor_null(out);
        break;
    case PB_INT:
        pb_cbor_int(out, value.as.i);
        break;
    case PB_REAL:
        pb_cbor_double(out, value.as.r);
        break;
    case PB_TEXT:
        pb_cbor_text(out, value.as.s);
        break;
    case PB_BLOB:
        pb_cbor_bytes(out, value.as.s);
        break;
    }
}

static pb_cbor_type refuse(pb_cbor *in)
{
    in->bad = true;
    return PB_CBOR_END;
}

pb_cbor_type pb_cbor_peek(pb_cbor *in)
{
    if (in->bad || in->pos >= in->in.len)
        return PB_CBOR_END;
    unsigned char first = (unsigned char)in->in.ptr[in->pos];
    switch (first >> 5) {
    case UINT:
    case NEGATIVE:
    case BYTES:
    case TEXT:
    case ARRAY:
    case MAP:
        return (first & 31) <= 27 ? (pb_cbor_type)(first >> 5) : refuse(in);
    default:
        if (first >= FALSE_BYTE && first <= NULL_BYTE)
            return PB_CBOR_SIMPLE;
        return first == DOUBLE_BYTE ? PB_CBOR_DOUBLE : refuse(in);
    }
}

/* Reads `size` bytes as a number. */
static bool number(pb_cbor *in, size_t size, uint64_t *ret)
{
    if (in->in.len - in->pos < size)
        return refuse(in), false;
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | (unsigned char)in->in.ptr[in->pos++];
    *ret = value;
    return true;
}

/* Reads the head of an item that must be of `type`, one of the first six. */
static bool expect(pb_cbor *in, pb_cbor_type type, uint64_t *ret)
{
    if (in->bad || in->pos >= in->in.len)
        return refuse(in), false;
    unsigned first = (unsigned char)in->in.ptr[in->pos];
    unsigned info = first & 31;
    if (first >> 5 != (unsigned)type || info > 27)
        return refuse(in), false;
    in->pos++;
    if (info < 24) {
        *ret = info;
        return true;
    }
    static const uint64_t least[] = {24, UINT8_MAX + 1, UINT16_MAX + 1, UINT64_C(1) << 32};
    if (!number(in, (size_t)1 << (info - 24), ret))
        return false;
    return *ret >= least[info - 24] || (refuse(in), false);
}

uint64_t pb_cbor_get_uint(pb_cbor *in)
{
    uint64_t value = 0;
    return expect(in, PB_CBOR_UINT, &value) ? value : 0;
}

int64_t pb_cbor_get_int(pb_cbor *in)
{
    uint64_t value = 0;
    bool negative = pb_cbor_peek(in) == PB_CBOR_NEGATIVE;
    if (!expect(in, negative ? PB_CBOR_NEGATIVE : PB_CBOR_UINT, &value))
        return 0;
    if (value > INT64_MAX)
        return refuse(in), 0;
    return negative ? -1 - (int64_t)value : (int64_t)value;
}

double pb_cbor_get_double(pb_cbor *in)
{
    uint64_t bits = 0;
    double value = 0;
    if (pb_cbor_peek(in) != PB_CBOR_DOUBLE)
        return refuse(in), 0;
    in->pos++;
    if (!number(in, 8, &bits))
        return 0;
    memcpy(&value, &bits, sizeof value);
    if (__builtin_isnan(value) && bits != UINT64_C(0x7FF8000000000000))
        return refuse(in), 0;
    return value;
}

static unsigned char simple(pb_cbor *in)
{
    if (pb_cbor_peek(in) != PB_CBOR_SIMPLE)
        return refuse(in), 0;
    return (unsigned char)in->in.ptr[in->pos++];
}

bool pb_cbor_get_bool(pb_cbor *in)
{
    unsigned char byte = simple(in);
    if (byte == NULL_BYTE)
        refuse(in);
    return byte == TRUE_BYTE;
}

void pb_cbor_get_null(pb_cbor *in)
{
    if (simple(in) != NULL_BYTE)
        refuse(in);
}

static pb_str string(pb_cbor *in, pb_cbor_type type)
{
    uint64_t len = 0;
    if (!expect(in, type, &len))
        return PB_STR_NONE;
    if (len > in->in.len - in->pos)
        return refuse(in), PB_STR_NONE;
    pb_str s = pb_str_n(in->in.ptr + in->pos, (size_t)len);
    in->pos += (size_t)len;
    if (type == PB_CBOR_TEXT && !pb_utf8_valid(s))
        return refuse(in), PB_STR_NONE;
    return s;
}

pb_str pb_cbor_get_text(pb_cbor *in)
{
    return string(in, PB_CBOR_TEXT);
}

pb_str pb_cbor_get_bytes(pb_cbor *in)
{
    return string(in, PB_CBOR_BYTES);
}

size_t pb_cbor_get_array(pb_cbor *in)
{
    uint64_t count = 0;
    if (!expect(in, PB_CBOR_ARRAY, &count))
        return 0;
    if (count > in->in.len - in->pos)
        return refuse(in), 0;
    return (size_t)count;
}

size_t pb_cbor_get_map(pb_cbor *in)
{
    uint64_t count = 0;
    if (!expect(in, PB_CBOR_MAP, &count))
        return 0;
    if (count > (in->in.len - in->pos) / 2)
        return refuse(in), 0;
    return (size_t)count;
}

pb_value pb_cbor_get_value(pb_cbor *in)
{
    pb_value value = PB_VALUE_NULL;
    switch (pb_cbor_peek(in)) {
    case PB_CBOR_UINT:
    case PB_CBOR_NEGATIVE:
        value = PB_VALUE_INT(pb_cbor_get_int(in));
        break;
    case PB_CBOR_DOUBLE:
        value = PB_VALUE_REAL(pb_cbor_get_double(in));
        break;
    case PB_CBOR_TEXT:
        value = PB_VALUE_TEXT(pb_cbor_get_text(in));
        break;
    case PB_CBOR_BYTES:
        value = PB_VALUE_BLOB(pb_cbor_get_bytes(in));
        break;
    case PB_CBOR_SIMPLE: {
        unsigned char byte = simple(in);
        if (byte != NULL_BYTE)
            value = PB_VALUE_INT(byte == TRUE_BYTE);
        break;
    }
    default:
        refuse(in);
    }
    return in->bad ? PB_VALUE_NULL : value;
}

bool pb_cbor_pass(pb_cbor *in, const pb_value *value)
{
    switch (value->kind) {
    case PB_TEXT:
        return pb_str_eq(pb_cbor_get_text(in), value->as.s) && !in->bad;
    case PB_BLOB:
        return pb_str_eq(pb_cbor_get_bytes(in), value->as.s) && !in->bad;
    default:
        return pb_value_eq(pb_cbor_get_value(in), *value) && !in->bad;
    }
}

void pb_cbor_skip(pb_cbor *in)
{
    size_t left[PB_CBOR_DEPTH] = {1};
    int depth = 0;
    while (depth >= 0 && !in->bad) {
        if (left[depth]-- == 0) {
            depth--;
            continue;
        }
        pb_cbor_type type = pb_cbor_peek(in);
        if (type != PB_CBOR_ARRAY && type != PB_CBOR_MAP) {
            pb_cbor_get_value(in);
            continue;
        }
        size_t items = type == PB_CBOR_ARRAY ? pb_cbor_get_array(in) : pb_cbor_get_map(in) * 2;
        if (++depth == PB_CBOR_DEPTH) {
            refuse(in);
            return;
        }
        left[depth] = items;
    }
}

bool pb_cbor_done(pb_cbor *in)
{
    if (in->pos != in->in.len)
        in->bad = true;
    return !in->bad;
}
