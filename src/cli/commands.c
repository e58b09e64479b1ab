/* Generated from declare/commands.yaml by tools/generate-commands; do not edit. */
#include "table.h"

/* clang-format off */
#define GROUP_WORKSPACE \
    {"workspace", 'w', "DIR", PB_MSG("The workspace"), NULL, NULL, false, true, true},
#define GROUP_SOURCE \
    {"map", 0, "FILE", PB_MSG("YAML file that says what the columns are"), NULL, NULL, false, true, false}, \
    {"password-file", 0, "FILE", PB_MSG("File whose first line is the password of the database"), NULL, NULL, false, true, false}, \
    {"as", 0, "PRODUCT", PB_MSG("Product that wrote the files, as “probity presets list” names them, or none (default: recognise it)"), NULL, NULL, false, false, false}, \
    {"presets", 0, "DIR", PB_MSG("Add the products declared in the YAML files of this folder"), NULL, NULL, true, true, false}, \
    {"encoding", 0, "NAME", PB_MSG("Encoding of the files, such as GB18030 or Windows-1256 (default: judged from their bytes)"), NULL, NULL, false, false, false}, \
    {"with-deleted", 0, NULL, PB_MSG("Take the rows too that the source marks as deleted"), NULL, NULL, false, false, false},
#define GROUP_KEY \
    {"key-file", 0, "FILE", PB_MSG("Key file of the workspace, outside of it (default: in your configuration folder)"), NULL, NULL, false, true, false}, \
    {"passphrase", 0, NULL, PB_MSG("Ask for a passphrase instead of using a key file"), NULL, NULL, false, false, false}, \
    {"credential", 0, "NAME", PB_MSG("Name of the systemd credential that holds the key"), NULL, NULL, false, false, false},
#define GROUP_READER \
    {"replica", 0, "URL", PB_MSG("Address of a server that follows the workspace's server: what is only read is read there"), NULL, NULL, false, false, false},
static const char *const global_options_lang[] = {"en", "zh-CN", "fa", NULL};
static const cli_option global_options[] = {
    {"lang", 0, "LANGUAGE", PB_MSG("Language of messages and reports: en, zh-CN or fa (default: from the environment)"), NULL, global_options_lang, false, false, false},
    {"json", 0, NULL, PB_MSG("Print the result as JSON for programs"), NULL, NULL, false, false, false},
    {"quiet", 0, NULL, PB_MSG("Show no progress and no summary"), NULL, NULL, false, false, false},
    {"model", 0, "DIR", PB_MSG("Add the entities and fields declared in the YAML files of this folder"), NULL, NULL, true, true, false},
    {"help", 'h', NULL, PB_MSG("Show the help of a command"), NULL, NULL, false, false, false},
    {"version", 0, NULL, PB_MSG("Show the version of program, model and controls"), NULL, NULL, false, false, false},
    {.name = NULL}};
