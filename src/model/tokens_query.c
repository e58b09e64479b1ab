/* Search tokens of a query: the same alphabet as tokens.c, fewer of them. */
#include "base/utf8.h"
#include "tokens.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A blank-separated piece of a query that stands for one thing: an address, a domain, a code. */
static bool add_piece(model_tokens_out *to, pb_str piece)
{
    bool digit = false, letter = false, inner = false;
    size_t last = piece.len;
    if (pb_str_index(piece, '@') < piece.len) {
        model_tokens_email(to, piece);
        return true;
    }
    for (size_t i = 0; i < piece.len; i++) {
        char c = piece.ptr[i];
        digit = digit || is_digit(c);
        letter = letter || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        inner = inner || (c != '\0' && memchr("-_/.#", c, 5) != NULL);
        if ((unsigned char)c >= 0x80)
            return false;
        if (c == '.')
            last = i;
    }
    if (digit && inner) {
        model_tokens_joined(to, piece);
        return true;
    }
    static const char *const tops[] = {"com", "org", "net", "edu", "gov", "info", "cn",
                                       "ir",  "io",  "de",  "uk",  "fr",  "br",   "biz"};
    for (size_t i = 0; letter && last < piece.len && i < sizeof tops / sizeof *tops; i++) {
        if (pb_str_eq_nocase(pb_str_sub(piece, last + 1, piece.len), pb_str_c(tops[i]))) {
            model_tokens_email(to, piece); /* a domain: kept whole */
            return true;
        }
    }
    return false;
}

static void query(model_reader *reader, pb_str text, bool wide, pb_buf *out)
{
    model_tokens_out to = {
        .reader = reader, .out = out, .begin = out->len, .query = true, .wide = wide};
    char room[32];
    size_t len;
    pb_str all = pb_utf8_cut(text, MODEL_TOKENS_TEXT);
    pb_buf_clear(&reader->scratch2);
    pb_buf_add(&reader->scratch2, model_ascii_number(reader, all));
    pb_str rest = pb_arena_str(reader->texts, pb_buf_str(&reader->scratch2));
    while (rest.len > 0) {
        size_t end = 0;
        if (rest.ptr[0] == ' ') {
            rest = pb_str_sub(rest, 1, rest.len);
            continue;
        }
        if (is_digit(rest.ptr[0]) || rest.ptr[0] == '+' || rest.ptr[0] == '(')
            end = model_tokens_number(rest, 0, room, &len);
        if (end > 0) {
            size_t zeros = len > MODEL_TOKENS_TAIL + 2 && room[0] == '0' ? 1 : 0;
            model_tokens_digits(&to, pb_str_n(room + zeros, len - zeros));
        } else {
            end = pb_str_index(rest, ' ');
            if (wide || !add_piece(&to, pb_str_sub(rest, 0, end)))
                model_tokens_text(&to, pb_str_sub(rest, 0, end));
        }
        rest = pb_str_sub(rest, end, rest.len);
    }
}

void model_query_tokens(model_reader *reader, pb_str text, pb_buf *out)
{
    query(reader, text, false, out);
}

void model_query_tokens_wide(model_reader *reader, pb_str text, pb_buf *out)
{
    query(reader, text, true, out);
}
