/* Streaming JSON writer (RFC 8259): no tree, commas and nesting kept by the writer.
 *
 * Nesting deeper than PB_JSON_DEPTH, or an end too many, makes the buffer fail. Output is UTF-8;
 * invalid bytes become U+FFFD. Threads: one writer, one thread.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/value.h"

enum { PB_JSON_DEPTH = 32 };

typedef struct pb_json {
    pb_buf *out;
    int indent; /* 0: one line; else blanks a level */
    int depth;
    bool first[PB_JSON_DEPTH];
    bool after_key;
} pb_json;

/** A writer that appends to `out`. */
void pb_json_init(pb_json *json, pb_buf *out, int indent);
void pb_json_object(pb_json *json);
void pb_json_object_end(pb_json *json);
void pb_json_array(pb_json *json);
void pb_json_array_end(pb_json *json);
void pb_json_key(pb_json *json, const char *key);
void pb_json_key_str(pb_json *json, pb_str key);
/** Absent becomes null. */
void pb_json_str(pb_json *json, pb_str value);
void pb_json_c(pb_json *json, const char *value);
void pb_json_i64(pb_json *json, int64_t value);
/** Shortest text that reads back the same; not finite becomes null. */
void pb_json_double(pb_json *json, double value);
void pb_json_bool(pb_json *json, bool value);
void pb_json_null(pb_json *json);
/** A value that is written already: one whole JSON text. */
void pb_json_whole(pb_json *json, pb_str text);
/** `"key": "value"` in one call. */
void pb_json_member(pb_json *json, const char *key, pb_str value);
void pb_json_member_i64(pb_json *json, const char *key, int64_t value);

#endif
