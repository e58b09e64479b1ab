/* What the two halves of loading presets share: products (load.c) and their tables (load_table.c).
 */
#ifndef EXCHANGE_PRESET_LOAD_H
#define EXCHANGE_PRESET_LOAD_H

#include "preset.h"

/* Working state of loading. */
typedef struct loading {
    const model_schema *schema;
    pb_arena *arena;
    struct exchange_presets *presets;
    struct preset *preset;      /* at work */
    struct preset_table *table; /* at work */
} loading;

/** What one table says of its headers, into `l->table`; adds to what it says already. */
pb_status load_table(loading *l, const model_yaml *spec, pb_error *err);
/** Appends the texts of a key to what is there already: a document that extends a product adds to
 * it. */
pb_status load_texts(loading *l, const model_yaml *map, const char *key, model_strs *list,
                     pb_error *err);
/** Headers left out, into `l->table`. */
pb_status load_ignored(loading *l, const model_yaml *node, pb_error *err);
/** A value map: `to: [from, …]`; adds to `*ret` unless that is NULL. */
pb_status load_values(loading *l, const model_yaml *node, pb_map **ret, pb_error *err);
/** Says that there is no such name and which are known. `says` may use {name} and {entity}. */
pb_status load_unknown(const model_yaml *node, const char *says, pb_arena *arena,
                       const pb_str *known, size_t count, pb_str of, pb_error *err);

#endif
