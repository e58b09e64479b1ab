/* Lists that are kept to be asked for later. */
#include "list.h"

pb_status record_list_check(const record_list_asked *asked, pb_arena *arena, pb_error *err)
{
    list_query query;
    return list_understand(asked, arena, &query, err);
}
