/* Operations on records: where each is reached. */
#include "operations.h"

#define JSON "application/json"

const http_route http_op_routes[] = {
    {HTTP_GET, "/api/v1/{entity}", "listRecords",
     PB_MSG("Lists records that fulfil a condition, in an order, page by page"), http_op_list,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/{entity}", "createRecord", PB_MSG("Creates a record"), http_op_create,
     HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_GET, "/api/v1/{entity}/search", "searchRecords", PB_MSG("Finds records by words"),
     http_op_search, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/{entity}/check", "checkRecord",
     PB_MSG("Says what would come of creating a record, and creates none"), http_op_check,
     HTTP_BLOCKS, JSON, NULL, 0},
    {HTTP_POST, "/api/v1/{entity}/bulk", "writeRecords",
     PB_MSG("Creates and changes many records, each with an answer of its own"), http_op_bulk,
     HTTP_BLOCKS | HTTP_LONG, JSON, NULL, 8 << 20},
    {HTTP_GET, "/api/v1/{entity}/{id}", "readRecord", PB_MSG("Reads a record"), http_op_read,
     HTTP_BLOCKS | HTTP_BRIEF, NULL, NULL, 0},
    {HTTP_PATCH, "/api/v1/{entity}/{id}", "changeRecord",
     PB_MSG("Changes the fields of a record that are given"), http_op_change, HTTP_BLOCKS,
     JSON " application/merge-patch+json", NULL, 0},
    {HTTP_POST, "/api/v1/{entity}/{id}/check", "checkChange",
     PB_MSG("Says what would come of changing a record, cell by cell, and changes nothing"),
     http_op_check_change, HTTP_BLOCKS, JSON " application/merge-patch+json", NULL, 0},
    {HTTP_DELETE, "/api/v1/{entity}/{id}", "deleteRecord",
     PB_MSG("Deletes a record; it can be brought back"), http_op_remove, HTTP_BLOCKS, NULL, NULL,
     0},
    {HTTP_POST, "/api/v1/{entity}/{id}/restore", "restoreRecord",
     PB_MSG("Brings a deleted record back"), http_op_restore, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/{entity}/{id}/history", "readHistory",
     PB_MSG("Tells what happened to a record, newest first"), http_op_history, HTTP_BLOCKS, NULL,
     NULL, 0},
    {0},
};
