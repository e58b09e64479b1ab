/* Pages as they are stored, opened and closed without a connection. */
#ifndef DB_PAGE_H
#define DB_PAGE_H

#include "db/copy.h"

/** Deciphers page `page` (from 0) in place: DB_PAGE_BODY bytes of content, then tag and nonce as
 * they were. False: it is not what was written with this key. */
bool db_page_open(const uint8_t key[32], uint64_t page, uint8_t bytes[DB_PAGE_SIZE]);
/** The other way: from content and nonce the very bytes that were stored. */
void db_page_close(const uint8_t key[32], uint64_t page, uint8_t bytes[DB_PAGE_SIZE]);

#endif
