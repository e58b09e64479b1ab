/* What went wrong, for a program (status) and for a person (primary line, detail, hint).
 *
 * A function that can fail returns a pb_status and takes a pb_error pointer last (NULL: the caller
 * does not care for the words). Texts are English message ids with `{name}` places; they are
 * translated when shown, not when made, so one process can serve readers of several languages.
 * Library code never prints.
 *
 * Threads: an error object belongs to one thread at a time.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/buf.h"
#include "base/catalog.h"
#include "base/status.h" /* generated from declare/errors.yaml: enum pb_status */

/** Marks a message id for translation where the call itself does not (xgettext keyword). */
#define PB_MSG(text) text
/** Marks a message that counts: its form for one thing and for several. Stands for both arguments
 * of a function that takes them (pb_translate_n); catalogues keep it as msgid and msgid_plural. */
#define PB_MSG_N(one, several) one, several

/** Bytes for all argument texts of one error; longer values are cut with an ellipsis. */
enum { PB_ERROR_TEXT = 2048, PB_MSG_ARG_MAX = 300 };

/** One message: an id and its arguments, packed as name NUL value NUL … inside the error. */
typedef struct pb_msg {
    const char *id; /* static string; NULL: no such part */
    uint16_t args;  /* offset of the first pair in pb_error.text */
    uint16_t count; /* pairs */
} pb_msg;

typedef struct pb_error {
    pb_status status;
    pb_msg primary; /* what could not be done, naming the thing and the value */
    pb_msg detail;  /* why, where: file, line, column, system's words */
    pb_msg hint;    /* how to mend it */
    uint16_t used;
    char text[PB_ERROR_TEXT];
} pb_error;

/** Begins an error: sets status and primary line, clears detail and hint. The variable arguments
 * are pairs `const char *name, const char *value`, ended by NULL. Returns `status`, so that a
 * caller can write `return pb_fail(err, PB_INVALID, PB_MSG("…"), "path", path, NULL);`. `err` may
 * be NULL. */
pb_status pb_fail(pb_error *err, pb_status status, const char *primary, ...)
    __attribute__((sentinel));
/** Adds the detail to an error begun by pb_fail. */
void pb_error_detail(pb_error *err, const char *id, ...) __attribute__((sentinel));
/** Adds the hint to an error begun by pb_fail. */
void pb_error_hint(pb_error *err, const char *id, ...) __attribute__((sentinel));
/** The usual error when memory ran out. */
pb_status pb_fail_memory(pb_error *err);
/** Why a buffer failed: PB_MEMORY, or PB_LIMIT with the message `says`. */
pb_status pb_fail_buffer(const pb_buf *buf, const char *says, pb_error *err);
#ifdef __clang_analyzer__
/* The analyser sees one file at a time: here it learns that a failure is one. */
#define pb_fail(err, status, ...) (pb_fail((err), (status), __VA_ARGS__), (status))
#define pb_fail_memory(err) (pb_fail_memory(err), PB_MEMORY)
#endif
/** The name of an argument whose value is a message id itself, such as the label of a role: it is
 * translated too where the catalogue knows it. `name` is a literal. */
#define PB_WORD(name) "=" name
/** Renders one part (`&err->primary`, …) in the catalogue's language, appending to `out`. Writes
 * nothing when the part is absent. Arguments called entity, entities, field, says and what are such
 * words without being marked. */
void pb_error_render(const pb_error *err, const pb_msg *part, const pb_catalog *catalog,
                     pb_buf *out);

/** The value of the argument `name` of any part of the error, the primary line's first; absent when
 * there is none. For programs, which are told field and value apart from the words. */
pb_str pb_error_arg(const pb_error *err, const char *name);

/** Room for the text of one argument; see PB_ARG and PB_ARG_INT. */
typedef struct pb_argbuf {
    char text[PB_MSG_ARG_MAX];
} pb_argbuf;
const char *pb_arg_str(pb_argbuf *room, pb_str s);
const char *pb_arg_i64(pb_argbuf *room, int64_t value);
/** A slice as an argument value; lives until the end of the enclosing block. */
#define PB_ARG(s) pb_arg_str(&(pb_argbuf){{0}}, (s))
/** An integer as an argument value; lives until the end of the enclosing block. */
#define PB_ARG_INT(v) pb_arg_i64(&(pb_argbuf){{0}}, (int64_t)(v))

/** Returns from the calling function when `expression` is not PB_OK. */
#define PB_TRY(expression)                                                                         \
    do {                                                                                           \
        pb_status pb_try_status_ = (expression);                                                   \
        if (pb_try_status_ != PB_OK)                                                               \
            return pb_try_status_;                                                                 \
    } while (0)

#endif
