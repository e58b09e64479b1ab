/* The matters of a record: where each is reached. */
#include "matters.h"

#define JSON "application/json"

const http_route http_matters_routes[] = {
    {HTTP_GET, "/api/v1/{entity}/{id}/access", "readAccesses",
     PB_MSG("Tells who looked at a record, when and why, newest first"), http_looks_read,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/{entity}/duplicates", "listDuplicates",
     PB_MSG("Lists pairs of records that are likely one"), http_pairs_list, HTTP_BLOCKS, NULL, NULL,
     0},
    {HTTP_POST, "/api/v1/{entity}/duplicates", "decideDuplicates",
     PB_MSG("Decides many pairs, each with an answer of its own"), http_pairs_decide_many,
     HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_GET, "/api/v1/{entity}/{id}/duplicates", "listDuplicatesOf",
     PB_MSG("Lists the records that one is likely the same as"), http_pairs_of, HTTP_BLOCKS, NULL,
     NULL, 0},
    {HTTP_GET, "/api/v1/{entity}/{id}/duplicates/{other}", "compareRecords",
     PB_MSG("Shows two records side by side, and how they compare"), http_pairs_show, HTTP_BLOCKS,
     NULL, NULL, 0},
    {HTTP_PUT, "/api/v1/{entity}/{id}/duplicates/{other}", "decideDuplicate",
     PB_MSG("Says of two records that they are one, or two"), http_pairs_decide, HTTP_BLOCKS, JSON,
     NULL, 0},
    {HTTP_POST, "/api/v1/{entity}/{id}/merge", "mergeRecords",
     PB_MSG("Merges records into one, or tells what would come of it"), http_merge_merge,
     HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_POST, "/api/v1/{entity}/{id}/unmerge", "unmergeRecord",
     PB_MSG("Takes the newest merge of a record apart, or tells what would come of it"),
     http_merge_part, HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_GET, "/api/v1/{entity}/{id}/timeline", "readTimeline",
     PB_MSG("Tells what happened around a record: what links to it, and its changes, newest first"),
     http_timeline_read, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/settings", "readSettings", PB_MSG("Tells what is set for the workspace"),
     http_settings_read, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_PATCH, "/api/v1/settings", "changeSettings", PB_MSG("Sets it"), http_settings_change,
     HTTP_BLOCKS, JSON, NULL, 0},
    {0},
};
