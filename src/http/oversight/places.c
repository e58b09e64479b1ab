/* Backups and drills over HTTP: state and evidence. */
#include "oversight.h"

#include "base/time.h"
#include "service/places.h"

static pb_status read_evidence(http_request *request, http_response *response, service_backups *ret,
                               pb_error *err)
{
    static const char *const names[] = {"limit", NULL};
    int64_t limit = SERVICE_EVIDENCE_USUAL;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_number(request, "limit", &limit, err));
    if (limit > SERVICE_EVIDENCE_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 500."), err);
    service_call call = http_op_call(request);
    return service_backups_read(&call, request->server->workspace, limit, request->arena, ret, err);
}

static void put_seconds(pb_json *json, const char *key, int64_t us)
{
    pb_json_key(json, key);
    pb_json_double(json, (double)us / (double)PB_US_PER_SECOND);
}

static void put_plan(pb_json *json, const backup_plan *plan)
{
    pb_json_key(json, "plan");
    pb_json_object(json);
    http_op_put_truth(json, "declared", plan->declared);
    put_seconds(json, "every_seconds", plan->every_us);
    put_seconds(json, "lose_at_most_seconds", plan->lose_us);
    put_seconds(json, "recover_within_seconds", plan->recover_us);
    put_seconds(json, "drill_every_seconds", plan->drill_us);
    pb_json_member_i64(json, "keep_newest", plan->newest);
    put_seconds(json, "keep_for_seconds", plan->keep_us);
    pb_json_object_end(json);
}

/* When it is due; null: now. */
static void put_place(pb_json *json, const service_kept_place *place)
{
    pb_json_object(json);
    pb_json_member(json, "place", pb_str_c(place->state.place));
    http_op_put_truth(json, "declared", place->declared);
    http_op_put_moment(json, "newest", place->state.at_us);
    pb_json_member(json, "backup",
                   place->state.at_us == INT64_MIN ? PB_STR_NONE : pb_str_c(place->state.name));
    http_op_put_truth(json, "same_disk", place->state.same_disk);
    http_op_put_truth(json, "late", place->late);
    http_op_put_moment(json, "next", place->next_us);
    http_op_put_moment(json, "drilled", place->state.drilled_us);
    http_op_put_truth(json, "drill_late", place->drill_late);
    http_op_put_moment(json, "next_drill", place->drill_us);
    pb_json_object_end(json);
}

static void put_made(pb_json *json, const backup_made *made)
{
    pb_json_object(json);
    http_op_put_moment(json, "at", made->at_us);
    pb_json_member(json, "place", made->place);
    pb_json_member(json, "backup", made->name);
    pb_json_member_i64(json, "pieces_sent", (int64_t)made->pieces);
    pb_json_member_i64(json, "bytes_sent", (int64_t)made->bytes);
    put_seconds(json, "seconds", made->us);
    http_op_put_truth(json, "same_disk", made->same_disk);
    pb_json_object_end(json);
}

pb_status http_oversight_backups(http_request *request, http_response *response, pb_error *err)
{
    service_backups all = {.drill_count = 0};
    pb_json json;
    PB_TRY(read_evidence(request, response, &all, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    put_plan(&json, &all.plan);
    pb_json_key(&json, "places");
    pb_json_array(&json);
    for (size_t i = 0; i < all.place_count; i++)
        put_place(&json, &all.places[i]);
    pb_json_array_end(&json);
    pb_json_key(&json, "made");
    pb_json_array(&json);
    for (size_t i = 0; i < all.made_count; i++)
        put_made(&json, &all.made[i]);
    pb_json_array_end(&json);
    http_op_put_truth(&json, "log_kept", all.log_kept);
    pb_json_member_i64(&json, "commits_behind", (int64_t)all.behind);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- drills ---- */

static void put_drill(pb_json *json, const backup_filed *filed, const backup_plan *plan)
{
    bool plain = pb_str_is(filed->fault, "none");
    pb_json_object(json);
    http_op_put_moment(json, "at", filed->at_us);
    pb_json_member(json, "place", filed->place);
    pb_json_member(json, "fault", filed->fault);
    http_op_put_truth(json, "good", filed->good);
    http_op_put_truth(json, "ran", filed->ran);
    pb_json_member(json, "noticed", filed->noticed.len > 0 ? filed->noticed : PB_STR_NONE);
    put_seconds(json, "recovered_in_seconds", filed->recover_us);
    put_seconds(json, "lost_seconds", filed->lose_us);
    http_op_put_truth(
        json, "within_targets",
        filed->ran && filed->good &&
            (!plain || (filed->recover_us <= plan->recover_us && filed->lose_us <= plan->lose_us)));
    pb_json_object_end(json);
}

pb_status http_oversight_drills(http_request *request, http_response *response, pb_error *err)
{
    service_backups all = {.drill_count = 0};
    pb_json json;
    PB_TRY(read_evidence(request, response, &all, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "drills");
    pb_json_array(&json);
    for (size_t i = 0; i < all.drill_count; i++)
        put_drill(&json, &all.drills[i], &all.plan);
    pb_json_array_end(&json);
    put_plan(&json, &all.plan);
    pb_json_object_end(&json);
    return PB_OK;
}
