/* A file of records: CSV, JSON Lines or a workbook, written page by page.
 *
 * The first column is the record's id; hidden fields are left out, masked ones are masked. Nothing
 * in a cell is run by a spreadsheet. A workbook is made in memory (in a file without a name), so
 * that nothing of it lies on a disk as it is.
 */
#include "taking.h"

#include "base/csv.h"
#include "model/value.h"
#include "sys/file.h"

#include <xlsxwriter.h>

enum { OUT_MAX = 64 << 20, CELL_MAX = 32767, ROWS_MOST = 1000000, PIECE = 1 << 20, WIDTH = 18 };

typedef enum sheet_form { FORM_CSV, FORM_JSONL, FORM_XLSX } sheet_form;

static const struct {
    const char *name, *type;
} forms[] = {{"csv", "text/csv"},
             {"jsonl", "application/x-ndjson"},
             {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};

struct http_sheet {
    sheet_form form;
    service_depositing *file;
    pb_buf out, cell;
    bool headed;
    lxw_workbook *book;
    lxw_worksheet *page;
    lxw_format *bold;
    const char *folder, *path; /* where the workbook is made */
    uint32_t row;
};

bool http_sheet_format(pb_str format)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (pb_str_is(format, forms[i].name))
            return true;
    return false;
}

/* ---- the workbook's place ---- */

static pb_status begin_book(http_job *job, http_sheet *s, pb_error *err)
{
    static const char memory[] = "/dev/shm";
    char *folder = NULL;
    PB_TRY(sys_temp_dir_in(sys_path_kind(memory) == SYS_FOLDER ? memory : NULL, job->arena, &folder,
                           err));
    s->folder = folder;
    s->path = sys_path_join(job->arena, folder, "book.xlsx");
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder};
    s->book = s->path == NULL ? NULL : workbook_new_opt(s->path, &options);
    s->page = s->book == NULL ? NULL : workbook_add_worksheet(s->book, NULL);
    s->bold = s->page == NULL ? NULL : workbook_add_format(s->book);
    if (s->bold == NULL)
        return pb_fail_memory(err);
    format_set_bold(s->bold);
    worksheet_freeze_panes(s->page, 1, 0);
    worksheet_set_column(s->page, 0, LXW_COL_MAX - 1, WIDTH, NULL);
    return PB_OK;
}

static pb_status keep_book(http_sheet *s, pb_error *err)
{
    sys_reader *reader = NULL;
    size_t len = PIECE;
    lxw_error closed = workbook_close(s->book);
    s->book = NULL;
    if (closed != LXW_NO_ERROR) {
        pb_fail(err, PB_IO, PB_MSG("The workbook could not be written"), NULL);
        pb_error_detail(err, PB_MSG("{what}"), "what", lxw_strerror(closed), NULL);
        return PB_IO;
    }
    PB_TRY(sys_reader_open(s->path, &reader, err));
    char *piece = malloc(PIECE);
    pb_status status = piece == NULL ? pb_fail_memory(err) : PB_OK;
    while (status == PB_OK && len == PIECE) {
        status = sys_reader_read(reader, piece, PIECE, &len, err);
        if (status == PB_OK)
            status = service_deposit_add(s->file, pb_str_n(piece, len), err);
    }
    free(piece);
    sys_reader_close(reader);
    return status;
}

/* ---- cells ---- */

static pb_status fail_too_many(pb_error *err)
{
    pb_fail(err, PB_LIMIT, PB_MSG("A sheet of a workbook has not so many rows."), NULL);
    pb_error_hint(err, PB_MSG("Ask for csv or jsonl, or for fewer records."), NULL);
    return PB_LIMIT;
}

static void put_cell(http_sheet *s, size_t column, pb_str text, bool head)
{
    if (s->form == FORM_CSV) {
        pb_csv_put(&s->out, text, column == 0, !head);
        return;
    }
    pb_buf_clear(&s->cell);
    pb_buf_add(&s->cell, pb_str_sub(text, 0, CELL_MAX));
    worksheet_write_string(s->page, s->row, (lxw_col_t)column, pb_buf_cstr(&s->cell),
                           head ? s->bold : NULL);
}

static void end_row(http_sheet *s)
{
    s->row++;
    if (s->form == FORM_CSV)
        pb_buf_addc(&s->out, "\r\n");
}

static void put_head(http_sheet *s, const record_list_page *page)
{
    put_cell(s, 0, PB_STR("id"), true);
    for (size_t i = 0; i < page->field_count; i++)
        put_cell(s, i + 1, page->fields[i]->name, true);
    end_row(s);
}

