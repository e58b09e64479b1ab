/* Everything that can be asked for over HTTP: a new set of operations is a line here. */
#include "pages.h"

const http_route *const http_tables[] = {http_pages, NULL};
