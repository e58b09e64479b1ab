/* A reader of any form: what its form does, behind one set of calls. */
#include <stdlib.h>

#include "below/below.h"
#include "forms.h"

pb_status table_reader_new(const table_ops *ops, void *state, table_reader **ret_reader,
                           pb_error *err)
{
    table_reader *reader = malloc(sizeof *reader);
    if (reader == NULL) {
        ops->close(state);
        return pb_fail_memory(err);
    }
    *reader = (table_reader){ops, state, NULL};
    *ret_reader = reader;
    return PB_OK;
}

bool form_named(const table_form *form, pb_str name)
{
    size_t dot = name.len;
    while (dot > 0 && name.ptr[dot - 1] != '.')
        dot--;
    pb_str ending = pb_str_sub(name, dot, name.len), rest = pb_str_c(form->endings), one;
    while (dot > 1 && pb_str_split(&rest, ' ', &one))
        if (one.len > 0 && pb_str_eq_nocase(one, ending))
            return true;
    return false;
}

bool table_is_blank(const table_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].len > 0)
            return false;
    return true;
}

pb_status table_next(table_reader *reader, table_row *ret_row, bool *ret_more, pb_error *err)
{
    return reader->below == NULL ? reader->ops->next(reader->state, ret_row, ret_more, err)
                                 : below_next(reader->below, reader, ret_row, ret_more, err);
}

const table_fault *table_last_fault(const table_reader *reader)
{
    return reader->ops->last_fault(reader->state);
}

table_facts table_facts_of(const table_reader *reader)
{
    table_facts facts = {.form = "", .encoding = ""};
    reader->ops->facts(reader->state, &facts);
    if (reader->below != NULL)
        below_facts(reader->below, &facts);
    return facts;
}

uint64_t table_done(const table_reader *reader)
{
    return reader->ops->done(reader->state);
}

uint64_t table_total(const table_reader *reader)
{
    return reader->ops->total(reader->state);
}

table_reader *table_close(table_reader *reader)
{
    if (reader == NULL)
        return NULL;
    reader->ops->close(reader->state);
    below_free(reader->below);
    free(reader);
    return NULL;
}
