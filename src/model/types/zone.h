/* What stands behind a time of day: offsets, abbreviations, names of zones. */
#ifndef MODEL_TYPES_ZONE_H
#define MODEL_TYPES_ZONE_H

#include "reader.h"

typedef struct zone_said {
    int64_t minutes; /* east of UTC */
    pb_str place;    /* of the IANA data base, as written; absent: `minutes` say it */
    bool shared;     /* an abbreviation that several countries use, and none is known */
} zone_said;

/** Reads a zone: nothing (UTC), `z`, `+03:30`, `utc+8`, `gmt+0200 (cest)`, `est`, `china standard
 * time`, `[europe/berlin]`. `text` is folded (see date.c), `raw` the value as written, `country`
 * whose abbreviations are meant, or absent. False: none of these. */
bool zone_read(pb_str text, pb_str raw, pb_str country, zone_said *ret);
/** Minutes that the zone is ahead of UTC at a moment of its own clock. False: there is no such
 * place, or no memory. */
bool zone_ahead(model_reader *reader, const zone_said *zone, int64_t local_us, int64_t *ret_us);

#endif
