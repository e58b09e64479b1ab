/* What layout.c asks of the indexes. */
#ifndef DB_LAYOUT_INDEX_H
#define DB_LAYOUT_INDEX_H

#include "layout.h"

/** At most so many has the layout of a schema. */
size_t layout_index_room(const model_schema *schema);
/** Adds those that every workspace has. */
void layout_index_fixed(db_layout *layout);
/** Adds those of an entity: its id, its lists, its links. */
pb_status layout_index_entity(pb_arena *arena, db_layout *layout, const db_table *table,
                              const model_entity *entity, pb_error *err);

#endif
