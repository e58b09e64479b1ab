/* Inside the JSON reader: text into records, records into cells. */
#ifndef EXCHANGE_JSON_INTERNAL_H
#define EXCHANGE_JSON_INTERNAL_H

#include "../bytes/text.h"
#include "base/map.h"
#include "json.h"

/* --- json_split.c: where one record ends and the next begins --- */

typedef enum json_layout {
    JSON_LINES,   /* a record a line */
    JSON_OBJECTS, /* one object behind the other */
    JSON_ARRAY    /* the elements of an array, alone or in an object around it */
} json_layout;

typedef struct json_split {
    text_source *source;
    json_layout layout;
    char *data;
    size_t cap;
    size_t begin, end; /* text not yet handed out */
    bool over;         /* the source has no more */
    bool done;         /* the array or the text is at its end */
    int64_t line;      /* where `begin` is, from 1 */
    pb_buf around;     /* an object around the array: its text with the array left empty */
} json_split;

/** Takes over `source` also on failure; finds the layout. Ended by json_split_end. */
pb_status json_split_begin(json_split *split, text_source *source, pb_error *err);
void json_split_end(json_split *split);

typedef enum json_end {
    JSON_WHOLE,
    JSON_TOO_LONG, /* beyond JSON_MAX_RECORD: passed over */
    JSON_ENDLESS   /* never ends, nor can what follows it be told from it: the last */
} json_end;

/** The next record's text, which lives until the next call, and the line where it begins.
 * `*ret_more` false: there is none; then all of the source has been read. */
pb_status json_split_next(json_split *split, pb_str *ret_record, int64_t *ret_line,
                          json_end *ret_end, bool *ret_more, pb_error *err);

/** Over the value at `*at`; false: the text ends first. */
bool json_pass_value(pb_str text, size_t *at);
/** Behind blanks. */
size_t json_blanks_end(pb_str text, size_t at);

/* --- around.c: what an answer says around its records --- */

typedef struct json_around {
    int64_t total;       /* records in all; -1: not said */
    char total_name[48]; /* the key that says it */
    bool more;           /* more pages follow, */
    bool pages;          /* or there are several in all */
    char mark[48];       /* the key that says so */
} json_around;

/** Reads the object around an array of records as far as it goes. */
void json_around_read(pb_str text, json_around *ret);

/* --- json_flat.c: one record into cells --- */

typedef struct json_flat {
    pb_arena *arena; /* names of columns */
    pb_map *index;
    pb_str *names;
    size_t count; /* columns so far */
    size_t *from, *len;
    uint64_t *stamp; /* the record that set the cell */
    uint64_t record;
    pb_str *cells;
    pb_buf text;   /* of the cells */
    pb_buf path;   /* name of the value at work */
    pb_buf joined; /* a stack of arrays at work */
    pb_str all;    /* the record */
    const char *at;
    int mute; /* above 0: values are only checked */
    bool too_many, no_memory;
    table_fault fault; /* says NULL: none */
} json_flat;

/** Owner: the caller, json_flat_end also on failure. */
pb_status json_flat_begin(json_flat *flat, pb_error *err);
void json_flat_end(json_flat *flat);
/** Reads a record into cells; new keys become columns. False: `flat->fault` says why, its line
 * counted from 0. */
bool json_flat_read(json_flat *flat, pb_str record);

#endif
