/* Presets: what the exports of other CRMs look like, as data (the files of presets/), read and
 * checked against the model. A preset knows headers and values of a product by name, so nothing
 * about them has to be guessed.
 *
 * Refuses: fields, entities and choices that the model does not have; the same header twice in a
 * table. Threads: immutable once loaded; any thread may read it. All texts belong to the arena.
 */
#ifndef EXCHANGE_PRESET_H
#define EXCHANGE_PRESET_H

#include "model/schema.h"

enum { EXCHANGE_MOST_PRESETS = 64 };

typedef struct exchange_presets exchange_presets;

/** One kind of file that a product exports. */
typedef struct exchange_preset_table {
    pb_str name;
    const model_entity *entity;
    size_t mapped, ignored; /* headers the preset knows, in all languages */
} exchange_preset_table;

/** One product. */
typedef struct exchange_preset {
    pb_str product; /* the word for --as: `salesforce` */
    pb_str title;   /* as the product calls itself */
    pb_str steps;   /* which export to make; English message id */
    model_strs from;
    exchange_preset_table *tables;
    size_t table_count;
} exchange_preset;

/** Reads and checks presets; a document with `extend: PRODUCT` adds to an earlier one. The first
 * mistake is PB_INVALID with file, line, column and mend. Lives in `arena`. */
pb_status exchange_presets_load(const model_schema *schema, const model_source *sources,
                                size_t count, pb_arena *arena, exchange_presets **ret_presets,
                                pb_error *err);
size_t exchange_preset_count(const exchange_presets *presets);
/** In the order they were read. */
const exchange_preset *exchange_preset_at(const exchange_presets *presets, size_t i);
/** By the word for --as, whatever its case; PB_NOT_FOUND with the list of those known. */
pb_status exchange_preset_find(const exchange_presets *presets, const char *product,
                               const exchange_preset **ret_preset, pb_error *err);

#endif
