/* Users, teams and how users sign in: what each operation takes and answers. */
#include "people.h"

#define DONE "200 400 401 403 404"
#define CHANGE DONE " 422"

static const http_about operations[] = {
    {"listUsers", "at q kind role team after limit", NULL, NULL, "Users", "200 400 401 403", NULL},
    {"addUser", NULL, NULL, "UserNew", "UserAdded", "201 400 401 403 404 409 422", NULL},
    {"readUser", "at", NULL, NULL, "UserStory", "200 400 401 403 404", NULL},
    {"changeUser", NULL, NULL, "UserChange", "User", CHANGE " 409", NULL},
    {"endUser", NULL, NULL, "Why", "User", DONE, NULL},
    {"returnUser", NULL, NULL, "UserReturn", "User", CHANGE " 409", NULL},
    {"makeEnrolmentCode", NULL, NULL, "CodeWish", "UserAdded", CHANGE, NULL},
    {"giveRole", NULL, NULL, "RoleGiven", "User", CHANGE " 409", NULL},
    {"takeRole", "why", NULL, NULL, "User", DONE, NULL},
    {"setSuperior", NULL, NULL, "Superior", "User", CHANGE, NULL},
    {"listSessionsOfUser", NULL, NULL, NULL, "Sessions", "200 400 401 403 404", NULL},
    {"endSessionsOfUser", NULL, NULL, NULL, "Ended", "200 400 401 403 404", NULL},
    {"endSessionOfUser", NULL, NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"listKnownBrowsersOfUser", NULL, NULL, NULL, "KnownBrowsers", "200 400 401 403 404", NULL},
    {"endKnownBrowsersOfUser", NULL, NULL, NULL, "Ended", "200 400 401 403 404", NULL},
    {"endKnownBrowserOfUser", NULL, NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"listCredentialsOfUser", NULL, NULL, NULL, "Credentials", "200 400 401 403 404", NULL},
    {"endCredentialOfUser", NULL, NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"endFactorsOfUser", NULL, NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"makeKeyForProgram", NULL, NULL, "KeyNew", "KeyMade", "201 400 401 403 404 422", NULL},
    {"listTeams", "at", NULL, NULL, "Teams", "200 400 401 403", NULL},
    {"addTeam", NULL, NULL, "TeamNew", "Team", "201 400 401 403 409 422", NULL},
    {"renameTeam", NULL, NULL, "TeamNew", "Team", CHANGE " 409", NULL},
    {"endTeam", "why", NULL, NULL, NULL, "204 400 401 403 404", NULL},
    {"joinTeam", NULL, NULL, "Why", "Team", DONE " 409", NULL},
    {"leaveTeam", "why", NULL, NULL, "Team", DONE, NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"at", PB_MSG("As it was at this moment"), "string", "date-time", false},
    {"q",
     PB_MSG("Words that the name or sign-in name has, or that begin one: folded as by a search, so "
            "that case, marks and script do not matter"),
     "string", NULL, false},
    {"kind", PB_MSG("Users of this kind: person, program, portal or auditor"), "string", NULL,
     false},
    {"role", PB_MSG("Who holds this role"), "string", NULL, false},
    {"team", PB_MSG("Who is in this team"), "string", NULL, false},
    {"why", PB_MSG("Why it is done; stands in the log"), "string", NULL, false},
    {"after", PB_MSG("`next` of the page before"), "string", NULL, false},
    {0},
};

#define SPAN                                                                                       \
    "from:date-time until:date-time? by:string? why:string? ended_by:string? ended_why:string?"

static const http_schema schemas[] = {
    {"User", "id:uuid name:string shown:string kind=person|program|portal|auditor language:string "
             "staff:uuid? contact:uuid? from:date-time until:date-time? roles:[string] "
             "teams:[string] superior:string? scope:UserScope?"},
    {"UserScope", "entities?:[string] areas?:[string]"},
    {"Users", "users:[User] next:string?"},
    {"UserStory", "user:User standing:boolean said:[UserSaid] ties:[UserTie]"},
    {"UserSaid", "name:string shown:string language:string " SPAN},
    {"UserTie", "kind=role|team|superior name:string? " SPAN},
    {"UserNew", "name:string kind?=person|program|portal|auditor? shown?:string? language?:string? "
                "staff?:string? contact?:string? from?:date-time? until?:date-time? "
                "scope?:UserScope roles?:[string]? teams?:[string]? superior?:string? why?:string? "
                "mail?:boolean?"},
    {"UserChange", "name?:string? shown?:string? language?:string? staff?:string? contact?:string? "
                   "until?:date-time? scope?:UserScope why?:string?"},
    {"UserAdded", "user:User code:string? code_until:date-time?"},
    {"UserReturn", "until?:date-time? why?:string?"},
    {"Why", "why?:string?"},
    {"CodeWish", "why?:string? mail?:boolean?"},
    {"RoleGiven", "role:string from?:date-time? until?:date-time? why?:string?"},
    {"Superior", "superior:string? why?:string?"},
    {"Ended", "ended:integer"},
    {"Credentials", "credentials:[Credential]"},
    {"Credential", "credential:integer kind=password|totp|passkey|recovery|enrolment|key "
                   "label:string? by:string from:date-time until:date-time? used:date-time? "
                   "key?:string scopes?:string? rate?:integer read_only?:boolean"},
    {"KeyNew", "label:string scopes?:string? rate?:integer? read_only?:boolean? until?:date-time? "
               "why?:string?"},
    {"KeyMade", "credential:integer key:string client_id:string client_secret:string"},
    {"Teams", "teams:[Team]"},
    {"Team", "id:uuid name:string from:date-time members:[string]"},
    {"TeamNew", "name:string why?:string?"},
    {0},
};

const http_description http_people_description = {"people", operations, parameters, schemas, NULL};
