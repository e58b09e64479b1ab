/* Routes, tags and problems, without a socket. */
#include "program.h"
#include "route.h"

#include <cjson/cJSON.h>

static http_request asked(http_method method, const char *const *parts)
{
    http_request request = {.method = method};
    while (parts[request.part_count] != NULL) {
        request.parts[request.part_count] = pb_str_c(parts[request.part_count]);
        request.part_count++;
    }
    return request;
}

#define ASKED(method, ...) asked((method), (const char *const[]){__VA_ARGS__, NULL})

/* shows: INT-1 */
static void test_routes_are_found_by_method_and_path(void **state)
{
    (void)state;
    unsigned allowed = 0;
    http_request request = ASKED(HTTP_GET, "healthz");
    const http_route *route = http_route_find(NULL, &request, &allowed);
    assert_non_null(route);
    assert_string_equal(route->operation, "health");
    assert_int_equal(allowed, HTTP_GET | HTTP_HEAD | HTTP_OPTIONS);
    request.method = HTTP_HEAD;
    assert_ptr_equal(http_route_find(NULL, &request, &allowed), route);
    request.method = HTTP_DELETE;
    assert_null(http_route_find(NULL, &request, &allowed));
    assert_int_equal(allowed, HTTP_GET | HTTP_HEAD | HTTP_OPTIONS);
    request = ASKED(HTTP_GET, "healthz", "more");
    assert_null(http_route_find(NULL, &request, &allowed));
    assert_int_equal(allowed, 0);
}

/* shows: INT-1 */
static void test_routes_set_in_order_beforehand_are_found_as_those_that_are_not(void **state)
{
    (void)state;
    static const char *const paths[][6] = {
        {NULL},
        {"healthz", NULL},
        {"healthz", "more", NULL},
        {"api", "v1", "sessions", NULL},
        {"api", "v1", "contacts", NULL},
        {"api", "v1", "contacts", "17", NULL},
        {"api", "v1", "users", "17", NULL},
        {"api", "v1", "", "17", NULL},
        {"api", "v1", "contacts", "17", "history", NULL},
    };
    http_ways ways;
    size_t routes = 0;
    http_ways_make(&ways);
    for (const http_route *const *table = http_tables; *table != NULL; table++)
        for (const http_route *route = *table; route->path != NULL; route++)
            routes++;
    assert_int_equal(ways.from[HTTP_PARTS_MAX + 1], routes);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        for (unsigned method = HTTP_GET; method <= HTTP_DELETE; method <<= 1) {
            unsigned allowed = 0, again = 0;
            http_request request = asked((http_method)method, paths[i]);
            assert_ptr_equal(http_route_find(&ways, &request, &allowed),
                             http_route_find(NULL, &request, &again));
            assert_int_equal(allowed, again);
        }
}

/* shows: INT-1 */
static void test_an_open_part_is_read_by_its_name(void **state)
{
    (void)state;
    const http_route route = {.path = "/api/v1/{entity}/{id}"};
    http_request request = ASKED(HTTP_GET, "api", "v1", "contact", "17");
    request.route = &route;
    assert_true(pb_str_is(http_request_part(&request, "entity"), "contact"));
    assert_true(pb_str_is(http_request_part(&request, "id"), "17"));
    assert_null(http_request_part(&request, "api").ptr);
}

/* shows: INT-1 */
static void test_a_client_that_has_the_version_is_told_so(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    http_request request = {.header_count = 1};
    http_response response = {.status = 200, .body = PB_BUF_INIT(100), .arena = arena};
    request.headers[0] = (http_pair){PB_STR("if-none-match"), PB_STR("\"a\", W/\"v7\"")};
    assert_true(http_response_fresh(&request, &response, PB_STR("v7")));
    assert_int_equal(response.status, 304);
    assert_true(pb_str_is(response.headers[0].value, "\"v7\""));
    response = (http_response){.status = 200, .body = PB_BUF_INIT(100), .arena = arena};
    assert_false(http_response_fresh(&request, &response, PB_STR("v8")));
    assert_int_equal(response.status, 200);
}

/* shows: INT-1 */
static void test_a_change_needs_the_version_it_began_with(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    http_request request = {.header_count = 0};
    http_response response = {.status = 200, .body = PB_BUF_INIT(100), .arena = arena};
    assert_int_equal(http_request_match(&request, &response, PB_STR("3"), false, &err), PB_OK);
    assert_int_equal(http_request_match(&request, &response, PB_STR("3"), true, &err), PB_USAGE);
    assert_int_equal(response.status, 428);
    request.headers[request.header_count++] = (http_pair){PB_STR("If-Match"), PB_STR("W/\"3\"")};
    assert_int_equal(http_request_match(&request, &response, PB_STR("3"), true, &err), PB_CONFLICT);
    assert_int_equal(response.status, 412);
    request.headers[0].value = PB_STR("\"2\", \"3\"");
    assert_int_equal(http_request_match(&request, &response, PB_STR("3"), true, &err), PB_OK);
}

/* shows: INT-1 DQ-1 */
static void test_a_problem_names_field_value_and_mend(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    http_request request = {.id = "0190"};
    http_response response = {.status = 200, .body = PB_BUF_INIT(1 << 16), .arena = arena};
    pb_fail(&err, PB_INVALID, "{field} is not valid.", "field", "Mobile", NULL);
    pb_error_detail(&err, "It is “{value}”.", "value", "+49\"x", NULL);
    pb_error_hint(&err, "Write it with its country.", NULL);
    http_problem(&request, &response, 0, &err);
    assert_int_equal(response.status, 422);
    assert_string_equal(response.type, "application/problem+json");
    cJSON *json = cJSON_Parse(pb_buf_cstr(&response.body));
    assert_non_null(json);
    const char *const expected[][2] = {{"type", "urn:probity:problem:invalid"},
                                       {"title", "Mobile is not valid."},
                                       {"detail", "It is “+49\"x”."},
                                       {"hint", "Write it with its country."},
                                       {"field", "Mobile"},
                                       {"value", "+49\"x"},
                                       {"request", "0190"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(json, expected[i][0])),
                            expected[i][1]);
    cJSON_Delete(json);
    pb_buf_free(&response.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes_are_found_by_method_and_path),
        cmocka_unit_test(test_routes_set_in_order_beforehand_are_found_as_those_that_are_not),
        cmocka_unit_test(test_an_open_part_is_read_by_its_name),
        cmocka_unit_test(test_a_client_that_has_the_version_is_told_so),
        cmocka_unit_test(test_a_change_needs_the_version_it_began_with),
        cmocka_unit_test(test_a_problem_names_field_value_and_mend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
