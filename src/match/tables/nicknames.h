/* English names and their nicknames, written at build time by tools/tables/nicknames.py. */
#ifndef MATCH_TABLES_NICKNAMES_H
#define MATCH_TABLES_NICKNAMES_H

#include <stddef.h>

/** Each line: a name and its nicknames, folded, with blanks between. */
extern const char *const match_nicknames[];
extern const size_t match_nickname_count;

#endif
