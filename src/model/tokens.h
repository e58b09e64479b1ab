/* What the tokens of values and of queries share. Threads: as model_reader. */
#ifndef MODEL_TOKENS_PRIVATE_H
#define MODEL_TOKENS_PRIVATE_H

#include "reader.h"

enum {
    MODEL_TOKENS_TEXT = 8192, /* bytes of one value or query that are looked at */
    MODEL_TOKENS_TAIL = 8,    /* last digits by which a long number is found */
    MODEL_TOKENS_LOCAL = 7    /* and those of a telephone number without its area code */
};

/* Output of one call. */
typedef struct model_tokens_out {
    model_reader *reader;
    pb_buf *out;
    size_t begin;
    size_t count;
    bool query;
    bool wide;   /* skeletons instead of words */
    bool pinyin; /* the value is short and a name: read Chinese characters out */
    bool person;
} model_tokens_out;

/** Digits of a number; long ones also (in a query: only) by their end. */
void model_tokens_digits(model_tokens_out *to, pb_str digits);
/** Folded words of a text, by script. */
void model_tokens_text(model_tokens_out *to, pb_str text);
/** A code as one token without separators. */
void model_tokens_joined(model_tokens_out *to, pb_str text);
/** An e-mail address: whole, and in a value also second local word and domain. */
void model_tokens_email(model_tokens_out *to, pb_str text);
/** End of the number written in groups of digits that begins at `from`, or 0 when there is none;
 * its digits go to `room`. */
size_t model_tokens_number(pb_str s, size_t from, char room[32], size_t *ret_len);

#endif
