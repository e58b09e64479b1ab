/* Which form a file has, the way to its rows, and what names its contents. */
#include <openssl/evp.h>

#include "below/below.h"
#include "forms.h"
#include "live/live.h"
#include "zip/zip.h"

/* Asked in this order; any text may be CSV, so that one is last. */
static const table_form *const forms[] = {&xlsx_form, &vcard_form, &json_form, &csv_form};
enum { FORMS = sizeof forms / sizeof *forms };

/* --- which form --- */

bool form_by_name(pb_str name)
{
    bool any = false;
    for (size_t i = 0; i < FORMS && !any; i++)
        any = form_named(forms[i], name);
    return any;
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

static bool is_archive(pb_str head)
{
    return pb_str_starts(head, PB_STR("PK\003\004")) || pb_str_starts(head, PB_STR("PK\005\006"));
}

static const table_form *form_of(const form_look *look)
{
    bool binary = is_archive(look->head);
    for (size_t i = 0; i < FORMS; i++)
        if (!(binary && forms[i] == &csv_form) && forms[i]->fits(look))
            return forms[i];
    return NULL;
}

/* --- opening --- */

/* The bytes of a place, at their beginning. */
static pb_status open_bytes(const table_place *place, byte_input *ret_input, pb_error *err)
{
    byte_input input = {0};
    if (place->held != NULL)
        PB_TRY(bytes_of_held(place->held, &input, err));
    else
        PB_TRY(bytes_of_file(place->path.ptr, &input, err));
    if (place->member.ptr != NULL)
        return zip_open(input, place->name.ptr, place->spot, ret_input, err);
    *ret_input = input;
    return PB_OK;
}

/* All of a member in memory, so that it can be read in any order. */
static pb_status unpack(const table_place *place, byte_input *input, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(TABLE_MEMBER_MOST);
    enum { PIECE = 256 << 10 };
    size_t count = PIECE;
    while (count == PIECE && !bytes.failed) {
        if (bytes.len + PIECE > TABLE_MEMBER_MOST) {
            pb_fail(err, PB_LIMIT, PB_MSG("Could not read {name}"), "name", place->name.ptr, NULL);
            pb_error_detail(
                err, PB_MSG("{name} has more than {max} bytes, too many to be read inside a ZIP"),
                "name", place->name.ptr, "max", PB_ARG_INT(TABLE_MEMBER_MOST), NULL);
            pb_error_hint(err, PB_MSG("Unpack the archive and give the folder"), NULL);
            return PB_LIMIT;
        }
        if (!pb_buf_reserve(&bytes, PIECE))
            return pb_fail_memory(err);
        PB_TRY(bytes_read(input, bytes.ptr + bytes.len, PIECE, &count, err));
        bytes.len += count;
    }
    bytes_close(input);
    return bytes_of_buffer(&bytes, input, err);
}

static pb_status look_at(const table_place *place, byte_input *input, const table_form **ret_form,
                         bool *ret_archive, pb_error *err)
{
    char head[FORM_HEAD];
    size_t count = 0;
    PB_TRY(bytes_read(input, head, FORM_HEAD, &count, err));
    *ret_archive = is_archive((pb_str){head, count});
    if (*ret_archive && place->member.ptr != NULL) {
        PB_TRY(input->seek(input->context, 0, err));
        PB_TRY(unpack(place, input, err));
    }
    form_look look = {{head, count}, place->own, input->seek == NULL ? NULL : input};
    *ret_form = form_of(&look);
    return input->seek == NULL ? PB_OK : input->seek(input->context, 0, err);
}

pb_status form_open(const table_place *place, byte_input *ret_input, const table_form **ret_form,
                    bool *ret_archive, pb_error *err)
{
    byte_input input = {0};
    PB_TRY(open_bytes(place, &input, err));
    pb_status status = look_at(place, &input, ret_form, ret_archive, err);
    if (status == PB_OK && *ret_form != NULL && (*ret_form)->seeks && input.seek == NULL)
        status = unpack(place, &input, err);
    if (status != PB_OK) {
        bytes_close(&input);
        return status;
    }
    *ret_input = input;
    return PB_OK;
}

/* A ZIP that was to be a table: what is wrong with it. */
static pb_status no_form(const table_place *place, byte_input *input, pb_error *err)
{
    const char *name = place->name.ptr;
    if (place->member.ptr == NULL) {
        zip_member *members = NULL;
        size_t count = 0;
        PB_AUTO_ARENA scratch = pb_arena_new(0);
        if (scratch == NULL)
            return pb_fail_memory(err);
        PB_TRY(zip_list(input, name, scratch, &members, &count, err));
        return pb_fail(err, PB_UNSUPPORTED, PB_MSG("{name} is a ZIP archive without a table"),
                       "name", name, NULL);
    }
    return pb_fail(err, PB_UNSUPPORTED,
                   PB_MSG("{name} is a ZIP archive in a ZIP archive; unpack the outer one"), "name",
                   name, NULL);
}

/* With all that stands in it. */
static pb_status open_whole(const table_place *place, table_reader **ret_reader, pb_error *err)
{
    if (place->base != NULL)
        return live_open(place->base, ret_reader, err);
    byte_input input = {0};
    const table_form *form = NULL;
    bool archive = false;
    PB_TRY(form_open(place, &input, &form, &archive, err));
    input.code = place->code;
    if (form != NULL)
        return form->open(input, place->name.ptr, place->sheet, ret_reader, err);
    pb_status status = no_form(place, &input, err);
    bytes_close(&input);
    return status;
}

pb_status table_open(const table_place *place, table_reader **ret_reader, pb_error *err)
{
    table_reader *reader = NULL;
    PB_TRY(open_whole(place, &reader, err));
    pb_status status =
        place->base == NULL ? below_new(place, open_whole, &reader->below, err) : PB_OK;
    if (status != PB_OK) {
        table_close(reader);
        return status;
    }
    *ret_reader = reader;
    return PB_OK;
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
    if (reader->ops->hash == NULL)
        return table_fingerprint(place, ret_hash, &bytes, err);
    uint8_t hash[32];
    reader->ops->hash(reader->state, hash);
    PB_TRY(add_sheet(place, hash, err));
    memcpy(ret_hash, hash, sizeof hash);
    return PB_OK;
}
