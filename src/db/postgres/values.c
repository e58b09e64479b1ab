/* Values on their way to the server and back, in the binary form of PostgreSQL's types.
 *
 * Source: the types' send and receive functions (src/backend/utils/adt), PostgreSQL 15.
 */
#include "postgres.h"

#include <inttypes.h>

bool db_pg_knows(Oid type)
{
    switch (type) {
    case PG_BOOL:
    case PG_BYTEA:
    case PG_CHAR:
    case PG_NAME:
    case PG_INT8:
    case PG_INT2:
    case PG_INT4:
    case PG_TEXT:
    case PG_OID:
    case PG_FLOAT4:
    case PG_FLOAT8:
    case PG_UNKNOWN:
    case PG_BPCHAR:
    case PG_VARCHAR:
    case PG_NUMERIC:
        return true;
    default:
        return false;
    }
}

/* ---- to the server ---- */

void db_pg_bind(db_native *native, int parameter, pb_value value)
{
    if (parameter >= 1 && parameter <= native->parameter_count)
        native->values[parameter - 1] = value;
}

static void put_number(char *to, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) {
        to[i] = (char)(value & 0xff);
        value >>= 8;
    }
}

/* The value as a whole number; false when it is none. */
static bool whole_number(pb_value value, int64_t *ret)
{
    if (value.kind == PB_INT) {
        *ret = value.as.i;
        return true;
    }
    if (value.kind == PB_TEXT)
        return pb_str_to_i64(value.as.s, ret);
    bool fits = value.kind == PB_REAL && value.as.r >= -9223372036854775808.0 &&
                value.as.r < 9223372036854775808.0 && (double)(int64_t)value.as.r == value.as.r;
    if (fits)
        *ret = (int64_t)value.as.r;
    return fits;
}

static pb_status encode_number(pb_value value, Oid type, char room[32], int *ret_length,
                               pb_error *err)
{
    int bytes = type == PG_INT8 ? 8 : type == PG_INT2 ? 2 : type == PG_BOOL ? 1 : 4;
    int64_t number = 0;
    int64_t most = type == PG_BOOL ? 1
                   : bytes == 8    ? INT64_MAX
                                   : (INT64_C(1) << (8 * bytes - 1)) - 1;
    if (!whole_number(value, &number) || number > most || (bytes < 8 && number < -most - 1))
        return pb_fail(err, PB_INVALID, PB_MSG("The database could not work with a value."), NULL);
    put_number(room, (uint64_t)number, bytes);
    *ret_length = bytes;
    return PB_OK;
}

static pb_status encode_real(pb_value value, char room[32], int *ret_length, pb_error *err)
{
    double real = value.kind == PB_INT ? (double)value.as.i : value.as.r;
    uint64_t bits;
    if (value.kind != PB_INT && value.kind != PB_REAL &&
        (value.kind != PB_TEXT || !pb_str_to_double(value.as.s, &real)))
        return pb_fail(err, PB_INVALID, PB_MSG("The database could not work with a value."), NULL);
    memcpy(&bits, &real, sizeof bits);
    put_number(room, bits, 8);
    *ret_length = 8;
    return PB_OK;
}

/* As text; numbers in decimal. */
static void encode_text(pb_value value, char room[32], const char **ret_bytes, int *ret_length)
{
    if (value.kind == PB_TEXT || value.kind == PB_BLOB) {
        *ret_bytes = value.as.s.ptr;
        *ret_length = (int)value.as.s.len;
        return;
    }
    *ret_length = value.kind == PB_INT ? snprintf(room, 32, "%" PRId64, value.as.i)
                                       : snprintf(room, 32, "%.17g", value.as.r);
}

pb_status db_pg_encode(db_native *native, int parameter, const char **ret_bytes, int *ret_length,
                       int *ret_format, pb_error *err)
{
    pb_value value = native->values[parameter];
    char *room = native->rooms[parameter];
    *ret_bytes = room;
    *ret_format = 1;
    *ret_length = 0;
    if (native->seals != NULL)
        PB_TRY(db_pg_seal(native, parameter, &value, err));
    if (value.kind == PB_NULL) {
        *ret_bytes = NULL;
        return PB_OK;
    }
    if ((value.kind == PB_TEXT || value.kind == PB_BLOB) && value.as.s.len > 256 << 20)
        return pb_fail(err, PB_LIMIT, PB_MSG("A value is too large for the database."), NULL);
    switch (native->types[parameter]) {
    case PG_INT8:
    case PG_INT4:
    case PG_INT2:
    case PG_BOOL:
        return encode_number(value, native->types[parameter], room, ret_length, err);
    case PG_FLOAT8:
        return encode_real(value, room, ret_length, err);
    case PG_NUMERIC:
        *ret_format = 0; /* its text; NUL-terminated, as numbers are */
        encode_text(value, room, ret_bytes, ret_length);
        return PB_OK;
    default:
        encode_text(value, room, ret_bytes, ret_length);
        return PB_OK;
    }
}

/* ---- from the server ---- */

static uint64_t get_number(const char *from, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | (uint8_t)from[i];
    return value;
}

