/* Paths as the system knows them. */
#include "sys/file.h"

#include <stdlib.h>

char *sys_path_real(pb_arena *arena, const char *path)
{
    char *found = realpath(path, NULL);
    char *copy = found != NULL ? pb_arena_cstr(arena, pb_str_c(found)) : NULL;
    free(found);
    return copy;
}
