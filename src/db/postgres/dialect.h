/* SQLite's SQL, as statements that do not come from us are written, turned into PostgreSQL's. */
#ifndef DB_POSTGRES_DIALECT_H
#define DB_POSTGRES_DIALECT_H

#include "postgres.h"

/** Checks that a statement touches published views and pure functions only, and writes it as
 * PostgreSQL reads it. PB_DENIED names what it may not use; PB_UNSUPPORTED what cannot be said. */
pb_status db_pg_translate(const db_layout *layout, pb_str sql, pg_places *places, pb_buf *out,
                          pb_error *err);

#endif
