/* What the parts of groups share. */
#ifndef RECORD_GROUPS_INTERNAL_H
#define RECORD_GROUPS_INTERNAL_H

#include "list.h"
#include "record/groups.h"

typedef struct groups_query {
    const record_groups_asked *asked;
    record_list_asked list; /* the records, as a list would have them */
    list_query query;
    record_groups *groups;
} groups_query;

/* groups_ask.c */
/** Understands what was asked for. */
pb_status groups_understand(const record_groups_asked *asked, pb_arena *arena, groups_query *query,
                            pb_error *err);

/* groups_key.c */
/** What is grouped by, as SQL over the table `r`. */
void groups_put_key(pb_buf *sql, const groups_query *query, size_t which);
/** The key as that gave it. Texts live in `arena`. */
pb_status groups_take_key(const groups_query *query, size_t which, pb_value value, pb_arena *arena,
                          record_group_key *ret_key, pb_error *err);
/** Sets `group->filter`. */
pb_status groups_put_filter(const groups_query *query, record_group *group, pb_arena *arena,
                            pb_error *err);
/** The order in which groups are told. */
int groups_compare(const record_groups *groups, const record_group *a, const record_group *b);

#endif
