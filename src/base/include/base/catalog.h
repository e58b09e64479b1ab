/* Translations: one catalogue per language, read from the bytes of a GNU .mo file.
 *
 * Message ids are the English texts; a catalogue of NULL stands for English itself.
 * Threads: immutable after pb_catalog_open; any thread may read.
 * Source of the format: GNU gettext manual, "The Format of GNU MO Files".
 */
#ifndef BASE_CATALOG_H
#define BASE_CATALOG_H

#include "base/buf.h"

#include <stdarg.h>

typedef struct pb_catalog pb_catalog;

/** A named argument of a message. */
typedef struct pb_arg {
    const char *name;
    pb_str value;
} pb_arg;

/** Reads a catalogue. `mo` must outlive it. `language` is `zh-CN`, `fa`, … (kept by pointer).
 * NULL when the bytes are no .mo file or memory ran out; a damaged text in one is as none. Owner:
 * the caller. */
pb_catalog *pb_catalog_open(const char *language, pb_str mo);
pb_catalog *pb_catalog_free(pb_catalog *catalog);
/** `en` for NULL. */
const char *pb_catalog_language(const pb_catalog *catalog);
/** True for languages written right to left. */
bool pb_catalog_rtl(const pb_catalog *catalog);
/** The translation of `id`, or `id` itself. O(log n). */
const char *pb_translate(const pb_catalog *catalog, const char *id);
/** Same for a slice; the result is `id` itself when there is no translation. */
pb_str pb_translate_str(const pb_catalog *catalog, pb_str id);
/** The form for `n` things; `id` is English singular, `plural` English plural. A catalogue that
 * knows only `plural`, as a message of its own, answers with that. */
const char *pb_translate_n(const pb_catalog *catalog, const char *id, const char *plural,
                           int64_t n);
/** True when the catalogue has a translation of its own for `id`. */
bool pb_catalog_has(const pb_catalog *catalog, pb_str id);
enum { PB_FORMAT_PAIRS = 16 };
/** Appends `text` with every `{name}` replaced by its argument; an unknown name stays as it is,
 * `{{` gives `{`. */
void pb_format(pb_buf *out, pb_str text, const pb_arg *args, size_t count);
/** The same with arguments as pairs `const char *name, const char *value` ended by NULL; at most
 * PB_FORMAT_PAIRS are looked at. */
void pb_format_list(pb_buf *out, const char *text, va_list list);

/** A message with its arguments, to be said later in some language. */
typedef struct pb_note {
    pb_str says; /* English message id */
    const pb_arg *args;
    size_t count;
} pb_note;
/** Appends it in the catalogue's language. */
void pb_note_put(const pb_note *note, const pb_catalog *catalog, pb_buf *out);

#endif
