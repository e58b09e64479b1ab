/* The forms of table, as the dispatcher (table_open.c) knows them. A new form is one table_form in
 * a folder of its own and one line in table_open.c.
 */
#ifndef EXCHANGE_FORMS_H
#define EXCHANGE_FORMS_H

#include "bytes/bytes.h"

/** Bytes of a file's beginning that `fits` is shown. */
enum { FORM_HEAD = 4096 };

/** What a form is recognised by. */
typedef struct form_look {
    pb_str head;       /* the first FORM_HEAD bytes, or all */
    pb_str name;       /* the file's name without folders */
    byte_input *input; /* at any position; NULL when it cannot seek; `fits` may read and seek */
} form_look;

typedef struct table_form {
    const char *name;    /* as in table_facts.form */
    const char *endings; /* of file names, each between blanks: " csv tsv " */
    /** Is this file of the form? */
    bool (*fits)(const form_look *look);
    /** The tables inside, by their names in the arena. NULL: the file is one table. `input` stays
     * the caller's; it can seek. */
    pb_status (*list)(byte_input *input, const char *name, pb_arena *arena, pb_str **ret_sheets,
                      size_t *ret_count, pb_error *err);
    /** Opens the table (absent `sheet`: the file, or its first table). Takes over `input` also on
     * failure; `name` is shown in errors and copied. */
    pb_status (*open)(byte_input input, const char *name, pb_str sheet, table_reader **ret_reader,
                      pb_error *err);
    bool seeks; /* needs an input that can seek */
} table_form;

extern const table_form csv_form, json_form, xlsx_form, vcard_form;

/** Opens the bytes of a place, at their beginning, and says their form (NULL: none that is known).
 * A workbook in a ZIP is unpacked into memory, up to TABLE_MEMBER_MOST. Owner: the caller,
 * bytes_close. */
pb_status form_open(const table_place *place, byte_input *ret_input, const table_form **ret_form,
                    bool *ret_archive, pb_error *err);
/** Does a file of that name hold a table, by its ending? */
bool form_by_name(pb_str name);
/** Has a file of that name one of the endings of the form? */
bool form_named(const table_form *form, pb_str name);
/** Why a file or folder is passed over whatever it holds: hidden, or left by an operating system.
 * NULL: it is not. */
const char *form_skips(pb_str name);

#endif