/* A link is written as its source wrote it, else as the record's id. */
static void write_link(const service_record *seen, const model_field *field, pb_buf *out)
{
    const pb_value value = seen->record.values[field->index];
    pb_str ref = seen->record.refs[field->index];
    char text[37];
    pb_uuid id;
    pb_buf_add(out, ref);
    if (ref.len > 0 || value.kind != PB_BLOB || value.as.s.len != sizeof id.b)
        return;
    memcpy(id.b, value.as.s.ptr, sizeof id.b);
    pb_uuid_text(id, text);
    pb_buf_addc(out, text);
}

static void put_field(http_sheet *s, size_t column, const service_record *seen,
                      const model_field *field)
{
    PB_AUTO_BUF text = PB_BUF_INIT(OUT_MAX);
    const pb_value value = seen->record.values[field->index];
    bool masked = service_right(seen, field) == IDENTITY_MASKED;
    if (field->type == MODEL_LINK)
        write_link(seen, field, &text);
    else if (value.kind == PB_TEXT && masked)
        pb_buf_add(&text, value.as.s);
    else if (value.kind != PB_NULL)
        model_write(field, value, seen->record.currencies[field->index], &text);
    s->out.failed = s->out.failed || text.failed;
    put_cell(s, column, pb_buf_str(&text), false);
}

static void put_row(http_sheet *s, const service_record *seen, const record_list_page *page)
{
    char id[37];
    pb_uuid_text(seen->record.id, id);
    put_cell(s, 0, seen->record.source_id.len > 0 ? seen->record.source_id : pb_str_c(id), false);
    for (size_t i = 0; i < page->field_count; i++)
        put_field(s, i + 1, seen, page->fields[i]);
    end_row(s);
}

static void put_line(http_sheet *s, const service_record *seen, const record_list_page *page)
{
    pb_json json;
    pb_json_init(&json, &s->out, 0);
    http_op_put_record(&json, seen, page);
    pb_buf_byte(&s->out, '\n');
}

/* ---- the file ---- */

pb_status http_sheet_begin(http_job *job, const model_entity *entity, pb_str format,
                           http_sheet **ret_sheet, pb_error *err)
{
    http_sheet *s = pb_arena_alloc(job->arena, sizeof *s);
    if (s == NULL)
        return pb_fail_memory(err);
    *s = (http_sheet){.out = PB_BUF_INIT(OUT_MAX), .cell = PB_BUF_INIT(OUT_MAX)};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (pb_str_is(format, forms[i].name))
            s->form = (sheet_form)i;
    const char *name =
        pb_arena_printf(job->arena, "%.*s.%s", PB_STR_FMT(entity->name), forms[s->form].name);
    pb_status status = name == NULL
                           ? pb_fail_memory(err)
                           : http_job_file(job, pb_str_c(name), forms[s->form].type, &s->file, err);
    if (status == PB_OK && s->form == FORM_XLSX)
        status = begin_book(job, s, err);
    *ret_sheet = status == PB_OK ? s : http_sheet_drop(s);
    return status;
}

pb_status http_sheet_page(http_sheet *s, const service_list_page *page, pb_error *err)
{
    if (s->form != FORM_JSONL && !s->headed)
        put_head(s, &page->page);
    s->headed = true;
    if (s->form == FORM_XLSX && s->row + page->page.count > ROWS_MOST)
        return fail_too_many(err);
    for (size_t i = 0; i < page->page.count; i++)
        if (s->form == FORM_JSONL)
            put_line(s, &page->rows[i], &page->page);
        else
            put_row(s, &page->rows[i], &page->page);
    if (s->out.failed || s->cell.failed)
        return pb_fail_memory(err);
    pb_status status = service_deposit_add(s->file, pb_buf_str(&s->out), err);
    pb_buf_clear(&s->out);
    return status;
}

pb_status http_sheet_end(http_sheet *s, pb_error *err)
{
    pb_uuid id;
    pb_status status = s->form == FORM_XLSX ? keep_book(s, err) : PB_OK;
    if (status == PB_OK) {
        status = service_deposit_end(s->file, &id, err);
        s->file = NULL;
    }
    http_sheet_drop(s);
    return status;
}

http_sheet *http_sheet_drop(http_sheet *s)
{
    if (s == NULL)
        return NULL;
    if (s->book != NULL)
        workbook_close(s->book);
    if (s->folder != NULL)
        sys_dir_remove_tree(s->folder, NULL);
    service_deposit_drop(s->file);
    pb_buf_free(&s->out);
    pb_buf_free(&s->cell);
    return NULL;
}
