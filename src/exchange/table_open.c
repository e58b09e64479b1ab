/* Which form a file has, the way to its rows, and what names its contents. */
#include <openssl/evp.h>

#include "forms.h"

/* Asked in this order; any text may be CSV, so that one is last. */
static const table_form *const forms[] = {&xlsx_form, &csv_form};
enum { FORMS = sizeof forms / sizeof *forms };

/* --- which form --- */

bool form_by_name(pb_str name)
{
    size_t dot = name.len;
    while (dot > 0 && name.ptr[dot - 1] != '.')
        dot--;
    pb_str ending = pb_str_sub(name, dot, name.len);
    for (size_t i = 0; i < FORMS && dot > 1; i++) {
        pb_str rest = pb_str_c(forms[i]->endings), one;
        while (pb_str_split(&rest, ' ', &one))
            if (one.len > 0 && pb_str_eq_nocase(one, ending))
                return true;
    }
    return false;
}

const char *form_skips(pb_str name)
{
    if (pb_str_is(name, "__MACOSX") || pb_str_is(name, "Thumbs.db") ||
        pb_str_is(name, "desktop.ini"))
        return PB_MSG("{name} was left by an operating system, it holds no data");
    if (pb_str_starts(name, PB_STR("~$")))
        return PB_MSG("{name} is a lock of a spreadsheet program, it holds no data");
    if (pb_str_starts(name, PB_STR(".")))
        return PB_MSG("{name} is hidden");
    return NULL;
}

/* How files of old spreadsheet programs begin (OLE). */
static bool is_ole(pb_str head)
{
    return pb_str_starts(head, PB_STR("\320\317\021\340"));
}

bool form_is_archive(pb_str head)
{
    return pb_str_starts(head, PB_STR("PK\003\004")) || pb_str_starts(head, PB_STR("PK\005\006"));
}

const table_form *form_of(const form_look *look)
{
    bool binary = is_ole(look->head) || form_is_archive(look->head);
    for (size_t i = 0; i < FORMS; i++)
        if (!(binary && forms[i] == &csv_form) && forms[i]->fits(look))
            return forms[i];
    return NULL;
}

static pb_status no_form(const char *name, pb_error *err)
{
    pb_fail(err, PB_UNSUPPORTED,
            PB_MSG("{name} is a spreadsheet, not a CSV file. Save each of its sheets as “CSV "
                   "UTF-8”."),
            "name", name, NULL);
    return PB_UNSUPPORTED;
}

/* --- opening --- */

/* The bytes of a place, at their beginning. */
static pb_status open_bytes(const table_place *place, byte_input *ret_input, pb_error *err)
{
    return bytes_of_file(place->path.ptr, ret_input, err);
}

pb_status form_look_at(byte_input *input, pb_str name, char head[FORM_HEAD], form_look *ret_look,
                       pb_error *err)
{
    size_t count = 0;
    PB_TRY(bytes_read(input, head, FORM_HEAD, &count, err));
    *ret_look = (form_look){{head, count}, name, input->seek == NULL ? NULL : input};
    return PB_OK;
}

static pb_status choose(const table_place *place, byte_input *input, const table_form **ret_form,
                        pb_error *err)
{
    char head[FORM_HEAD];
    form_look look;
    PB_TRY(form_look_at(input, place->own, head, &look, err));
    const table_form *form = form_of(&look);
    if (form == NULL)
        return no_form(place->name.ptr, err);
    *ret_form = form;
    return PB_OK;
}

pb_status table_open(const table_place *place, table_reader **ret_reader, pb_error *err)
{
    byte_input input = {0};
    const table_form *form = NULL;
    PB_TRY(open_bytes(place, &input, err));
    pb_status status = choose(place, &input, &form, err);
    if (status == PB_OK && input.seek != NULL) {
        status = input.seek(input.context, 0, err);
    } else if (status == PB_OK) {
        bytes_close(&input);
        status = open_bytes(place, &input, err);
    }
    if (status != PB_OK) {
        bytes_close(&input);
        return status;
    }
    return form->open(input, place->name.ptr, place->sheet, ret_reader, err);
}

/* --- what it holds --- */

/* Two tables of one workbook differ by their sheets. */
static pb_status add_sheet(const table_place *place, uint8_t hash[32], pb_error *err)
{
    if (place->sheet.ptr == NULL)
        return PB_OK;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    bool done = digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(digest, hash, 32) == 1 &&
                EVP_DigestUpdate(digest, place->sheet.ptr, place->sheet.len) == 1 &&
                EVP_DigestFinal_ex(digest, hash, NULL) == 1;
    EVP_MD_CTX_free(digest);
    return done ? PB_OK : pb_fail_memory(err);
}

pb_status table_fingerprint(const table_place *place, uint8_t ret_hash[32], uint64_t *ret_bytes,
                            pb_error *err)
{
    byte_input input = {0};
    uint8_t hash[32] = {0};
    uint64_t bytes = 0;
    if (!place->live) {
        PB_TRY(open_bytes(place, &input, err));
        pb_status status = bytes_hash(&input, hash, &bytes, err);
        bytes_close(&input);
        PB_TRY(status);
        PB_TRY(add_sheet(place, hash, err));
    }
    memcpy(ret_hash, hash, sizeof hash);
    *ret_bytes = bytes;
    return PB_OK;
}

pb_status table_read_fingerprint(const table_reader *reader, const table_place *place,
                                 uint8_t ret_hash[32], pb_error *err)
{
    uint64_t bytes = 0;
    if (reader->ops->hash == NULL || place->live)
        return table_fingerprint(place, ret_hash, &bytes, err);
    uint8_t hash[32];
    reader->ops->hash(reader->state, hash);
    PB_TRY(add_sheet(place, hash, err));
    memcpy(ret_hash, hash, sizeof hash);
    return PB_OK;
}
