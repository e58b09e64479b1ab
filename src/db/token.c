#include "token.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char at_or_end(pb_str sql, size_t at)
{
    return at < sql.len ? sql.ptr[at] : '\0';
}

/* Behind a comment that begins here; the same place when none does. */
static size_t skip_comment(pb_str sql, size_t at)
{
    pb_str rest = pb_str_sub(sql, at, sql.len);
    if (pb_str_starts(rest, PB_STR("--")))
        return at + pb_str_index(rest, '\n');
    if (pb_str_starts(rest, PB_STR("/*"))) {
        size_t end = pb_str_find(pb_str_sub(rest, 2, rest.len), PB_STR("*/"));
        return end == SIZE_MAX ? sql.len : at + 2 + end + 2;
    }
    return at;
}

static size_t skip_blanks(pb_str sql, size_t at)
{
    for (;;) {
        size_t before = at;
        while (at < sql.len && is_blank(sql.ptr[at]))
            at++;
        at = skip_comment(sql, at);
        if (at == before)
            return at;
    }
}

/* Where what is quoted from `at` on ends: at the closing quote. */
static size_t closing(pb_str sql, size_t at, char close)
{
    size_t end = at + 1;
    for (; end < sql.len; end++) {
        if (sql.ptr[end] != close)
            continue;
        if (close == ']' || at_or_end(sql, end + 1) != close)
            return end;
        end++;
    }
    return sql.len;
}

static size_t word_end(pb_str sql, size_t at)
{
    while (at < sql.len && is_word(sql.ptr[at]))
        at++;
    return at;
}

/* 12, 1.5, .5, 1e-3, 0xff */
static size_t number_end(pb_str sql, size_t at)
{
    for (; at < sql.len; at++) {
        char c = sql.ptr[at];
        bool sign = (c == '+' || c == '-') && (sql.ptr[at - 1] | 0x20) == 'e';
        if (!is_word(c) && c != '.' && !sign)
            break;
    }
    return at;
}

static size_t mark_end(pb_str sql, size_t at)
{
    static const char *const two[] = {"||", "==", "!=", "<>", "<=", ">=", "<<", ">>", "->"};
    pb_str rest = pb_str_sub(sql, at, sql.len);
    for (size_t i = 0; i < sizeof two / sizeof two[0]; i++)
        if (pb_str_starts(rest, pb_str_c(two[i])))
            return at + 2;
    return at + 1;
}

static void quoted(pb_str sql, size_t at, char close, db_token_kind kind, db_token *ret)
{
    size_t end = closing(sql, at, close);
    *ret = (db_token){.kind = kind,
                      .text = pb_str_sub(sql, at, (end < sql.len ? end + 1 : end) - at),
                      .name = pb_str_sub(sql, at + 1, end - at - 1)};
}

static void plain(pb_str sql, size_t at, size_t end, db_token_kind kind, db_token *ret)
{
    pb_str text = pb_str_sub(sql, at, end - at);
    *ret = (db_token){.kind = kind, .text = text};
    if (kind == DB_TOKEN_WORD)
        ret->name = text;
    else if (kind == DB_TOKEN_PLACE)
        ret->name = pb_str_sub(text, 1, text.len);
}

bool db_token_next(pb_str sql, size_t *at, db_token *ret)
{
    size_t from = skip_blanks(sql, *at);
    if (from >= sql.len)
        return false;
    char c = sql.ptr[from];
    char next = at_or_end(sql, from + 1);
    if (c == '"' || c == '`')
        quoted(sql, from, c, DB_TOKEN_QUOTED, ret);
    else if (c == '[')
        quoted(sql, from, ']', DB_TOKEN_QUOTED, ret);
    else if (c == '\'')
        quoted(sql, from, c, DB_TOKEN_STRING, ret);
    else if (is_digit(c) || (c == '.' && is_digit(next)))
        plain(sql, from, number_end(sql, from + 1), DB_TOKEN_NUMBER, ret);
    else if (is_word(c))
        plain(sql, from, word_end(sql, from), DB_TOKEN_WORD, ret);
    else if (c == '?' || (c == ':' && is_word(next)))
        plain(sql, from, word_end(sql, from + 1), DB_TOKEN_PLACE, ret);
    else
        plain(sql, from, mark_end(sql, from), DB_TOKEN_MARK, ret);
    ret->apart = from > *at;
    *at = from + ret->text.len;
    return true;
}

void db_reader_next(db_reader *reader)
{
    reader->more = db_token_next(reader->sql, &reader->at, &reader->token);
}

bool db_reader_at_word(const db_reader *reader, const char *word)
{
    return reader->more && reader->token.kind == DB_TOKEN_WORD &&
           pb_str_eq_nocase(reader->token.name, pb_str_c(word));
}

bool db_reader_at_mark(const db_reader *reader, char mark)
{
    return reader->more && reader->token.kind == DB_TOKEN_MARK && reader->token.text.ptr[0] == mark;
}

static bool take_if(db_reader *reader, bool good)
{
    if (good)
        db_reader_next(reader);
    return good;
}

bool db_reader_take_word(db_reader *reader, const char *word)
{
    return take_if(reader, db_reader_at_word(reader, word));
}

bool db_reader_take_mark(db_reader *reader, char mark)
{
    return take_if(reader, db_reader_at_mark(reader, mark));
}

bool db_reader_take_name(db_reader *reader)
{
    return take_if(reader, reader->more && (reader->token.kind == DB_TOKEN_WORD ||
                                            reader->token.kind == DB_TOKEN_QUOTED));
}
