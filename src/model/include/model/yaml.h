/* YAML documents that people write (declarations, controls, map files), read so that every mistake
 * can be told with its file, line and column.
 *
 * Refuses: anchors, aliases and tags, duplicate keys, keys that are not plain texts, documents
 * deeper than 32 levels, above 100,000 nodes or 8 MiB, text that is not UTF-8.
 * Threads: a tree is immutable once read; any thread may read it.
 */
#ifndef MODEL_YAML_H
#define MODEL_YAML_H

#include "model/schema.h"

enum { MODEL_YAML_DEPTH = 32, MODEL_YAML_NODES = 100000, MODEL_YAML_BYTES = 8 << 20 };

typedef enum model_yaml_kind { MODEL_YAML_SCALAR, MODEL_YAML_LIST, MODEL_YAML_MAP } model_yaml_kind;

typedef struct model_yaml model_yaml;

/** A node of a document. Everything belongs to the arena it was read into. */
struct model_yaml {
    model_yaml_kind kind;
    model_place place;      /* where it begins */
    model_place text_place; /* scalar: where its first character stands (behind the quote) */
    pb_str text;            /* scalar: its text; absent for the others */
    bool quoted;            /* scalar: in quotes or a block, so never null, true or a number */
    bool exact; /* scalar: each character of `text` is one column of one line of the file */
    const model_yaml **keys;  /* map: scalars, in the order written */
    const model_yaml **items; /* map: the values; list: the items */
    size_t count;
};

/** Reads the one document of `source`. An empty source gives a map without keys. The tree keeps its
 * own copies of all texts. PB_INVALID with the place on any mistake. */
pb_status model_yaml_load(pb_arena *arena, const model_source *source, const model_yaml **ret_root,
                          pb_error *err);
/** Same for a source with several documents (separated by `---`); `*ret_roots` has `*ret_count`.
 * Nodes go into one arena, all texts and the name of the source into one that may live longer, or
 * into the same. */
pb_status model_yaml_load_apart(pb_arena *nodes, pb_arena *texts, const model_source *source,
                                const model_yaml *const **ret_roots, size_t *ret_count,
                                pb_error *err);

/** Puts `file:line:column` into the detail of an error begun with pb_fail; returns PB_INVALID. */
pb_status model_place_fail(pb_error *err, model_place place);
#ifdef __clang_analyzer__
/* As with pb_fail: the analyser learns that a failure is one. */
#define model_place_fail(err, place) (model_place_fail((err), (place)), PB_INVALID)
#endif
/** Begins an error about a node: status PB_INVALID, the message with its name/value pairs (as
 * pb_fail, ended by NULL), and the node's file, line and column as detail. Add the mend with
 * pb_error_hint. */
#define model_yaml_fail(node, err, ...)                                                            \
    (pb_fail((err), PB_INVALID, __VA_ARGS__), model_place_fail((err), (node)->place))

/** The value of `key`, or NULL: no such key, or `map` is NULL or no map. */
const model_yaml *model_yaml_get(const model_yaml *map, const char *key);
/** The key's own node, for messages about the key; NULL when absent. */
const model_yaml *model_yaml_key(const model_yaml *map, const char *key);
/** True for NULL and for a plain empty scalar, `~` or `null`. */
bool model_yaml_is_null(const model_yaml *node);
/** Fails unless the node is of that kind. */
pb_status model_yaml_expect(const model_yaml *node, model_yaml_kind kind, pb_error *err);
/** Fails unless `node` is a map whose keys are all in `allowed` (ended by NULL); the nearest known
 * key is proposed as the mend. */
pb_status model_yaml_check_keys(const model_yaml *node, const char *const *allowed, pb_error *err);
/** Of `names` (ended by NULL) the one nearest to `word`, when it is near enough to be meant, else
 * NULL. */
const char *model_yaml_nearest(pb_str word, const char *const *names);
/** Says the mend: "Did you mean …?" when a name is near, else the list of what is known. */
void model_yaml_hint_names(pb_error *err, pb_str word, const char *const *names);

/* Getters by key. A key that is not there (or null) leaves `*ret` untouched and is PB_OK, so give
 * the default beforehand; model_yaml_need tells of one that must be there. */

/** Fails, naming `key`, when the map lacks it or it is null; else `*ret_node` (may be NULL) is its
 * value. */
pb_status model_yaml_need(const model_yaml *map, const char *key, const model_yaml **ret_node,
                          pb_error *err);
/** A text that is not empty. */
pb_status model_yaml_text(const model_yaml *map, const char *key, pb_str *ret, pb_error *err);
/** A list of texts, or one text alone; empty texts are refused. */
pb_status model_yaml_texts(pb_arena *arena, const model_yaml *map, const char *key, model_strs *ret,
                           pb_error *err);
/** `true` or `false`. */
pb_status model_yaml_bool(const model_yaml *map, const char *key, bool *ret, pb_error *err);
/** A whole number in [min, max]. */
pb_status model_yaml_int(const model_yaml *map, const char *key, int64_t min, int64_t max,
                         int64_t *ret, pb_error *err);
/** A duration such as `90d`, `6w`, `18mo`, `3y`, in days (see pb_duration_days). */
pb_status model_yaml_days(const model_yaml *map, const char *key, int64_t *ret, pb_error *err);
/** One of `names` (ended by NULL); `*ret` is its position. */
pb_status model_yaml_choice(const model_yaml *map, const char *key, const char *const *names,
                            int *ret, pb_error *err);
/** `desirable`, `important` or `essential`. */
pb_status model_yaml_grade(const model_yaml *map, const char *key, model_grade *ret, pb_error *err);

#endif
