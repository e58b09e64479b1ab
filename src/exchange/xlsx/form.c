/* Workbooks as a form of table. What people take for one (old, binary and OpenDocument workbooks)
 * is recognised too, so that opening it says what to save it as. */
#include "../forms.h"
#include "internal.h"

/* The input, lent: closing the package leaves it open. */
static byte_input lend(const byte_input *input)
{
    byte_input lent = *input;
    lent.close = NULL;
    return lent;
}

static bool holds_workbook(byte_input *input)
{
    static const char *const parts[] = {"xl/workbook.xml", "xl/workbook.bin", "_rels/.rels",
                                        "content.xml", "Index/Document.iwa"};
    xlsx_package *package = NULL;
    if (input->seek(input->context, 0, NULL) != PB_OK ||
        xlsx_package_open(lend(input), "", &package, NULL) != PB_OK)
        return false;
    bool found = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !found; i++)
        found = xlsx_package_has(package, parts[i]);
    xlsx_package_close(package);
    return found;
}

static bool fits(const form_look *look)
{
    if (xlsx_is_ole(look->head))
        return true;
    if (!xlsx_is_zip(look->head))
        return false;
    if (form_named(&xlsx_form, look->name))
        return true;
    if (look->input != NULL && look->input->total > 0)
        return holds_workbook(look->input);
    return pb_str_find(look->head, PB_STR("[Content_Types].xml")) != SIZE_MAX ||
           pb_str_find(look->head, PB_STR("_rels/.rels")) != SIZE_MAX ||
           pb_str_find(look->head, PB_STR("xl/")) != SIZE_MAX;
}

static pb_status list(byte_input *input, const char *name, pb_arena *arena, pb_str **ret_sheets,
                      size_t *ret_count, pb_error *err)
{
    if (input->seek != NULL)
        PB_TRY(input->seek(input->context, 0, err));
    return xlsx_list(lend(input), name, arena, ret_sheets, ret_count, err);
}

const table_form xlsx_form = {.name = "XLSX",
                              .endings = " xlsx xlsm xltx xltm xlsb xls ods ",
                              .fits = fits,
                              .list = list,
                              .open = xlsx_open,
                              .seeks = true};
