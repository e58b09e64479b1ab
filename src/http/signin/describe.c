/* Signing in and out: what each operation takes and answers. */
#include "signin.h"

static const http_about operations[] = {
    {"signIn", NULL, NULL, "SignInPassword", "SignIn", "200 400 401 403 429", NULL},
    {"signInByCode", NULL, NULL, "SignInSecond", "SignIn", "200 400 401 403 429", NULL},
    {"signInByRecovery", NULL, NULL, "SignInSecond", "SignIn", "200 400 401 403 429", NULL},
    {"beginFactor", NULL, NULL, "SignInTicket", "Factor", "200 400 401", NULL},
    {"signInByNewFactor", NULL, NULL, "SignInNewFactor", "SignIn", "200 400 401 403 429", NULL},
    {"enrol", NULL, NULL, "Enrolment", "SignIn", "200 400 401 403 422 429", NULL},
    {"prove", NULL, NULL, "Proof", "SignIn", "200 400 401 403 422 429", NULL},
    {"signOut", NULL, NULL, NULL, NULL, "204 400 401 403 422", NULL},
    {"readMe", NULL, NULL, NULL, "Me", "200 400 401 403", NULL},
    {"listSessions", NULL, NULL, NULL, "Sessions", "200 400 401 403", NULL},
    {"endSession", NULL, NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"makeToken", NULL, NULL, "TokenForm", "Token", "200 400 401 429", "TokenRefused"},
    {0},
};

static const http_schema schemas[] = {
    {"SignIn", "step=signed_in|needs_second|needs_enrol name?:string session?:integer "
               "second_factor?:boolean token?:string device?:string ticket?:string totp?:boolean "
               "recovery?:boolean"},
    {"SignInPassword", "name:string password:password cookie?:boolean device?:string"},
    {"SignInSecond", "ticket:string code:string cookie?:boolean device?:string"},
    {"SignInTicket", "ticket:string"},
    {"SignInNewFactor",
     "ticket:string begun:string code:string label?:string cookie?:boolean device?:string"},
    {"Enrolment", "name:string code:string password:password cookie?:boolean device?:string"},
    {"Proof", "password:password code?:string"},
    {"Factor", "begun:string address:string"},
    {"Me", "name:string user:string? staff:string? contact:string? read_only:boolean "
           "second_factor:boolean proved_lately:boolean scopes:string? session?:integer "
           "until?:date-time"},
    {"Sessions", "sessions:[Session]"},
    {"Session",
     "session:integer address:string? device:string? second_factor:boolean program:boolean "
     "current:boolean from:date-time seen:date-time until:date-time"},
    {"TokenForm", "grant_type=client_credentials client_id?:string client_secret?:password "
                  "scope?:string"},
    {"Token", "access_token:string token_type:string expires_in:integer scope?:string"},
    {"TokenRefused", "error:string"},
    {0},
};

const http_description http_signin_description = {"signing-in", operations, NULL, schemas, NULL};