static double get_double(const char *from)
{
    double value;
    uint64_t bits = get_number(from, 8);
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float get_float(const char *from)
{
    float value;
    uint32_t bits = (uint32_t)get_number(from, 4);
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* numeric: count of digits to the base 10000, weight of the first, sign, digits behind the point;
 * then the digits. Without digits behind the point it is a whole number, as SQLite would have it.
 */
static pb_value get_numeric(const char *from)
{
    enum { BASE = 10000, NEGATIVE = 0x4000, SPECIAL = 0xC000, EXACT = 12, TEXT = 80 };
    int count = (int)get_number(from, 2);
    int weight = (int16_t)get_number(from + 2, 2);
    int sign = (int)get_number(from + 4, 2);
    bool fits = get_number(from + 6, 2) == 0;
    int64_t number = 0;
    double real = 0;
    char text[TEXT];
    int len = snprintf(text, TEXT, "%s", (sign & NEGATIVE) != 0 ? "-0" : "0");
    if ((sign & SPECIAL) == SPECIAL) /* NaN; infinities are not shown by a real either */
        return PB_VALUE_NULL;
    for (int i = 0; fits && i <= weight; i++) {
        int digit = i < count ? (int)get_number(from + 8 + 2 * i, 2) : 0;
        fits = !__builtin_mul_overflow(number, BASE, &number) &&
               !__builtin_add_overflow(number, digit, &number);
    }
    if (fits)
        return PB_VALUE_INT((sign & NEGATIVE) != 0 ? -number : number);
    int used = count < EXACT ? count : EXACT; /* a double tells no more of them apart */
    for (int i = 0; i < used; i++)
        len += snprintf(text + len, (size_t)(TEXT - len), "%04d",
                        (int)get_number(from + 8 + 2 * i, 2));
    snprintf(text + len, (size_t)(TEXT - len), "e%d", 4 * (weight - used + 1));
    return pb_str_to_double(pb_str_c(text), &real) ? PB_VALUE_REAL(real) : PB_VALUE_NULL;
}

static Oid type_of(const db_native *native, int column)
{
    return PQftype(native->result, column);
}

static bool has_row(const db_native *native, int column)
{
    return native->stepping && native->result != NULL && column >= 0 &&
           native->row < PQntuples(native->result) && column < PQnfields(native->result);
}

int db_pg_column_count(db_native *native)
{
    return native->described == NULL ? 0 : PQnfields(native->described);
}

const char *db_pg_column_name(db_native *native, int column)
{
    const char *name = native->described == NULL ? NULL : PQfname(native->described, column);
    return name == NULL ? "" : name;
}

bool db_pg_column_is_null(db_native *native, int column)
{
    return !has_row(native, column) || PQgetisnull(native->result, native->row, column) != 0;
}

static pb_value stored_value(db_native *native, int column, pb_str stored, bool text)
{
    pb_value opened;
    if (db_pg_unseal(native, column, stored, text, &opened))
        return opened;
    return text ? PB_VALUE_TEXT(stored) : PB_VALUE_BLOB(stored);
}

pb_value db_pg_column_value(db_native *native, int column)
{
    if (db_pg_column_is_null(native, column))
        return PB_VALUE_NULL;
    const char *bytes = PQgetvalue(native->result, native->row, column);
    size_t len = (size_t)PQgetlength(native->result, native->row, column);
    switch (type_of(native, column)) {
    case PG_BOOL:
        return PB_VALUE_INT(bytes[0] != 0);
    case PG_INT8:
        return PB_VALUE_INT((int64_t)get_number(bytes, 8));
    case PG_INT4:
        return PB_VALUE_INT((int32_t)get_number(bytes, 4));
    case PG_INT2:
        return PB_VALUE_INT((int16_t)get_number(bytes, 2));
    case PG_OID:
        return PB_VALUE_INT((int64_t)get_number(bytes, 4));
    case PG_FLOAT8:
        return PB_VALUE_REAL(get_double(bytes));
    case PG_FLOAT4:
        return PB_VALUE_REAL((double)get_float(bytes));
    case PG_NUMERIC:
        return get_numeric(bytes);
    case PG_BYTEA:
        return stored_value(native, column, pb_str_n(bytes, len), false);
    default:
        return stored_value(native, column, pb_str_n(bytes, len), true);
    }
}

void db_pg_column_values(db_native *native, int first, size_t count, pb_value *ret_values)
{
    for (size_t i = 0; i < count; i++)
        ret_values[i] = db_pg_column_value(native, first + (int)i);
}

/* The number that a text begins with, as SQLite casts it. */
static int64_t leading_number(pb_str text)
{
    text = pb_str_trim(text);
    size_t end = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
        end++;
    int64_t number = 0;
    return pb_str_to_i64(pb_str_sub(text, 0, end), &number) ? number : 0;
}

int64_t db_pg_column_i64(db_native *native, int column)
{
    pb_value value = db_pg_column_value(native, column);
    switch (value.kind) {
    case PB_INT:
        return value.as.i;
    case PB_REAL:
        return value.as.r >= 9223372036854775807.0    ? INT64_MAX
               : value.as.r <= -9223372036854775808.0 ? INT64_MIN
                                                      : (int64_t)value.as.r;
    case PB_TEXT:
    case PB_BLOB:
        return leading_number(value.as.s);
    default:
        return 0;
    }
}

pb_str db_pg_column_text(db_native *native, int column)
{
    pb_value value = db_pg_column_value(native, column);
    if (value.kind == PB_TEXT || value.kind == PB_BLOB)
        return value.as.s;
    if (value.kind == PB_NULL)
        return PB_STR_NONE;
    char *text = native->texts[column];
    if (value.kind == PB_INT) {
        snprintf(text, sizeof native->texts[0], "%" PRId64, value.as.i);
        return pb_str_c(text);
    }
    /* As SQLite writes it: 15 digits, and never like a whole number. */
    int len = snprintf(text, sizeof native->texts[0] - 3, "%.15g", value.as.r);
    if (strspn(text, "-0123456789") == (size_t)len)
        snprintf(text + len, 3, ".0");
    return pb_str_c(text);
}

pb_str db_pg_column_blob(db_native *native, int column)
{
    return db_pg_column_text(native, column);
}
