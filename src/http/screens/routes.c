/* What screens are made of: where each is reached. */
#include "screens.h"

const http_route http_screens_routes[] = {
    {HTTP_GET, "/api/v1/{entity}/groups", "groupRecords",
     PB_MSG("Counts records by what they have in common, and adds up their numbers"),
     http_groups_read, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/home", "readHome", PB_MSG("Tells what needs who asks today"),
     http_home_read, HTTP_BLOCKS, NULL, NULL, 0},
    {0},
};
