/* The words and signs of an expression. */
#ifndef MODEL_EXPR_TOKEN_H
#define MODEL_EXPR_TOKEN_H

#include "base/str.h"

typedef enum expr_token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_NUMBER,
    TOKEN_DATE,
    TOKEN_TEXT,
    TOKEN_SIGN, /* ( ) , + - and comparisons */
    TOKEN_BAD
} expr_token_kind;

typedef struct expr_token {
    expr_token_kind kind;
    size_t from, to; /* bytes of the text */
} expr_token;

/* The token that begins at or behind byte `at`. */
expr_token expr_scan(pb_str text, size_t at);

#endif
