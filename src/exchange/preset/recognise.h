/* Recognising a product and applying what its preset says: what planning sees of presets. */
#ifndef EXCHANGE_PRESET_RECOGNISE_H
#define EXCHANGE_PRESET_RECOGNISE_H

#include "../plan/plan.h"

/** Finds the product that wrote the files of the plan (or takes the one that is asked for) and
 * gives each file its table. Reads the first rows of every file. A file whose rows are of several
 * entities (people and organisations of one address book) stands in the plan once for each
 * afterwards. */
pb_status preset_recognise(const exchange_options *options, const model_schema *schema,
                           const name_book *names, exchange_plan *plan, size_t *capacity,
                           pb_arena *arena, pb_error *err);
/** Entity of a file by its preset, or NULL. */
const model_entity *preset_entity(const exchange_file *file);
/** Decides the columns that the map file leaves open and the preset knows. Own fields of the
 * product lose their mark in `s->header`, so that their names can be judged like any. */
pb_status preset_apply(const exchange_plan *plan, exchange_file *file, sample *s, pb_arena *arena,
                       pb_arena *scratch, pb_error *err);
/** The order of the product's dates, where their values leave it open. */
bool preset_date_order(const exchange_file *file, model_date_order *ret_order);

#endif