static const char *const audit_options_fail_on[] = {"desirable", "important", "essential", "none", NULL};
static const cli_option audit_options[] = {
    {"format", 0, "LIST", PB_MSG("Reports to write: html, json, csv, pdf, xlsx, separated by commas, or all"), "html,json,csv", NULL, false, false, false},
    {"out", 0, "DIR", PB_MSG("Folder for the reports"), "report", NULL, false, true, false},
    {"controls", 0, "DIR", PB_MSG("Add or replace controls by the YAML files of this folder"), NULL, NULL, true, true, false},
    {"fail-on", 0, "GRADE", PB_MSG("Exit with 1 when a control of this grade or above fails"), "essential", audit_options_fail_on, false, false, false},
    {"as-of", 0, "DATE", PB_MSG("Day of the audit, YYYY-MM-DD (default: today)"), NULL, NULL, false, false, false},
    {"title", 0, "TEXT", PB_MSG("Name of what is audited, for the report (default: the name of the source)"), NULL, NULL, false, false, false},
    {"since", 0, "FILE", PB_MSG("report.json of an earlier audit: say what is new, mended, better, worse"), NULL, NULL, true, true, false},
    {"against", 0, "FILE", PB_MSG("report.json of another source or a peer: set the two side by side"), NULL, NULL, false, true, false},
    {"target", 0, "FILE", PB_MSG("YAML file with the marks and shares to reach (see doc/target.md): say what is missing"), NULL, NULL, false, true, false},
    {"hourly-rate", 0, "AMOUNT", PB_MSG("What an hour of work costs, as 40EUR: the plan says what mending costs and is worth"), NULL, NULL, false, false, false},
    {"hours-a-week", 0, "NUMBER", PB_MSG("Hours a week that are given to mending, for the plan: 1 to 10000"), "8", NULL, false, false, false},
    {"check-domains", 0, NULL, PB_MSG("Ask name servers whether the mail domains of customers exist (default: nobody is asked)"), NULL, NULL, false, false, false},
    {"dns", 0, "SERVERS", PB_MSG("With --check-domains: name servers to ask, address or address:port, separated by commas (default: the system's)"), NULL, NULL, false, false, false},
    {"memory", 0, "AMOUNT", PB_MSG("What comparing records may take, as 2GB; the rest lies in nameless temporary files under TMPDIR (default: half of the machine's memory)"), NULL, NULL, false, false, false},
    {"show-values", 0, NULL, PB_MSG("Show personal values in samples and lists as they are (default: masked)"), NULL, NULL, false, false, false},
    GROUP_SOURCE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument audit_arguments[] = {
    {"SOURCE", PB_MSG("CSV, XLSX, JSON or vCard file, ZIP or folder of them, URL of a database, or workspace"), NULL, true, false, true},
    {.name = NULL}};
static const cli_example audit_examples[] = {
    {"probity audit export/", PB_MSG("Audit all tables of a folder")},
    {"probity audit export.zip contacts.xlsx leads.jsonl", PB_MSG("Audit an archive, a workbook and JSON Lines together")},
    {"probity audit contacts.csv deals.csv --lang zh-CN --out report", PB_MSG("Audit two files and report in Chinese")},
    {"probity audit postgres://auditor@crm.example.com/odoo --password-file secret.txt", PB_MSG("Audit a live database, read-only")},
    {"probity audit export/ --map map.yaml --fail-on important", PB_MSG("Say what columns are, and fail on important findings too")},
    {.line = NULL}};
static const cli_exit audit_exits[] = {
    {0, PB_MSG("Nothing fails at the grade of --fail-on or above")},
    {1, PB_MSG("Something does")},
    {2, PB_MSG("The audit could not be made; standard error says why and what to do")},
    {.says = NULL}};
static const cli_option compare_options[] = {
    {"format", 0, "LIST", PB_MSG("Comparisons to write: html, json, separated by commas, all, or none"), "html,json", NULL, false, false, false},
    {"out", 0, "DIR", PB_MSG("Folder for comparison.html and comparison.json"), "comparison", NULL, false, true, false},
    {"controls", 0, "DIR", PB_MSG("Add or replace controls by the YAML files of this folder"), NULL, NULL, true, true, false},
    {"as-of", 0, "DATE", PB_MSG("Day of the audit of sources, YYYY-MM-DD (default: today)"), NULL, NULL, false, false, false},
    {"fail-if-worse", 0, NULL, PB_MSG("Exit with 1 when the first has the lower mark, or none while the second has one"), NULL, NULL, false, false, false},
    GROUP_SOURCE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument compare_arguments[] = {
    {"FIRST", PB_MSG("report.json, or a file, ZIP, folder, URL of a database, or workspace"), NULL, false, false, true},
    {"SECOND", PB_MSG("The other: the same choice"), NULL, false, false, true},
    {.name = NULL}};
static const cli_example compare_examples[] = {
    {"probity compare june/report.json may/report.json", PB_MSG("Compare two reports, without auditing again")},
    {"probity compare old-crm/ new-crm/", PB_MSG("Audit the exports of two systems by the same rules and compare them")},
    {"probity compare export/ baseline.json --fail-if-worse --quiet", PB_MSG("Fail a nightly check when the data got worse")},
    {.line = NULL}};
static const cli_exit compare_exits[] = {
    {0, PB_MSG("The two were compared")},
    {1, PB_MSG("With --fail-if-worse: the first is worse")},
    {2, PB_MSG("They could not be compared; standard error says why and what to do")},
    {.says = NULL}};
static const cli_option duplicates_options[] = {
    {"entity", 0, "ENTITY", PB_MSG("Entity to search (default: all that can have duplicates)"), NULL, NULL, false, false, false},
    {"threshold", 0, "NUMBER", PB_MSG("How sure a pair must be, 0.5 to 1 (default: as declared, `find`, without that 0.6)"), NULL, NULL, false, false, false},
    {"pairs", 0, "FILE", PB_MSG("Write the pairs as CSV: left_id,right_id,score"), NULL, NULL, false, true, false},
    {"clusters", 0, "FILE", PB_MSG("Write every record's cluster as CSV: id,cluster"), NULL, NULL, false, true, false},
    {"explain", 0, "ID", PB_MSG("Show how the comparison of two records, --explain ID ID, comes to its probability"), NULL, NULL, false, false, false},
    {"memory", 0, "AMOUNT", PB_MSG("What comparing records may take, as 2GB; the rest lies in nameless temporary files under TMPDIR (default: half of the machine's memory)"), NULL, NULL, false, false, false},
    {"queue", 0, NULL, PB_MSG("Put likely pairs of a workspace into its review queue"), NULL, NULL, false, false, false},
    GROUP_SOURCE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument duplicates_arguments[] = {
    {"SOURCE", PB_MSG("CSV, XLSX, JSON or vCard file, ZIP or folder of them, URL of a database, or workspace"), NULL, true, false, true},
    {.name = NULL}};
static const cli_example duplicates_examples[] = {
    {"probity duplicates contacts.csv --pairs pairs.csv --clusters clusters.csv", PB_MSG("Write all pairs and clusters of a file")},
    {"probity duplicates contacts.csv --explain C-17 C-204", PB_MSG("See why two records are called one, or not")},
    {"probity duplicates customers --queue", PB_MSG("Fill the review queue of a workspace")},
    {.line = NULL}};
static const cli_exit duplicates_exits[] = {
    {.says = NULL}};
static const char *const review_options_decide[] = {"same", "different", "unsure", "open", NULL};
static const char *const review_options_state[] = {"open", "same", "different", "unsure", NULL};
static const cli_option review_options[] = {
    {"next", 0, NULL, PB_MSG("Show the surest pair that waits, side by side, with the weight of every comparison"), NULL, NULL, false, false, false},
    {"pair", 0, "ID", PB_MSG("Show one pair, --pair ID ID: by id, source id or name"), NULL, NULL, false, false, false},
    {"decide", 0, "DECISION", PB_MSG("Decide the pair; open takes a decision back"), NULL, review_options_decide, false, false, false},
    {"reason", 0, "TEXT", PB_MSG("Why, for the ledger"), NULL, NULL, false, false, false},
    {"quality", 0, NULL, PB_MSG("Precision and recall of the search as far as decisions tell, by script and by what agrees"), NULL, NULL, false, false, false},
    {"state", 0, "STATE", PB_MSG("List pairs of this state (default: open)"), NULL, review_options_state, false, false, false},
    {"entity", 0, "ENTITY", PB_MSG("Only this kind of record (default: all)"), NULL, NULL, false, false, false},
    {"threshold", 0, "NUMBER", PB_MSG("With --quality: how sure a pair must be to be called a duplicate, 0.5 to 1 (default: as declared)"), NULL, NULL, false, false, false},
    {"limit", 0, "NUMBER", PB_MSG("Pairs to list at most"), "20", NULL, false, false, false},
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument review_arguments[] = {
    {"WORKSPACE", PB_MSG("The workspace, and behind --pair the second record"), NULL, true, false, true},
    {.name = NULL}};
static const cli_example review_examples[] = {
    {"probity review customers", PB_MSG("See what waits")},
    {"probity review customers --next", PB_MSG("Look at the surest pair")},
    {"probity review customers --pair C-17 C-204 --decide different --reason \"mother and daughter\"", PB_MSG("Say that two are not one")},
    {"probity review customers --quality --json", PB_MSG("Read the quality of the search with a program")},
    {.line = NULL}};
static const cli_exit review_exits[] = {
    {.says = NULL}};
static const cli_option init_options[] = {
    GROUP_KEY
    {.name = NULL}};
static const cli_argument init_arguments[] = {
    {"WORKSPACE", PB_MSG("Folder to make; it must not exist, or be empty"), NULL, false, false, true},
    {.name = NULL}};
static const cli_example init_examples[] = {
    {"probity init customers", PB_MSG("Make a workspace; its key goes into a file in your configuration folder")},
    {"probity init customers --passphrase", PB_MSG("Make a workspace that a passphrase opens")},
    {.line = NULL}};
static const cli_exit init_exits[] = {
    {.says = NULL}};
static const cli_option move_options[] = {
    {"take-back", 0, NULL, PB_MSG("Open FROM to writing again: the copy is lost, or is not wanted"), NULL, NULL, false, false, false},
    GROUP_KEY
    {.name = NULL}};
static const cli_argument move_arguments[] = {
    {"FROM", PB_MSG("The workspace: a folder or the URL of a database"), NULL, false, false, true},
    {"TO", PB_MSG("Folder to make, or URL of an empty database"), NULL, false, true, true},
    {.name = NULL}};
static const cli_example move_examples[] = {
    {"probity move customers postgres:///customers", PB_MSG("Go from a folder to a database server")},
    {"probity move customers --take-back", PB_MSG("Go on where the workspace was before")},
    {.line = NULL}};
static const cli_exit move_exits[] = {
    {.says = NULL}};
static const char *const import_options_duplicates[] = {"warn", "refuse", "ignore", NULL};
static const cli_option import_options[] = {
    {"dry-run", 0, NULL, PB_MSG("Do everything but keep nothing, and tell what would happen"), NULL, NULL, false, false, false},
    {"duplicates", 0, "WHAT", PB_MSG("What to do with rows that are likely the same as a record that is there or an earlier row (default: as declared)"), NULL, import_options_duplicates, false, false, false},
    {"duplicate-threshold", 0, "NUMBER", PB_MSG("How sure it must be, 0.5 to 1 (default: as declared)"), NULL, NULL, false, false, false},
    {"again", 0, NULL, PB_MSG("Import files too that were imported before (default: they are passed over)"), NULL, NULL, false, false, false},
    {"rejects", 0, "FILE", PB_MSG("Write the rejected rows and their reasons as CSV"), NULL, NULL, false, true, false},
    {"rejected-rows", 0, "DIR", PB_MSG("Write the rejected rows with all their columns as CSV files, to be mended and imported again"), NULL, NULL, false, true, false},
    GROUP_SOURCE
    GROUP_WORKSPACE
    GROUP_KEY
    {.name = NULL}};
static const cli_argument import_arguments[] = {
    {"SOURCE", PB_MSG("CSV, XLSX, JSON or vCard file, ZIP or folder of them, or URL of a database"), NULL, true, false, true},
    {.name = NULL}};
static const cli_example import_examples[] = {
    {"probity import export/ --workspace customers --dry-run", PB_MSG("Rehearse an import")},
    {.line = NULL}};
static const cli_exit import_exits[] = {
    {.says = NULL}};
static const cli_option fix_options[] = {
    {"control", 0, "ID", PB_MSG("Only what this control proposes (default: all controls)"), NULL, NULL, true, false, false},
    {"dry-run", 0, NULL, PB_MSG("Show what would be changed and change nothing"), NULL, NULL, false, false, false},
    {"out", 0, "DIR", PB_MSG("Folder for corrected copies of files"), "fixed", NULL, false, true, false},
    {"diff", 0, "FILE", PB_MSG("Write every change as CSV: control, record, field, before, after"), NULL, NULL, false, true, false},
    {"map", 0, "FILE", PB_MSG("YAML file that says what the columns are"), NULL, NULL, false, true, false},
    {"controls", 0, "DIR", PB_MSG("Add or replace controls by the YAML files of this folder"), NULL, NULL, true, true, false},
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument fix_arguments[] = {
    {"SOURCE", PB_MSG("Files, folders, or one workspace"), NULL, true, false, true},
    {.name = NULL}};
static const cli_example fix_examples[] = {
    {"probity fix export/ --control DQ-MISSPELT --dry-run", PB_MSG("See which spellings would be mended")},
    {"probity fix customers --control DQ-STANDARD-FORM", PB_MSG("Bring the values of a workspace into standard form")},
    {.line = NULL}};
static const cli_exit fix_exits[] = {
    {.says = NULL}};
static const cli_option merge_options[] = {
    {"into", 0, "RECORD", PB_MSG("The record that survives (default: the fullest, then the newest)"), NULL, NULL, false, false, false},
    {"take", 0, "FIELD=RECORD", PB_MSG("Take the value of a field from that record"), NULL, NULL, true, false, false},
    {"entity", 0, "ENTITY", PB_MSG("Kind of the records, where their names do not say it"), NULL, NULL, false, false, false},
    {"clusters", 0, "FILE", PB_MSG("Merge each cluster of this list, as `probity duplicates --clusters` writes it"), NULL, NULL, false, true, false},
    {"pairs", 0, "FILE", PB_MSG("Merge what the pairs of this list hold together, as `probity duplicates --pairs` writes it"), NULL, NULL, false, true, false},
    {"decided", 0, NULL, PB_MSG("Merge the pairs of the review queue that were said to be one; with --entity"), NULL, NULL, false, false, false},
    {"threshold", 0, "NUMBER", PB_MSG("How sure a pair of a list must be, 0.5 to 1"), "0.9", NULL, false, false, false},
    {"dry-run", 0, NULL, PB_MSG("Do everything but keep nothing, and tell what would happen"), NULL, NULL, false, false, false},
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument merge_arguments[] = {
    {"WORKSPACE", PB_MSG("The workspace"), NULL, false, false, true},
    {"RECORD", PB_MSG("Two records or more: their ids, the source's own ids, or their names"), NULL, true, true, false},
    {.name = NULL}};
static const cli_example merge_examples[] = {
    {"probity merge customers C-17 C-204 --dry-run", PB_MSG("See what a merge would come to")},
    {"probity merge customers C-17 C-204 --into C-17 --take phone=C-204", PB_MSG("Choose survivor and value by hand")},
    {"probity merge customers --pairs pairs.csv --threshold 0.99 --entity contact", PB_MSG("Merge all pairs that are sure")},
    {.line = NULL}};
static const cli_exit merge_exits[] = {
    {.says = NULL}};
static const cli_option unmerge_options[] = {
    {"entity", 0, "ENTITY", PB_MSG("Kind of the record, where its name does not say it"), NULL, NULL, false, false, false},
    {"dry-run", 0, NULL, PB_MSG("Do everything but keep nothing, and tell what would happen"), NULL, NULL, false, false, false},
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument unmerge_arguments[] = {
    {"WORKSPACE", PB_MSG("The workspace"), NULL, false, false, true},
    {"RECORD", PB_MSG("The survivor, or the id of a record that was merged into it"), NULL, false, false, false},
    {.name = NULL}};
static const cli_example unmerge_examples[] = {
    {"probity unmerge customers C-17", PB_MSG("Bring back what was merged into C-17")},
    {.line = NULL}};
static const cli_exit unmerge_exits[] = {
    {.says = NULL}};
static const cli_option runs_options[] = {
    GROUP_WORKSPACE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument runs_arguments[] = {
    {.name = NULL}};
static const cli_example runs_examples[] = {
    {"probity runs -w customers", PB_MSG("See what was brought in, by whom, and whether it still holds")},
    {.line = NULL}};
static const cli_exit runs_exits[] = {
    {.says = NULL}};
static const cli_option undo_options[] = {
    {"dry-run", 0, NULL, PB_MSG("Tell what would be taken back and change nothing"), NULL, NULL, false, false, false},
    GROUP_WORKSPACE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument undo_arguments[] = {
    {"RUN", PB_MSG("Number of the run, as `probity runs` lists it"), NULL, false, false, false},
    {.name = NULL}};
static const cli_example undo_examples[] = {
    {"probity undo 3 -w customers --dry-run", PB_MSG("Rehearse taking run 3 back")},
    {.line = NULL}};
static const cli_exit undo_exits[] = {
    {.says = NULL}};
static const cli_option show_options[] = {
    GROUP_WORKSPACE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument show_arguments[] = {
    {"ENTITY", PB_MSG("Kind of record: contact, account, …"), NULL, false, false, false},
    {"RECORD", PB_MSG("Its id, the source's own id, or its name"), NULL, false, false, false},
    {.name = NULL}};
static const cli_example show_examples[] = {
    {"probity show account \"Acme Corporation\" -w customers", PB_MSG("Show one organisation")},
    {.line = NULL}};
static const cli_exit show_exits[] = {
    {.says = NULL}};
static const cli_option find_options[] = {
    {"entity", 0, "ENTITY", PB_MSG("Only this kind of record (default: all)"), NULL, NULL, false, false, false},
    {"limit", 0, "NUMBER", PB_MSG("Records to show at most, 1 to 500"), "20", NULL, false, false, false},
    GROUP_WORKSPACE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument find_arguments[] = {
    {"WORD", PB_MSG("Words to find; beginnings, pinyin and initials are enough"), NULL, true, false, false},
    {.name = NULL}};
static const cli_example find_examples[] = {
    {"probity find wang xm -w customers", PB_MSG("Find 王小明 by pinyin")},
    {.line = NULL}};
static const cli_exit find_exits[] = {
    {.says = NULL}};
static const cli_option export_options[] = {
    {"entity", 0, "ENTITY", PB_MSG("Only this kind of record (default: all that have records)"), NULL, NULL, true, false, false},
    {"out", 0, "DIR", PB_MSG("Folder for the files"), "export", NULL, false, true, false},
    GROUP_WORKSPACE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument export_arguments[] = {
    {.name = NULL}};
static const cli_example export_examples[] = {
    {"probity export -w customers --out export", PB_MSG("Export everything")},
    {.line = NULL}};
static const cli_exit export_exits[] = {
    {.says = NULL}};
static const cli_option backup_options[] = {
    {"to", 0, "PLACE", PB_MSG("Place for the backup (default: those declared with `probity backups --declare`)"), NULL, NULL, true, true, false},
    {"log", 0, NULL, PB_MSG("Send only what was written to the kept log since: seconds of work, for short intervals"), NULL, NULL, false, false, false},
    {"if-due", 0, NULL, PB_MSG("Leave out places whose newest backup is younger than declared: for timers"), NULL, NULL, false, false, false},
    {"write-timer", 0, "DIR", PB_MSG("Back nothing up, but write units of systemd for backups and drills as declared"), NULL, NULL, false, true, false},
    {"write-pgbackrest", 0, "DIR", PB_MSG("Back nothing up, but write the configuration of pgbackrest, which brings a server back to any moment"), NULL, NULL, false, true, false},
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument backup_arguments[] = {
    {"WORKSPACE", PB_MSG("The workspace"), NULL, false, false, true},
    {.name = NULL}};
static const cli_example backup_examples[] = {
    {"probity backup customers --to /media/safe/probity", PB_MSG("Back up to a folder on another disk")},
    {"probity backup customers --to /media/safe/probity --to sftp://backup@vault.example.com/probity", PB_MSG("Back up to two places at once")},
    {"probity backup customers --write-timer units", PB_MSG("Have systemd back up and drill as declared")},
    {.line = NULL}};
static const cli_exit backup_exits[] = {
    {.says = NULL}};
static const cli_option backups_options[] = {
    {"declare", 0, "FILE", PB_MSG("YAML file with places, every, keep, keep_log, lose_at_most, recover_within, drill_every"), NULL, NULL, false, true, false},
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument backups_arguments[] = {
    {"WORKSPACE", PB_MSG("The workspace"), NULL, false, false, true},
    {.name = NULL}};
static const cli_example backups_examples[] = {
    {"probity backups customers", PB_MSG("See whether the backups are young enough")},
    {"probity backups customers --declare backups.yaml", PB_MSG("Say how the workspace is to be backed up")},
    {.line = NULL}};
static const cli_exit backups_exits[] = {
    {0, PB_MSG("Every declared place has a backup that is young enough")},
    {1, PB_MSG("One has not")},
    {2, PB_MSG("The state could not be told; standard error says why and what to do")},
    {.says = NULL}};
static const cli_option restore_options[] = {
    {"from", 0, "PLACE", PB_MSG("Place of the backup"), NULL, NULL, false, true, true},
    {"into", 0, "WORKSPACE", PB_MSG("The new workspace, a folder or postgres://…; there must be nothing yet"), NULL, NULL, false, true, true},
    {"time", 0, "TIME", PB_MSG("Moment to go back to, as 2026-11-22T08:30:00Z (default: the newest state)"), NULL, NULL, false, false, false},
    {"id", 0, "ID", PB_MSG("Id of the workspace, where the place has backups of several"), NULL, NULL, false, false, false},
    {"ledger", 0, "WORKSPACE", PB_MSG("The workspace as it is now, to learn what was erased since"), NULL, NULL, false, true, false},
    {"unknown-erasures", 0, NULL, PB_MSG("Finish although nobody knows what was erased after the newest list; the ledger will say so"), NULL, NULL, false, false, false},
    GROUP_KEY
    {.name = NULL}};
static const cli_argument restore_arguments[] = {
    {.name = NULL}};
static const cli_example restore_examples[] = {
    {"probity restore --from /media/safe/probity --into customers --unknown-erasures", PB_MSG("Bring back a workspace whose disk was lost")},
    {"probity restore --from /media/safe/probity --time 2026-11-22T08:30:00Z --ledger customers --into earlier", PB_MSG("See how things were")},
    {.line = NULL}};
static const cli_exit restore_exits[] = {
    {.says = NULL}};
static const char *const drill_options_fault[] = {"none", "lost-disk", "torn-page", "flipped-bit-database", "flipped-bit-backup", "flipped-bit-manifest", "missing-piece", "wrong-key", "full-target", "old-copy", "all", NULL};
static const cli_option drill_options[] = {
    {"from", 0, "PLACE", PB_MSG("Place of the backup (default: every place there is)"), NULL, NULL, false, true, false},
    {"fault", 0, "FAULT", PB_MSG("Fault to simulate; all for each of them in turn (default: none)"), NULL, drill_options_fault, true, false, false},
    {"if-due", 0, NULL, PB_MSG("Leave out places whose newest drill is younger than declared: for timers"), NULL, NULL, false, false, false},
    {"pgbackrest", 0, "FILE", PB_MSG("Drill the repository of this configuration of pgbackrest instead: restored, started as a server of its own, verified"), NULL, NULL, false, true, false},
    {"time", 0, "TIME", PB_MSG("With --pgbackrest: the moment to go back to (default: the newest state)"), NULL, NULL, false, false, false},
    GROUP_KEY
    {.name = NULL}};
static const cli_argument drill_arguments[] = {
    {"WORKSPACE", PB_MSG("The workspace"), NULL, false, false, true},
    {.name = NULL}};
static const cli_example drill_examples[] = {
    {"probity drill customers", PB_MSG("See whether the backups bring everything back in time")},
    {"probity drill customers --fault all", PB_MSG("See whether every kind of damage would be noticed")},
    {.line = NULL}};
static const cli_exit drill_exits[] = {
    {0, PB_MSG("Everything came back in time, and every fault was noticed")},
    {1, PB_MSG("Something did not, or was not, or a drill could not be run")},
    {2, PB_MSG("Nothing could be drilled or filed; standard error says why and what to do")},
    {.says = NULL}};
static const cli_option standby_options[] = {
    {"from", 0, "PLACE", PB_MSG("Place the primary backs up to (default: as before); on PostgreSQL the URL of the primary"), NULL, NULL, false, true, false},
    {"once", 0, NULL, PB_MSG("Bring it forward once (default)"), NULL, NULL, false, false, false},
    {"follow", 0, NULL, PB_MSG("Go on bringing it forward until the process is asked to end"), NULL, NULL, false, false, false},
    {"every", 0, "SECONDS", PB_MSG("With --follow: how often the place is asked, 1 to 86400"), "5", NULL, false, false, false},
    {"status", 0, NULL, PB_MSG("Say how far it is and how far behind, and change nothing"), NULL, NULL, false, false, false},
    {"promote", 0, NULL, PB_MSG("Take over: from here on this is the primary"), NULL, NULL, false, false, false},
    {"accept-loss", 0, "EVENTS", PB_MSG("With --promote: take over although so many events are lost; unknown when nobody knows how many"), NULL, NULL, false, false, false},
    {"id", 0, "ID", PB_MSG("Id of the workspace, where the place has backups of several"), NULL, NULL, false, false, false},
    {"config", 0, "DIR", PB_MSG("On PostgreSQL: write the settings that both servers need into this folder"), NULL, NULL, false, true, false},
    {"password-file", 0, "FILE", PB_MSG("File whose first line is the password of the database"), NULL, NULL, false, true, false},
    GROUP_KEY
    {.name = NULL}};
static const cli_argument standby_arguments[] = {
    {"WORKSPACE", PB_MSG("The standby: a folder (made when it is missing), or the URL of the server that follows"), NULL, false, false, true},
    {.name = NULL}};
static const cli_example standby_examples[] = {
    {"probity standby second --from /media/safe/probity", PB_MSG("Build a standby or bring it forward")},
    {"probity standby second --from sftp://backup@vault.example.com/probity --follow --every 10", PB_MSG("Follow a primary on another machine")},
    {"probity standby second --status", PB_MSG("See how far behind it is")},
    {"probity standby second --promote", PB_MSG("Take over from a primary that is lost")},
    {.line = NULL}};
static const cli_exit standby_exits[] = {
    {0, PB_MSG("It was done, or told")},
    {1, PB_MSG("With --status: it does not follow")},
    {2, PB_MSG("It could not be done; standard error says why and what to do")},
    {.says = NULL}};
static const cli_option upgrade_options[] = {
    {"dry-run", 0, NULL, PB_MSG("Rehearse and tell what would be done; change nothing"), NULL, NULL, false, false, false},
    {"without-places", 0, NULL, PB_MSG("Send nothing to the places of backups; the copy beside is then the only one of the former state"), NULL, NULL, false, false, false},
    {"password-file", 0, "FILE", PB_MSG("File whose first line is the password of the database"), NULL, NULL, false, true, false},
    GROUP_KEY
    {.name = NULL}};
static const cli_argument upgrade_arguments[] = {
    {"WORKSPACE", PB_MSG("The workspace"), NULL, false, false, true},
    {.name = NULL}};
static const cli_example upgrade_examples[] = {
    {"probity upgrade customers --dry-run", PB_MSG("See what is missing and whether it would work")},
    {"probity upgrade customers", PB_MSG("Bring it up to date")},
    {"probity upgrade customers --without-places", PB_MSG("The same while the place of backups cannot be reached")},
    {.line = NULL}};
static const cli_exit upgrade_exits[] = {
    {.says = NULL}};
static const char *const jobs_options_add[] = {"audit", "backup", "drill", "duplicates", NULL};
static const char *const jobs_options_state[] = {"waiting", "running", "done", "failed", "cancelled", NULL};
static const cli_option jobs_options[] = {
    {"add", 0, "KIND", PB_MSG("Add a job of this kind"), NULL, jobs_options_add, false, false, false},
    {"with", 0, "NAME=VALUE", PB_MSG("With --add: an option of its command, without the dashes, such as out=/srv/reports; a flag by its name alone"), NULL, NULL, true, false, false},
    {"every", 0, "TIME", PB_MSG("With --add: again and again at this distance, as 90s, 15m, 24h, 7d or 4w (default: once)"), NULL, NULL, false, false, false},
    {"at", 0, "TIME", PB_MSG("With --add: when it is first due, as 2026-11-22T08:30:00Z (default: now)"), NULL, NULL, false, false, false},
    {"tries", 0, "NUMBER", PB_MSG("With --add: how often it is tried before it counts as failed, 1 to 100"), "5", NULL, false, false, false},
    {"cancel", 0, "JOB", PB_MSG("Take this job off the list; who is at it stops"), NULL, NULL, false, false, false},
    {"again", 0, "JOB", PB_MSG("Have this job done once more, now, with all its tries"), NULL, NULL, false, false, false},
    {"state", 0, "STATE", PB_MSG("List only jobs in this state"), NULL, jobs_options_state, false, false, false},
    {"limit", 0, "NUMBER", PB_MSG("How many of the jobs that are over are listed, 1 to 100000"), "20", NULL, false, false, false},
    {"password-file", 0, "FILE", PB_MSG("File whose first line is the password of the database"), NULL, NULL, false, true, false},
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument jobs_arguments[] = {
    {"WORKSPACE", PB_MSG("The workspace"), NULL, false, false, true},
    {.name = NULL}};
static const cli_example jobs_examples[] = {
    {"probity jobs customers", PB_MSG("See what waits and what came of the rest")},
    {"probity jobs customers --add backup --every 1h", PB_MSG("Back up what is due every hour")},
    {"probity jobs customers --add audit --with out=/srv/reports --every 7d", PB_MSG("Audit once a week")},
    {.line = NULL}};
static const cli_exit jobs_exits[] = {
    {0, PB_MSG("No job failed")},
    {1, PB_MSG("The list has one that failed")},
    {2, PB_MSG("It could not be done; standard error says why and what to do")},
    {.says = NULL}};
static const cli_option work_options[] = {
    {"once", 0, NULL, PB_MSG("Do one job at most, then end"), NULL, NULL, false, false, false},
    {"until-empty", 0, NULL, PB_MSG("End when no job is due any more"), NULL, NULL, false, false, false},
    {"kinds", 0, "LIST", PB_MSG("Do only jobs of these kinds, separated by commas (default: all)"), NULL, NULL, false, false, false},
    {"lease", 0, "SECONDS", PB_MSG("For how long a worker may be silent before its job is given to another, 2 to 3600"), "60", NULL, false, false, false},
    {"pause", 0, "SECONDS", PB_MSG("Before a job is tried a second time; doubles with each try, to an hour at most; 1 to 3600"), "30", NULL, false, false, false},
    {"look", 0, "SECONDS", PB_MSG("How often to look for work where none is due, 1 to 3600"), "2", NULL, false, false, false},
    {"password-file", 0, "FILE", PB_MSG("File whose first line is the password of the database"), NULL, NULL, false, true, false},
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument work_arguments[] = {
    {"WORKSPACE", PB_MSG("The workspace"), NULL, false, false, true},
    {.name = NULL}};
static const cli_example work_examples[] = {
    {"probity work customers", PB_MSG("Do what is due until the process is asked to end")},
    {"probity work customers --until-empty --kinds backup,drill", PB_MSG("Do the backups and drills that are due")},
    {.line = NULL}};
static const cli_exit work_exits[] = {
    {0, PB_MSG("It ended as it was asked to")},
    {1, PB_MSG("With --once or --until-empty: a job did not go well")},
    {2, PB_MSG("It could not go on; standard error says why and what to do")},
    {.says = NULL}};
static const char *const serve_options_log[] = {"slow", "all", NULL};
static const cli_option serve_options[] = {
    {"workspace", 'w', "DIR", PB_MSG("The workspace (default: the folder one is in)"), ".", NULL, false, true, false},
    {"listen", 0, "ADDRESS", PB_MSG("HOST:PORT for TLS, http://127.0.0.1:PORT without TLS for this machine only, or unix:PATH (default: localhost:8443); port 0: any that is free"), NULL, NULL, true, false, false},
    {"certificate", 0, "FILE", PB_MSG("PEM file with your certificate and what leads to its root"), NULL, NULL, false, true, false},
    {"certificate-key", 0, "FILE", PB_MSG("PEM file with the key of --certificate"), NULL, NULL, false, true, false},
    {"proxy", 0, NULL, PB_MSG("A proxy stands before every address: believe its X-Real-IP and X-Forwarded-Proto"), NULL, NULL, false, false, false},
    {"report", 0, "FILE", PB_MSG("Show this report of an audit (HTML) at /report, to everybody"), NULL, NULL, false, true, false},
    {"metrics-listen", 0, "ADDRESS", PB_MSG("Tell metrics and health, and nothing else, at this address, too"), NULL, NULL, false, false, false},
    {"metrics-token", 0, "FILE", PB_MSG("Tell metrics to who bears the token in the first line of this file"), NULL, NULL, false, true, false},
    {"log", 0, "WHAT", PB_MSG("Requests to log: those that were slow or failed here, or all"), "slow", serve_options_log, false, false, false},
    {"slow", 0, "MS", PB_MSG("A request that takes longer is logged, 1 to 600000"), "1000", NULL, false, false, false},
    {"connections", 0, "NUMBER", PB_MSG("Connections open at once, 10 to 1000000"), "12000", NULL, false, false, false},
    {"per-address", 0, "NUMBER", PB_MSG("Connections open at once from one address, 1 to 1000000"), "256", NULL, false, false, false},
    {"workers", 0, "NUMBER", PB_MSG("Threads for requests that may wait, 2 to 256; one client has half of them at most"), "8", NULL, false, false, false},
    {"head-seconds", 0, "SECONDS", PB_MSG("How long the head of a request may take, 1 to 3600"), "10", NULL, false, false, false},
    {"body-seconds", 0, "SECONDS", PB_MSG("How long a body may take, besides a second for each 32 KiB, 1 to 3600"), "20", NULL, false, false, false},
    {"idle-seconds", 0, "SECONDS", PB_MSG("How long a connection may be silent between requests, 1 to 3600"), "75", NULL, false, false, false},
    {"drain", 0, "SECONDS", PB_MSG("How long what is being answered may take at the end, 1 to 3600"), "30", NULL, false, false, false},
    {"allow", 0, "DIR", PB_MSG("Keep this folder within reach, too, such as a place of backups"), NULL, NULL, true, true, false},
    {"no-sandbox", 0, NULL, PB_MSG("Keep all files within reach that the user may open"), NULL, NULL, false, false, false},
    {"write-unit", 0, "DIR", PB_MSG("Write a service of systemd that serves so into this folder, and end"), NULL, NULL, false, true, false},
    {"password-file", 0, "FILE", PB_MSG("File whose first line is the password of the database"), NULL, NULL, false, true, false},
    GROUP_KEY
    {.name = NULL}};
static const cli_argument serve_arguments[] = {
    {.name = NULL}};
static const cli_example serve_examples[] = {
    {"probity serve --workspace customers", PB_MSG("Serve this machine, with TLS, at https://localhost:8443/")},
    {"probity serve -w customers --listen :443 --certificate crm.pem --certificate-key crm.key", PB_MSG("Serve a network with your certificate")},
    {"probity serve -w customers --listen unix:/run/probity/http --proxy", PB_MSG("Serve nginx, which stands before it")},
    {.line = NULL}};
static const cli_exit serve_exits[] = {
    {0, PB_MSG("It ended as it was asked to, and everything was answered")},
    {2, PB_MSG("It could not go on, or something was not answered in time; standard error says what")},
    {.says = NULL}};
static const cli_option ledger_options[] = {
    {.name = NULL}};
static const cli_argument ledger_arguments[] = {
    {.name = NULL}};
static const cli_example ledger_examples[] = {
    {.line = NULL}};
static const cli_exit ledger_exits[] = {
    {.says = NULL}};
static const cli_option ledger_verify_options[] = {
    GROUP_WORKSPACE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument ledger_verify_arguments[] = {
    {.name = NULL}};
static const cli_example ledger_verify_examples[] = {
    {.line = NULL}};
static const cli_exit ledger_verify_exits[] = {
    {.says = NULL}};
static const cli_option ledger_head_options[] = {
    GROUP_WORKSPACE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument ledger_head_arguments[] = {
    {.name = NULL}};
static const cli_example ledger_head_examples[] = {
    {.line = NULL}};
static const cli_exit ledger_head_exits[] = {
    {.says = NULL}};
static const cli_option ledger_prove_options[] = {
    GROUP_WORKSPACE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument ledger_prove_arguments[] = {
    {"EVENT", PB_MSG("Number of the event, from 0"), NULL, false, false, false},
    {.name = NULL}};
static const cli_example ledger_prove_examples[] = {
    {.line = NULL}};
static const cli_exit ledger_prove_exits[] = {
    {.says = NULL}};
static const cli_option ledger_consistency_options[] = {
    GROUP_WORKSPACE
    GROUP_KEY
    GROUP_READER
    {.name = NULL}};
static const cli_argument ledger_consistency_arguments[] = {
    {"OLD", PB_MSG("Size of the older log"), NULL, false, false, false},
    {"NEW", PB_MSG("Size of the newer log"), NULL, false, false, false},
    {.name = NULL}};
static const cli_example ledger_consistency_examples[] = {
    {.line = NULL}};
static const cli_exit ledger_consistency_exits[] = {
    {.says = NULL}};
static const cli_command ledger_commands[] = {
    {"verify", "ledger verify", PB_MSG("Check every page, event, payload, tree node, signed head and record"), NULL, ledger_verify_arguments, ledger_verify_options, ledger_verify_examples, ledger_verify_exits, NULL, cli_run_ledger_verify},
    {"head", "ledger head", PB_MSG("Print the newest signed head as a signed note"), NULL, ledger_head_arguments, ledger_head_options, ledger_head_examples, ledger_head_exits, NULL, cli_run_ledger_head},
    {"prove", "ledger prove", PB_MSG("Print the proof that an event is in the log"), NULL, ledger_prove_arguments, ledger_prove_options, ledger_prove_examples, ledger_prove_exits, NULL, cli_run_ledger_prove},
    {"consistency", "ledger consistency", PB_MSG("Print the proof that an older log is the beginning of a newer one"), NULL, ledger_consistency_arguments, ledger_consistency_options, ledger_consistency_examples, ledger_consistency_exits, NULL, cli_run_ledger_consistency},
    {.name = NULL}};
static const cli_option controls_options[] = {
    {.name = NULL}};
static const cli_argument controls_arguments[] = {
    {.name = NULL}};
static const cli_example controls_examples[] = {
    {.line = NULL}};
static const cli_exit controls_exits[] = {
    {.says = NULL}};
static const cli_option controls_list_options[] = {
    {"all", 0, NULL, PB_MSG("List a control once for each field and entity that it is asked of"), NULL, NULL, false, false, false},
    {"controls", 0, "DIR", PB_MSG("Add or replace controls by the YAML files of this folder"), NULL, NULL, true, true, false},
    {.name = NULL}};
static const cli_argument controls_list_arguments[] = {
    {.name = NULL}};
static const cli_example controls_list_examples[] = {
    {.line = NULL}};
static const cli_exit controls_list_exits[] = {
    {.says = NULL}};
static const cli_option controls_show_options[] = {
    {"controls", 0, "DIR", PB_MSG("Add or replace controls by the YAML files of this folder"), NULL, NULL, true, true, false},
    {.name = NULL}};
static const cli_argument controls_show_arguments[] = {
    {"CONTROL", PB_MSG("Id of the control"), NULL, false, false, false},
    {.name = NULL}};
static const cli_example controls_show_examples[] = {
    {.line = NULL}};
static const cli_exit controls_show_exits[] = {
    {.says = NULL}};
static const cli_option controls_test_options[] = {
    {"controls", 0, "DIR", PB_MSG("Add or replace controls by the YAML files of this folder"), NULL, NULL, true, true, false},
    {.name = NULL}};
static const cli_argument controls_test_arguments[] = {
    {"CONTROL", PB_MSG("Ids of controls (default: all)"), NULL, true, true, false},
    {.name = NULL}};
static const cli_example controls_test_examples[] = {
    {.line = NULL}};
static const cli_exit controls_test_exits[] = {
    {.says = NULL}};
static const cli_command controls_commands[] = {
    {"list", "controls list", PB_MSG("List all controls"), PB_MSG("Each control once; one that is asked of several fields or entities with their number. With --json always every one of them."), controls_list_arguments, controls_list_options, controls_list_examples, controls_list_exits, NULL, cli_run_controls_list},
    {"show", "controls show", PB_MSG("Show a control in full"), NULL, controls_show_arguments, controls_show_options, controls_show_examples, controls_show_exits, NULL, cli_run_controls_show},
    {"test", "controls test", PB_MSG("Run the fixtures that prove the controls right"), NULL, controls_test_arguments, controls_test_options, controls_test_examples, controls_test_exits, NULL, cli_run_controls_test},
    {.name = NULL}};
static const cli_option presets_options[] = {
    {.name = NULL}};
static const cli_argument presets_arguments[] = {
    {.name = NULL}};
static const cli_example presets_examples[] = {
    {.line = NULL}};
static const cli_exit presets_exits[] = {
    {.says = NULL}};
static const cli_option presets_list_options[] = {
    {"presets", 0, "DIR", PB_MSG("Add the products declared in the YAML files of this folder"), NULL, NULL, true, true, false},
    {.name = NULL}};
static const cli_argument presets_list_arguments[] = {
    {.name = NULL}};
static const cli_example presets_list_examples[] = {
    {.line = NULL}};
static const cli_exit presets_list_exits[] = {
    {.says = NULL}};
static const cli_option presets_show_options[] = {
    {"presets", 0, "DIR", PB_MSG("Add the products declared in the YAML files of this folder"), NULL, NULL, true, true, false},
    {.name = NULL}};
static const cli_argument presets_show_arguments[] = {
    {"PRODUCT", PB_MSG("Name of the product, as the list has it"), NULL, false, false, false},
    {.name = NULL}};
static const cli_example presets_show_examples[] = {
    {.line = NULL}};
static const cli_exit presets_show_exits[] = {
    {.says = NULL}};
static const cli_command presets_commands[] = {
    {"list", "presets list", PB_MSG("List the products whose exports are known"), NULL, presets_list_arguments, presets_list_options, presets_list_examples, presets_list_exits, NULL, cli_run_presets_list},
    {"show", "presets show", PB_MSG("Show which files of a product are known, and which export to make"), NULL, presets_show_arguments, presets_show_options, presets_show_examples, presets_show_exits, NULL, cli_run_presets_show},
    {.name = NULL}};
static const cli_option schema_options[] = {
    {.name = NULL}};
static const char *const schema_arguments_name[] = {"report", "comparison", NULL};
static const cli_argument schema_arguments[] = {
    {"NAME", PB_MSG("report: report.json; comparison: comparison.json"), schema_arguments_name, false, true, false},
    {.name = NULL}};
static const cli_example schema_examples[] = {
    {"probity schema report", PB_MSG("Print the schema that report.json keeps to")},
    {.line = NULL}};
static const cli_exit schema_exits[] = {
    {.says = NULL}};
static const cli_option completion_options[] = {
    {.name = NULL}};
static const char *const completion_arguments_shell[] = {"bash", "zsh", "fish", NULL};
static const cli_argument completion_arguments[] = {
    {"SHELL", PB_MSG("bash, zsh or fish"), completion_arguments_shell, false, false, false},
    {.name = NULL}};
static const cli_example completion_examples[] = {
    {.line = NULL}};
static const cli_exit completion_exits[] = {
    {.says = NULL}};
static const cli_option help_options[] = {
    {.name = NULL}};
static const cli_argument help_arguments[] = {
    {"COMMAND", PB_MSG("Name of the command"), NULL, true, true, false},
    {.name = NULL}};
static const cli_example help_examples[] = {
    {.line = NULL}};
static const cli_exit help_exits[] = {
    {.says = NULL}};
static const cli_option version_options[] = {
    {.name = NULL}};
static const cli_argument version_arguments[] = {
    {.name = NULL}};
static const cli_example version_examples[] = {
    {.line = NULL}};
static const cli_exit version_exits[] = {
    {.says = NULL}};
static const cli_command all_commands[] = {
    {"audit", "audit", PB_MSG("Audit a CRM export and write a graded report"), PB_MSG("Reads the tables of a CRM's export: CSV, workbooks (XLSX, every sheet), JSON Lines and JSON, vCards, ZIP archives of such files, and folders with folders in them. Form, encoding (UTF-8, UTF-16, GB18030, Windows-1252, Windows-1256), delimiter, decimal mark and order of dates are judged from the contents and told in the report, with every file, column and row that was left out and why. A database is read live by its URL, postgres://USER@HOST/DATABASE or mariadb://USER@HOST/DATABASE, in one read-only transaction. Then it maps their columns to the declared entities, sends every row down the same road as any entry into an encrypted workspace that is thrown away afterwards, and runs all controls on it. A workspace of your own can be audited the same way."), audit_arguments, audit_options, audit_examples, audit_exits, NULL, cli_run_audit},
    {"compare", "compare", PB_MSG("Set two sources or two reports side by side"), PB_MSG("Says which of the two has the better mark, and where they differ: marks by area, shares failing control by control, how far fields are filled. Each of the two is a report.json that `probity audit` wrote, or a source, which is audited first, by the rules and on the day of this call; one may be a report and the other a source. `probity audit --against` sets the same comparison into the report of an audit."), compare_arguments, compare_options, compare_examples, compare_exits, NULL, cli_run_compare},
    {"duplicates", "duplicates", PB_MSG("Find records that describe the same customer"), PB_MSG("Compares names in several scripts, e-mail, phone, addresses and dates, learns from the records themselves what agreement is worth, and says how sure it is of every pair. In a workspace, what reviewers decided is heeded: two records that were said to differ are never called one, and what was learned from 1,000 records or more is kept for the gate on entry. With --queue it puts likely pairs, from 0.5 on, into the workspace's review queue, where `probity review` decides them."), duplicates_arguments, duplicates_options, duplicates_examples, duplicates_exits, NULL, cli_run_duplicates},
    {"review", "review", PB_MSG("Decide which likely duplicates are one"), PB_MSG("Lists the pairs that wait, the surest first. A decision lasts: two records that were said to differ are not reported again, neither by the gate on entry nor by a search or an audit, not even when the same rows are imported anew. Every decision is in the ledger. Fifty decisions or more teach the gate how sure is sure; --quality says from them how good the search is."), review_arguments, review_options, review_examples, review_exits, NULL, cli_run_review},
    {"init", "init", PB_MSG("Make a new, encrypted workspace"), NULL, init_arguments, init_options, init_examples, init_exits, NULL, cli_run_init},
    {"move", "move", PB_MSG("Carry a workspace to another place, between engines too"), PB_MSG("Copies everything, reads the copy back, and compares each table's rows, each kind's records, each currency's sums and the ledger's head, which it verifies. Only then the place that was left is closed to writing: two workspaces of one identity that both go on would be two ledgers that both verify. It can still be read; delete it when you no longer want it. The key stays the same."), move_arguments, move_options, move_examples, move_exits, NULL, cli_run_move},
    {"import", "import", PB_MSG("Import an export of another system into a workspace"), PB_MSG("One transaction, all or nothing, whatever the size. Every row is compared with the records that are there and with the rows before it; what is likely one waits in the review queue, and the summary says how many rows were compared with how many records, how, and from how sure on. Few rows among many records are compared one by one; otherwise all are compared at once when they are there, and what is learned of them is kept for the gate on entry. With --duplicates refuse each row is compared as it comes, and a likely duplicate is rejected with the id of the record that it resembles."), import_arguments, import_options, import_examples, import_exits, NULL, cli_run_import},
    {"fix", "fix", PB_MSG("Put in the clean values that controls propose"), PB_MSG("Where a rule knows the clean value (standard forms, spellings of categories, mistyped names of linked records), shows it beside the present one and puts it in. In a workspace that is one run, which `probity undo` takes back; of files it writes corrected copies into a folder and leaves the files as they are."), fix_arguments, fix_options, fix_examples, fix_exits, NULL, cli_run_fix},
    {"merge", "merge", PB_MSG("Merge records that describe the same customer"), PB_MSG("One record survives; of every field the model says whose value wins (survive:), --take says it by hand. What linked to the others links to the survivor, their history stands beside its, and their ids, source ids and names lead to it from then on, also when their source sends them again: what is new goes to the survivor, what clashes waits for review. Of consents the stricter wins. A rehearsal (--dry-run) does all of it, tells field by field what comes from where and who will see more than before, and keeps nothing. Lists of duplicates merge many records at once, as one run that `probity undo` takes back; pairs that a reviewer said are two are left out."), merge_arguments, merge_options, merge_examples, merge_exits, NULL, cli_run_merge},
    {"unmerge", "unmerge", PB_MSG("Take a merge apart"), PB_MSG("Brings back the records that were merged into this one, with what was their own: links that the merge moved go back, values that it took from them too. What was changed since stays where it can be said to belong; what cannot be attributed is listed. Of several merges the newest is taken apart first."), unmerge_arguments, unmerge_options, unmerge_examples, unmerge_exits, NULL, cli_run_unmerge},
    {"runs", "runs", PB_MSG("List imports, corrections, merges and what was taken back"), NULL, runs_arguments, runs_options, runs_examples, runs_exits, NULL, cli_run_runs},
    {"undo", "undo", PB_MSG("Take an import, a correction or a merge back"), PB_MSG("Records that the run made are deleted, values that it changed get what they were before. What somebody worked on since stays as it is and is listed. Merges are taken apart as `probity unmerge` does it. Records that come back are compared with all others: likely duplicates wait in the review queue. The undoing is a run of its own: taking it back brings everything again."), undo_arguments, undo_options, undo_examples, undo_exits, NULL, cli_run_undo},
    {"show", "show", PB_MSG("Show a record with its history"), NULL, show_arguments, show_options, show_examples, show_exits, NULL, cli_run_show},
    {"find", "find", PB_MSG("Find records by words, in any script"), NULL, find_arguments, find_options, find_examples, find_exits, NULL, cli_run_find},
    {"export", "export", PB_MSG("Write the records of a workspace as CSV files"), NULL, export_arguments, export_options, export_examples, export_exits, NULL, cli_run_export},
    {"backup", "backup", PB_MSG("Back a workspace up, while it is in use"), PB_MSG("Everything that leaves is compressed, encrypted and authenticated with keys derived from the workspace's own. Only what a place does not hold yet is sent. A place is a folder (another disk, a mounted medium), s3://BUCKET/PREFIX?endpoint=URL, or sftp://USER@HOST/PATH. Keys for S3 come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or the file that PROBITY_S3_KEYS names (mode 600); those for SFTP from your agent or ~/.ssh, and the server's key must stand in ~/.ssh/known_hosts. Without the workspace's key no backup can be read: keep a copy of it elsewhere. A workspace on a server goes row by row, from one snapshot; any login that may work in it can do that."), backup_arguments, backup_options, backup_examples, backup_exits, NULL, cli_run_backup},
    {"backups", "backups", PB_MSG("List the places of backups and their state"), PB_MSG("Tells of every place how many backups it holds, and whether the newest is young enough. With --declare, says from then on where and how often the workspace is to be backed up, how long backups are kept, how much work may be lost and how long recovery may take."), backups_arguments, backups_options, backups_examples, backups_exits, NULL, cli_run_backups},
    {"restore", "restore", PB_MSG("Bring a workspace back from a backup"), PB_MSG("Builds the workspace anew, checks every piece, every page, the ledger and every record, and compares counts and sums with what they were. What was erased after the backup is erased again before the workspace can be opened. Nothing is ever written over."), restore_arguments, restore_options, restore_examples, restore_exits, NULL, cli_run_restore},
    {"drill", "drill", PB_MSG("Rehearse the loss of a workspace, and file what came of it as evidence"), PB_MSG("Restores the newest backup elsewhere, checks every hash, opens it, verifies ledger and records, compares counts, sums, sampled records and the ledger's head with what they were, and measures how long it took and how much would be lost. With --fault, damages a copy, never the real thing, and says what noticed it. Everything is filed in the ledger of the workspace, where the controls on backups read it."), drill_arguments, drill_options, drill_examples, drill_exits, NULL, cli_run_drill},
    {"standby", "standby", PB_MSG("Follow a workspace on another machine, and take over from it"), PB_MSG("A standby is a folder fed from the place that the primary backs up to (`probity backup --log`, its log kept). It is built from the newest backup and brought forward by the log; it can be read, audited and searched meanwhile, and refuses to be written. With --promote it takes over: it applies what is there, verifies everything, compares with the newest signed head the place knows, and tells the place, which from then on refuses the former primary. On PostgreSQL the server follows by streaming replication; WORKSPACE is then the address of the following server, and --from that of the primary."), standby_arguments, standby_options, standby_examples, standby_exits, NULL, cli_run_standby},
    {"upgrade", "upgrade", PB_MSG("Bring a workspace of an older version up to date"), PB_MSG("What an older version of the program or of the model left out (tables, columns, steps between formats) is added: rehearsed on a copy, which is verified whole, then done in one transaction that proves that everything stored before still is. The former state is kept beside (WORKSPACE.before-upgrade-MOMENT; on a server in a schema), and as a backup at every declared place, where it stays until the next upgrade; when a place cannot take it, nothing is changed. After any failure the workspace is as it was. Commands that write do this by themselves; those that only read say that it is needed."), upgrade_arguments, upgrade_options, upgrade_examples, upgrade_exits, NULL, cli_run_upgrade},
    {"jobs", "jobs", PB_MSG("List the work that is due, add to it, take from it"), PB_MSG("Jobs are kept in the workspace and done by whoever runs `probity work` on it, on any machine that reaches it. Each is one of the commands of this program: audit (the reports go to a folder), backup (of the places that are due), drill (likewise), duplicates (likely pairs go to the review queue). Without an option, lists what waits, what is being done and by whom, and what came of the last of those that are over."), jobs_arguments, jobs_options, jobs_examples, jobs_exits, NULL, cli_run_jobs},
    {"work", "work", PB_MSG("Do the jobs of a workspace"), PB_MSG("Takes one job after the other and does it, as a process of its own. Any number of workers may be at it, on any number of machines where the workspace is on a server: no job is done by two at a time. A worker that dies loses its job when its lease is over, and another tries it again, with growing pauses, until it was tried often enough. Asked to end (SIGTERM, Ctrl-C), a worker stops what it does and gives the job back."), work_arguments, work_options, work_examples, work_exits, NULL, cli_run_work},
    {"serve", "serve", PB_MSG("Serve a workspace over HTTP: people with a browser, programs by its API"), PB_MSG("Listens until it is asked to end (SIGTERM, Ctrl-C); then it takes no new connections, answers what it has, and ends; asked a second time it ends at once. What reaches beyond this machine goes over TLS 1.2 or 1.3: with your certificate, or with one that is made at the first start and kept beside the workspace's key. SIGHUP reads the certificate anew. Clients that are slow, too many or speak HTTP in ways that two programs may understand differently are turned away. Standard error has one JSON object a line, without personal data. Where the system can, the process gives up all files but those it needs (Landlock). For the open Internet, nginx belongs before it: see the manual, “Serving”."), serve_arguments, serve_options, serve_examples, serve_exits, NULL, cli_run_serve},
    {"ledger", "ledger", PB_MSG("Check and prove the log of everything that happened"), NULL, ledger_arguments, ledger_options, ledger_examples, ledger_exits, ledger_commands, NULL},
    {"controls", "controls", PB_MSG("List, show and test the controls"), NULL, controls_arguments, controls_options, controls_examples, controls_exits, controls_commands, NULL},
    {"presets", "presets", PB_MSG("List and show the products whose exports are known"), NULL, presets_arguments, presets_options, presets_examples, presets_exits, presets_commands, NULL},
    {"schema", "schema", PB_MSG("Print the published JSON Schema of a report"), PB_MSG("What programs read is described by JSON Schema (draft 2020-12), one for each form and version: names of members and words of enumerations are stable within a version. Without a name lists those there are."), schema_arguments, schema_options, schema_examples, schema_exits, NULL, cli_run_schema},
    {"completion", "completion", PB_MSG("Print the completion script for a shell"), NULL, completion_arguments, completion_options, completion_examples, completion_exits, NULL, cli_run_completion},
    {"help", "help", PB_MSG("Show help for a command"), NULL, help_arguments, help_options, help_examples, help_exits, NULL, cli_run_help},
    {"version", "version", PB_MSG("Show the version of program, model and controls"), NULL, version_arguments, version_options, version_examples, version_exits, NULL, cli_run_version},
    {.name = NULL}};

const cli_program cli_table = {
    .name = "probity",
    .says = PB_MSG("Keep customer records that survive an audit, and audit any CRM's records the same way."),
    .globals = global_options,
    .commands = all_commands,
};
/* clang-format on */
