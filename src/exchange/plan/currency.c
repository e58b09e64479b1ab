/* The column that holds the currency of the amounts beside it. */
#include "plan.h"

/* FEW: so many codes show that it is one. */
enum { CODE_LETTERS = 3, FEW = 1 };

static const char *const headers[] = {"Currency",
                                      "Currency Code",
                                      "Currency ISO Code",
                                      "Amount Currency",
                                      "Deal Currency",
                                      "Währung",
                                      "Währungscode",
                                      "Devise",
                                      "Moneda",
                                      "币种",
                                      "货币",
                                      "货币代码",
                                      "ارز",
                                      "واحد پول",
                                      "نوع ارز",
                                      NULL};

bool currency_is_code(pb_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < 'A' || text.ptr[i] > 'Z')
            return false;
    return text.len == CODE_LETTERS;
}

static bool is_named(pb_str header, pb_arena *arena)
{
    pb_str key = names_key(arena, header);
    for (size_t i = 0; headers[i] != NULL; i++)
        if (pb_str_eq(key, names_key(arena, pb_str_c(headers[i]))))
            return true;
    return false;
}

/* Nine in ten values are codes. */
static bool holds_codes(const sample *s, size_t column)
{
    size_t filled = 0, codes = 0;
    for (size_t r = 0; r < s->rows; r++) {
        pb_str cell = pb_str_trim(sample_cell(s, r, column));
        filled += cell.len > 0;
        codes += currency_is_code(cell);
    }
    return codes >= FEW && codes * 10 >= filled * 9;
}

pb_status currency_decide(exchange_file *file, const sample *s, pb_arena *arena, pb_arena *scratch)
{
    size_t found = SIZE_MAX;
    const exchange_column *money = NULL;
    for (size_t c = 0; c < file->column_count; c++) {
        exchange_column *column = &file->columns[c];
        if (column->field != NULL && column->field->type == MODEL_MONEY && money == NULL)
            money = column;
        if (found == SIZE_MAX && column->how == EXCHANGE_UNMAPPED &&
            is_named(column->header, scratch) && holds_codes(s, c))
            found = c;
    }
    if (found == SIZE_MAX || money == NULL || file->preset != NULL)
        return PB_OK;
    file->columns[found].how = EXCHANGE_CURRENCY;
    for (size_t c = 0; c < file->column_count; c++)
        if (file->columns[c].field != NULL && file->columns[c].field->type == MODEL_MONEY)
            file->columns[c].currency = found + 1;
    return column_note(&file->columns[found], arena, PB_MSG("It is the currency of “{other}”"),
                       "other", PB_ARG(money->header), NULL);
}
