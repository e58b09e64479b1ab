/* SQL text taken apart into words and marks, as SQLite reads it. No meaning is looked for here.
 *
 * Source: https://sqlite.org/lang_expr.html (literals, quoting), https://sqlite.org/c3ref/bind_blob
 */
#ifndef DB_TOKEN_H
#define DB_TOKEN_H

#include "base/str.h"

typedef enum db_token_kind {
    DB_TOKEN_WORD,   /* keyword or name */
    DB_TOKEN_QUOTED, /* a name in "", `` or [] */
    DB_TOKEN_STRING, /* '…' */
    DB_TOKEN_NUMBER,
    DB_TOKEN_PLACE, /* a parameter: ?, ?1, :name */
    DB_TOKEN_MARK,  /* anything else: operators of one or two characters, brackets */
} db_token_kind;

typedef struct db_token {
    db_token_kind kind;
    pb_str text; /* as written */
    pb_str name; /* of words, quoted names and strings: what stands between the quotes, doubled
                    quotes as written; of places: what stands behind ? or : */
    bool apart;  /* blanks or a comment stand before it */
} db_token;

/** The next token from `*at` on; false at the end. What is not closed goes to the end. */
bool db_token_next(pb_str sql, size_t *at, db_token *ret);

/** A text read token by token: `token` is the one at hand while there is `more`. Begins with `sql`
 * alone, and db_reader_next. */
typedef struct db_reader {
    pb_str sql;
    size_t at; /* behind the token at hand */
    db_token token;
    bool more;
} db_reader;

void db_reader_next(db_reader *reader);
/** Whether the token at hand is this word (no quoted name), this mark. */
bool db_reader_at_word(const db_reader *reader, const char *word);
bool db_reader_at_mark(const db_reader *reader, char mark);
/** The same, and goes on behind it when it is. A name may be quoted. */
bool db_reader_take_word(db_reader *reader, const char *word);
bool db_reader_take_mark(db_reader *reader, char mark);
bool db_reader_take_name(db_reader *reader);

#endif
