#include "header.h"

#include "internal.h"

#include <sodium.h>

enum { MAC_SIZE = 32, OPERATIONS_MAX = 100, MEMORY_MAX = 1 << 30 };

static const char *const key_kinds[] = {"file", "passphrase", "credential"};

static void write_fields(const db_header *header, pb_buf *out)
{
    char id[37];
    pb_uuid_text(header->id, id);
    pb_buf_addc(out,
                "# A Probity workspace. Every byte of this file is authenticated: leave it as it "
                "is.\n");
    pb_buf_printf(out, "format: %lld\nworkspace: %s\nengine: %s\nkey: %s\nsalt: ",
                  (long long)header->format, id, header->engine, key_kinds[header->key]);
    pb_hex(out, header->salt, DB_SALT_SIZE);
    pb_buf_printf(out, "\noperations: %lld\nmemory: %lld\n", (long long)header->operations,
                  (long long)header->memory);
}

void db_header_write(const db_header *header, const uint8_t key[32], pb_buf *out)
{
    uint8_t subkey[crypto_generichash_KEYBYTES];
    uint8_t mac[MAC_SIZE];
    size_t start = out->len;
    write_fields(header, out);
    if (out->failed)
        return;
    crypto_kdf_derive_from_key(subkey, sizeof subkey, 1, "wsheader", key);
    crypto_generichash(mac, sizeof mac, (const uint8_t *)out->ptr + start, out->len - start, subkey,
                       sizeof subkey);
    sodium_memzero(subkey, sizeof subkey);
    pb_buf_addc(out, "mac: ");
    pb_hex(out, mac, sizeof mac);
    pb_buf_addc(out, "\n");
}

static pb_status fail_form(pb_error *err)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("The file {file} of the workspace was altered."), "file",
            DB_HEADER_FILE, NULL);
    pb_error_hint(err,
                  PB_MSG("Bring the file back from a backup; it is the same for the whole life "
                         "of a workspace."),
                  NULL);
    return PB_CORRUPT;
}

bool db_line(pb_str *rest, const char *name, pb_str *ret_value)
{
    pb_str line;
    if (!pb_str_split(rest, '\n', &line))
        return false;
    size_t colon = pb_str_index(line, ':');
    if (!pb_str_eq(pb_str_sub(line, 0, colon), pb_str_c(name)))
        return false;
    *ret_value = pb_str_trim(pb_str_sub(line, colon + 1, line.len));
    return true;
}

bool db_line_number(pb_str *rest, const char *name, int64_t *ret)
{
    pb_str value;
    return db_line(rest, name, &value) && pb_str_to_i64(value, ret) && *ret >= 0;
}

static bool kind(pb_str value, db_key_kind *ret)
{
    for (size_t i = 0; i < sizeof key_kinds / sizeof key_kinds[0]; i++) {
        if (pb_str_is(value, key_kinds[i])) {
            *ret = (db_key_kind)i;
            return true;
        }
    }
    return false;
}

static bool parse_fields(pb_str rest, db_header *header)
{
    pb_str value;
    if (!db_line(&rest, "workspace", &value) || !pb_uuid_parse(value, &header->id))
        return false;
    if (!db_line(&rest, "engine", &value) || value.len >= sizeof header->engine)
        return false;
    memcpy(header->engine, value.ptr, value.len);
    header->engine[value.len] = '\0';
    if (!db_line(&rest, "key", &value) || !kind(value, &header->key))
        return false;
    if (!db_line(&rest, "salt", &value) || !pb_unhex(value, header->salt, DB_SALT_SIZE))
        return false;
    return db_line_number(&rest, "operations", &header->operations) &&
           db_line_number(&rest, "memory", &header->memory) &&
           header->operations <= OPERATIONS_MAX && header->memory <= MEMORY_MAX &&
           db_line(&rest, "mac", &value);
}

pb_status db_header_parse(pb_str text, db_header *ret_header, pb_error *err)
{
    db_header header = {0};
    pb_str rest = text;
    pb_str comment;
    if (text.len > DB_HEADER_MAX || !pb_str_split(&rest, '\n', &comment) ||
        !db_line_number(&rest, "format", &header.format))
        return fail_form(err);
    if (header.format > DB_HEAD_KEPT) {
        pb_fail(err, PB_UNSUPPORTED,
                PB_MSG("The workspace was made by a newer version of the program (format {have}, "
                       "known is {known})."),
                "have", PB_ARG_INT(header.format), "known", PB_ARG_INT(DB_HEAD_KEPT), NULL);
        pb_error_hint(err, PB_MSG("Install the newer version."), NULL);
        return PB_UNSUPPORTED;
    }
    if (!parse_fields(rest, &header))
        return fail_form(err);
    *ret_header = header;
    return PB_OK;
}

pb_status db_header_check(const db_header *header, const uint8_t key[32], pb_str text,
                          bool *ret_authentic, pb_error *err)
{
    PB_AUTO_BUF want = PB_BUF_INIT(DB_HEADER_MAX);
    db_header_write(header, key, &want);
    if (want.failed)
        return pb_fail_memory(err);
    *ret_authentic = want.len == text.len && sodium_memcmp(want.ptr, text.ptr, want.len) == 0;
    return PB_OK;
}
