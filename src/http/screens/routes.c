/* What screens are made of: where each is reached. */
#include "screens.h"

#define JSON "application/json"
enum { SMALL = 64 << 10 };

const http_route http_screens_routes[] = {
    {HTTP_GET, "/api/v1/{entity}/groups", "groupRecords",
     PB_MSG("Counts records by what they have in common, and adds up their numbers"),
     http_groups_read, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/home", "readHome", PB_MSG("Tells what needs who asks today"),
     http_home_read, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/views", "listViews",
     PB_MSG("Lists the saved views of who asks, and those that are shared with them"),
     http_views_list, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/views", "addView", PB_MSG("Saves a view of a list"), http_views_add,
     HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_GET, "/api/v1/views/{view}", "readView", PB_MSG("Reads a saved view"), http_views_read,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_PUT, "/api/v1/views/{view}", "changeView", PB_MSG("Saves a view anew, all of it"),
     http_views_change, HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_DELETE, "/api/v1/views/{view}", "removeView", PB_MSG("Removes a saved view"),
     http_views_remove, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/me/preferences", "readPreferences",
     PB_MSG("Tells how who asks likes the screens"), http_likes_read, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_PATCH, "/api/v1/me/preferences", "changePreferences",
     PB_MSG("Changes what is named of it; null: as usual"), http_likes_change, HTTP_BLOCKS, JSON,
     NULL, SMALL},
    {HTTP_GET, "/api/v1/health", "readState",
     PB_MSG("Tells how the workspace and its server are, in plain words with a grade"),
     http_state_read, HTTP_BLOCKS, NULL, NULL, 0},
    {0},
};
