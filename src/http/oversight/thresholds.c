/* What a control lets pass, over HTTP: read with all that was ever said of it, and said anew. */
#include "oversight.h"

#include "service/thresholds.h"

#define JSON "application/json"
enum { SMALL = 16 << 10 };

static const char *const none[] = {NULL};

static void put_said(pb_json *json, const finding_threshold *said)
{
    pb_json_object(json);
    pb_json_member(json, "control", said->control);
    pb_json_key(json, "limit");
    if (said->shipped)
        pb_json_null(json);
    else
        pb_json_double(json, said->limit);
    pb_json_member(json, "reason", said->reason);
    pb_json_member(json, "changed_by", said->by);
    http_op_put_moment(json, "changed_at", said->at_us);
    pb_json_object_end(json);
}

static pb_status answer(http_request *request, http_response *response, pb_error *err)
{
    service_threshold found;
    pb_json json;
    service_call call = http_op_call(request);
    PB_TRY(service_threshold_read(request->server->service, &call, request->server->workspace,
                                  http_request_part(request, "control"), request->arena, &found,
                                  err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "control", found.control->id);
    pb_json_member(&json, "limit_of",
                   found.control->pass_share ? PB_STR("share") : PB_STR("count"));
    pb_json_key(&json, "limit");
    pb_json_double(&json, found.control->pass_limit);
    pb_json_key(&json, "limit_shipped");
    pb_json_double(&json, found.control->limit_shipped);
    http_op_put_truth(&json, "limit_set", found.control->limit_set);
    pb_json_key(&json, "history");
    pb_json_array(&json);
    for (size_t i = 0; i < found.said_count; i++)
        put_said(&json, &found.said[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

static pb_status read_threshold(http_request *request, http_response *response, pb_error *err)
{
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    return answer(request, response, err);
}

static pb_status set_threshold(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"limit", "reason", NULL};
    const json_value *body = NULL;
    pb_str reason = PB_STR("");
    double limit = 0;
    bool said = false;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_amount(body, "limit", &limit, &said, err));
    PB_TRY(http_op_body_text(body, "reason", &reason, err));
    service_call call = http_op_call(request);
    PB_TRY(service_threshold_set(request->server->service, &call, request->server->workspace,
                                 http_request_part(request, "control"), said ? &limit : NULL,
                                 reason, err));
    return answer(request, response, err);
}

const http_route http_thresholds_routes[] = {
    {HTTP_GET, "/api/v1/controls/{control}/threshold", "readThreshold",
     PB_MSG("Tells what a control lets pass, and who said so"), read_threshold, HTTP_BLOCKS, NULL,
     NULL, 0},
    {HTTP_PUT, "/api/v1/controls/{control}/threshold", "setThreshold",
     PB_MSG("Says what a control lets pass from the next audit on; null: what ships with it"),
     set_threshold, HTTP_BLOCKS, JSON, NULL, SMALL},
    {0},
};

static const http_about operations[] = {
    {"readThreshold", NULL, NULL, NULL, "Threshold", "200 400 401 403 404", NULL},
    {"setThreshold", NULL, NULL, "ThresholdNew", "Threshold", "200 400 401 403 404 413 422", NULL},
    {0},
};

static const http_parameter parameters[] = {{0}};

static const http_schema schemas[] = {
    {"ThresholdSaid", "control:string limit:number? reason:string changed_by:string "
                      "changed_at:date-time"},
    {"Threshold", "control:string limit_of=share|count limit:number limit_shipped:number "
                  "limit_set:boolean history:[ThresholdSaid]"},
    {"ThresholdNew", "limit?:number? reason:string"},
    {0},
};

const http_description http_thresholds_description = {"thresholds", operations, parameters, schemas,
                                                      NULL};
