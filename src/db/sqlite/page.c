/* The cipher's pages outside of SQLite: what SQLite3 Multiple Ciphers 2.4 does to a page with a raw
 * key, so that pages can be deciphered by several threads at once.
 *
 *   content | tag (32) | nonce (32)
 *
 * AEGIS-256 with a key and a nonce of the page's own: 64 bytes of the stream of the key and the
 * stored nonce, the last four of them the page's number. Of the first page the first 24 bytes are
 * no part of it.
 * Source: draft-irtf-cfrg-aegis-aead, which libaegis inside SQLite3 Multiple Ciphers implements.
 */
#include "../page.h"

#include "sqlite.h"

#include <sodium.h>

/* Of libaegis; no header of the bundled source names them. */
int aegis256_encrypt_detached(uint8_t *cipher, uint8_t *tag, size_t tag_len, const uint8_t *plain,
                              size_t plain_len, const uint8_t *extra, size_t extra_len,
                              const uint8_t *nonce, const uint8_t *key);
int aegis256_decrypt_detached(uint8_t *plain, const uint8_t *cipher, size_t cipher_len,
                              const uint8_t *tag, size_t tag_len, const uint8_t *extra,
                              size_t extra_len, const uint8_t *nonce, const uint8_t *key);
void aegis256_stream(uint8_t *out, size_t len, const uint8_t *nonce, const uint8_t *key);

enum { LOCK_BYTE = 1 << 30, KEY = 32, ONCE = 64 };

/* SQLite never writes the page that its locks lie in: it is a hole in the file. */
static bool is_hole(uint64_t page, const uint8_t *bytes)
{
    return page == LOCK_BYTE / DB_PAGE_SIZE && sodium_is_zero(bytes, DB_PAGE_SIZE);
}

static void key_of(const uint8_t key[KEY], uint64_t page, const uint8_t *nonce,
                   uint8_t ret_once[ONCE])
{
    uint32_t number = (uint32_t)page + 1;
    aegis256_stream(ret_once, ONCE, nonce, key);
    for (int i = 0; i < 4; i++)
        ret_once[ONCE - 4 + i] = (uint8_t)(number >> (24 - 8 * i));
}

bool db_page_open(const uint8_t key[32], uint64_t page, uint8_t bytes[DB_PAGE_SIZE])
{
    uint8_t once[ONCE];
    size_t plain = page == 0 ? DB_SQLITE_PLAIN : 0;
    const uint8_t *tag = bytes + DB_PAGE_BODY, *nonce = tag + DB_PAGE_TAG;
    if (is_hole(page, bytes))
        return true;
    key_of(key, page, nonce, once);
    bool good = aegis256_decrypt_detached(bytes + plain, bytes + plain, DB_PAGE_BODY - plain, tag,
                                          DB_PAGE_TAG, NULL, 0, once + KEY, once) == 0;
    sodium_memzero(once, sizeof once);
    return good;
}

void db_page_close(const uint8_t key[32], uint64_t page, uint8_t bytes[DB_PAGE_SIZE])
{
    uint8_t once[ONCE];
    size_t plain = page == 0 ? DB_SQLITE_PLAIN : 0;
    uint8_t *tag = bytes + DB_PAGE_BODY;
    memset(tag, 0, DB_PAGE_TAG);
    if (is_hole(page, bytes))
        return;
    key_of(key, page, tag + DB_PAGE_TAG, once);
    aegis256_encrypt_detached(bytes + plain, tag, DB_PAGE_TAG, bytes + plain, DB_PAGE_BODY - plain,
                              NULL, 0, once + KEY, once);
    sodium_memzero(once, sizeof once);
}
