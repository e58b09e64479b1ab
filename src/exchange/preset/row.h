/* How a preset changes the inputs of a row: what importing sees of presets. */
#ifndef EXCHANGE_PRESET_ROW_H
#define EXCHANGE_PRESET_ROW_H

#include "exchange/import.h"

typedef struct preset_shape preset_shape;

typedef enum preset_fate {
    PRESET_TAKEN,
    PRESET_IS_DELETED, /* the source says so */
    PRESET_ELSEWHERE   /* the row belongs to another reading of the same file */
} preset_fate;

/** Made once a file; `*ret_shape` NULL: the file has no preset. Owner: the caller,
 * preset_shape_free. */
pb_status preset_shape_new(const exchange_file *file, preset_shape **ret_shape, pb_error *err);
preset_shape *preset_shape_free(preset_shape *shape);
/** What is to be done with a row; `shape` may be NULL. */
preset_fate preset_shape_fate(const preset_shape *shape, const pb_str *cells);
/** The inputs of a row as the preset reads them; they live until the next call. */
size_t preset_shape_row(preset_shape *shape, const pb_str *cells, const record_input *inputs,
                        size_t count, const record_input **ret_inputs);
/** The fields that a column with references of several kinds leads to; NULL at the end. */
const model_field *preset_way_field(const exchange_column *column, size_t i);

#endif
