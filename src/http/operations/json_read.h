/* JSON that comes in: read strictly, or refused with the place.
 *
 * RFC 8259 and nothing beside it; UTF-8 only; no key twice in one object; at most so deep and so
 * many values; no U+0000 in texts (no database keeps it). Numbers keep their text, so whole numbers
 * of 64 bits and amounts of money stay what they were. Threads: any.
 */
#ifndef HTTP_OPERATIONS_JSON_READ_H
#define HTTP_OPERATIONS_JSON_READ_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"

enum { JSON_DEPTH_MAX = 16, JSON_VALUES_MAX = 200000 };

typedef enum json_kind {
    JSON_NULL,
    JSON_TRUTH,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_LIST,
    JSON_OBJECT
} json_kind;

typedef struct json_value json_value;
struct json_value {
    json_kind kind;
    bool truth;
    pb_str text;       /* a text, decoded; a number as it was written */
    pb_str key;        /* of a member */
    json_value *first; /* items, or members, in their order */
    json_value *next;
    size_t count;
};

/** Reads the one value of `text`. All of it lives in `arena`, but texts without escapes, which stay
 * in `text`. PB_INVALID with line and column. */
pb_status http_json_read(pb_str text, pb_arena *arena, const json_value **ret_value, pb_error *err);
/** A member of an object; NULL when there is none, or `object` is NULL or no object. */
const json_value *http_json_member(const json_value *object, const char *key);
/** Writes it as it was read: numbers by their text, members in their order. */
void http_json_put(pb_json *json, const json_value *value);
/** What a kind is called, as English message id. */
const char *http_json_kind_name(json_kind kind);

#endif
