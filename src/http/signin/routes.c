/* Signing in and out: where each operation is reached. */
#include "signin.h"

#define JSON "application/json"
#define OPEN (HTTP_BLOCKS | HTTP_OPEN)

enum { SMALL = 16384 };

const http_route http_signin_routes[] = {
    {HTTP_POST, "/api/v1/sign-in", "signIn", PB_MSG("Signs in by name and password"),
     http_signin_password, OPEN, JSON, NULL, SMALL},
    {HTTP_POST, "/api/v1/sign-in/code", "signInByCode",
     PB_MSG("Goes on with the code that an app shows"), http_signin_code, OPEN, JSON, NULL, SMALL},
    {HTTP_POST, "/api/v1/sign-in/recovery", "signInByRecovery",
     PB_MSG("Goes on with a recovery code"), http_signin_recovery, OPEN, JSON, NULL, SMALL},
    {HTTP_POST, "/api/v1/sign-in/factor", "beginFactor",
     PB_MSG("Begins the second factor that the role asks for"), http_signin_factor, OPEN, JSON,
     NULL, SMALL},
    {HTTP_POST, "/api/v1/sign-in/new-factor", "signInByNewFactor",
     PB_MSG("Adds the second factor that was begun, by its first code"), http_signin_new_factor,
     OPEN, JSON, NULL, SMALL},
    {HTTP_POST, "/api/v1/enrol", "enrol", PB_MSG("Sets the password, by a code that is good once"),
     http_signin_enrol, OPEN, JSON, NULL, SMALL},
    {HTTP_POST, "/api/v1/prove", "prove",
     PB_MSG("Proves once more who is signed in; the token becomes another one"), http_signin_prove,
     HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_POST, "/api/v1/sign-out", "signOut", PB_MSG("Ends the session"), http_signin_out,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/me", "readMe", PB_MSG("Tells who is signed in"), http_signin_me,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/sessions", "listSessions",
     PB_MSG("Lists one's own sessions, the one used last first"), http_signin_sessions, HTTP_BLOCKS,
     NULL, NULL, 0},
    {HTTP_DELETE, "/api/v1/sessions/{session}", "endSession", PB_MSG("Ends one of one's sessions"),
     http_signin_session_end, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/oauth/token", "makeToken",
     PB_MSG("Gives a program an access token (OAuth 2, client credentials)"), http_signin_token,
     OPEN, "application/x-www-form-urlencoded", NULL, SMALL},
    {0},
};
