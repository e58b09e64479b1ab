/* Writing cells (RFC 4180), and taking the sting out of formulas (OWASP, "CSV Injection"). */
#include "base/csv.h"

/* A number, a date or a phone number as people write it: signs, digits and what stands between
 * them. */
static bool harmless(pb_str cell)
{
    size_t digits = 0;
    if (cell.ptr[0] != '+' && cell.ptr[0] != '-')
        return false;
    for (size_t i = 1; i < cell.len; i++) {
        char c = cell.ptr[i];
        if (c >= '0' && c <= '9')
            digits++;
        else if (c != ' ' && c != '.' && c != ',' && c != '(' && c != ')' && c != '-' && c != '/')
            return false;
        else if (c == '-' && digits == 0)
            return false;
    }
    return digits > 0 || (cell.len == 1 && cell.ptr[0] == '-');
}

static bool runs(pb_str cell)
{
    if (cell.len == 0)
        return false;
    switch (cell.ptr[0]) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
        return !harmless(cell);
    default:
        return false;
    }
}

/* Would csv_unguard take something from this cell? Then it needs an apostrophe of its own. */
static bool looks_guarded(pb_str cell)
{
    return pb_csv_unguard(cell).len != cell.len;
}

pb_str pb_csv_unguard(pb_str cell)
{
    size_t marks = 0;
    while (marks < cell.len && cell.ptr[marks] == '\'')
        marks++;
    pb_str rest = pb_str_sub(cell, marks, cell.len);
    return marks > 0 && runs(rest) ? pb_str_sub(cell, 1, cell.len) : cell;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

void pb_csv_put(pb_buf *out, pb_str cell, bool first, bool guard)
{
    if (!first)
        pb_buf_byte(out, ',');
    bool apostrophe = guard && (runs(cell) || looks_guarded(cell));
    bool quote = cell.len > 0 && (is_space(cell.ptr[0]) || is_space(cell.ptr[cell.len - 1]));
    for (size_t i = 0; i < cell.len && !quote; i++)
        quote =
            cell.ptr[i] == ',' || cell.ptr[i] == '"' || cell.ptr[i] == '\n' || cell.ptr[i] == '\r';
    if (quote)
        pb_buf_byte(out, '"');
    if (apostrophe)
        pb_buf_byte(out, '\'');
    if (!quote) {
        pb_buf_add(out, cell);
        return;
    }
    pb_str rest = cell;
    pb_str part;
    bool again = false;
    while (pb_str_split(&rest, '"', &part)) {
        if (again)
            pb_buf_addc(out, "\"\"");
        pb_buf_add(out, part);
        again = true;
    }
    pb_buf_byte(out, '"');
}
