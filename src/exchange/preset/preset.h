/* What the parts of presets share: a product's tables with their headers, and how cells become
 * values of the model. */
#ifndef EXCHANGE_PRESET_PRESET_H
#define EXCHANGE_PRESET_PRESET_H

#include "base/map.h"
#include "exchange/import.h"
#include "exchange/preset.h"
#include "model/value.h"
#include "model/yaml.h"

/** Why a column is left out: closed, so that reports can say it in every language. */
typedef enum preset_reason {
    PRESET_SYSTEM,     /* the product's own bookkeeping */
    PRESET_CALCULATED, /* computed from other fields */
    PRESET_REPEATED,   /* said by another column as well */
    PRESET_SETTING,    /* how the product shows or handles the record */
    PRESET_FOREIGN,    /* about something the model does not keep */
    PRESET_REASONS
} preset_reason;

typedef enum preset_use {
    PRESET_FIELD,
    PRESET_ID,
    PRESET_DELETED,
    PRESET_ROUTE, /* a reference whose kind the value or another column says */
    PRESET_IGNORE
} preset_use;

/** Where a reference leads: by the beginning of the id, or by the word in another column. */
typedef struct preset_way {
    pb_str key; /* beginning of the value; or word in the form of model_header_key; or role of a
                   choice; `*`: any other */
    const model_field *field;
} preset_way;

/** What becomes of a column. */
struct preset_column {
    preset_use use;
    preset_reason reason;     /* PRESET_IGNORE */
    const model_field *field; /* PRESET_FIELD */
    bool holds_id;            /* of a link: the target's id, not its name */
    const pb_map
        *values; /* word in the form of model_header_key -> pb_str * of the model; or NULL */
    char split;  /* between several values in a cell; 0: one value */
    int64_t times, divide;  /* numbers are multiplied and divided by these; 1: as they are */
    const preset_way *ways; /* PRESET_ROUTE */
    size_t way_count;
    const model_field *with; /* PRESET_ROUTE: the choice whose role says the kind; NULL: not so */
    model_strs by;       /* PRESET_ROUTE: headers of the column that says the kind; none: the id */
    model_strs currency; /* headers of the column with the currency */
};

/** A header of a table. */
typedef struct preset_header {
    struct preset_column *column;
    size_t rank; /* among the headers of its field: smaller is better */
} preset_header;

/** Headers that begin or end alike. */
typedef struct preset_pattern {
    pb_str pattern;
    preset_header header;
} preset_pattern;

/** `if` header says one of `words`, then `field` is `value`. */
typedef struct preset_when {
    model_strs headers;
    model_strs words; /* in the form of model_header_key */
    const model_field *field;
    pb_str value;
    bool always; /* false: only where the field has no value of its own */
} preset_when;

struct preset_table {
    struct preset *preset;
    size_t index;
    pb_str name;
    const model_entity *entity;
    model_strs files;    /* patterns of file names */
    pb_map *headers;     /* header key -> index into `list` + 1 */
    preset_header *list; /* of headers */
    size_t list_count, list_capacity;
    preset_pattern *patterns; /* of headers left out */
    size_t pattern_count, pattern_capacity;
    const preset_when *whens;
    size_t when_count;
    model_strs where_headers, where_words; /* the table is meant when most rows say so */
};

struct preset {
    exchange_preset shown; /* first, so that one can be had from the other */
    struct preset_table *tables;
    size_t table_count;
    struct preset_table any; /* headers left out of every table; no entity */
    model_strs files;        /* patterns that only this product uses */
    model_strs signs;        /* headers that only this product writes */
    model_strs id_signs;     /* patterns that only ids of this product have: `zcrm_*`, `00Q???` */
    model_strs kinds;        /* headers of columns that say which table a row is of */
    model_strs custom;       /* what headers of own fields begin or end with: `__c`, `x_studio_` */
    pb_map *maps;            /* named value maps -> pb_map * */
    bool has_order;
    model_date_order order; /* of dates that leave it open */
    size_t index;
};

struct exchange_presets {
    struct preset *items[EXCHANGE_MOST_PRESETS];
    size_t count;
    pb_map *spelt; /* header as written -> bits of the presets that know it */
    pb_map *known; /* header key -> bits of the presets that know it */
};

/** What is known of a header in a table, or NULL. */
const preset_header *preset_header_find(const struct preset_table *table, pb_str header_key);
/** A header without the mark of the product's own fields (`Region__c`: `Region`); absent when it
 * has none. */
pb_str preset_affix_off(const struct preset *preset, pb_str header);
/** What a header means in a table, its mark off if need be, or left out of every table; or NULL. */
const preset_header *preset_meaning(const struct preset_table *table, pb_str header,
                                    pb_arena *arena);
/** `*` stands for anything, `?` for one byte; case does not matter. */
bool preset_glob(pb_str pattern, pb_str text);
/** The same for names of files, whose ending may be left out. */
bool preset_name_fits(pb_str pattern, pb_str file_name);

#endif
