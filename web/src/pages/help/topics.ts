// What the help says: topics of a few short paragraphs, each with the screens it is about.
import { t } from "../../i18n/text";

export interface Topic {
  id: string;
  title: string;
  says: string[];
  /** Screens it leads to. */
  ways: { path: string; text: string }[];
}

/** The topic of a screen: the longest beginning of its path that is named here. */
const ofScreen: Record<string, string> = {
  "/": "first", "/search": "search", "/duplicates": "duplicates", "/import": "import", "/audit": "audit", "/access": "access", "/access/log": "ledger",
  "/access/ledger": "ledger", "/settings": "settings", "/settings/backups": "backups", "/help": "first",
};

export function topicOf(path: string): string {
  const fits = Object.keys(ofScreen).filter((one) => path === one || (one !== "/" && path.startsWith(`${one}/`)));
  const longest = fits.sort((a, b) => b.length - a.length)[0];
  if (longest) return ofScreen[longest] ?? "first";
  return path.split("/").length > 2 ? "record" : "lists";
}

export function topics(): Topic[] {
  return [
    {
      id: "first",
      title: t("First steps"),
      says: [
        t("Home shows what needs you today: tasks that are due, records that were not looked at for long, findings in your name, likely duplicates."),
        t("Bring your data in by Import: drop a file, look at what would happen, then run it. Everything an import did can be taken back."),
        t("Press Ctrl K anywhere to find a record or a command by a few letters; Chinese names by their pinyin initials, too."),
      ],
      ways: [{ path: "/", text: t("Home") }, { path: "/import", text: t("Import") }],
    },
    {
      id: "search",
      title: t("Searching"),
      says: [
        t("Search looks at names, numbers, addresses of mail and other key fields of all records you may see."),
        t("A name is found in any script: wang xm finds 王小明; Persian is found whatever form of ي or ك it is written with."),
        t("What you may not see is not found, not counted and not hinted at."),
      ],
      ways: [{ path: "/search", text: t("Search") }],
    },
    {
      id: "lists",
      title: t("Lists and views"),
      says: [
        t("A list shows the records of one kind. Click a heading to sort; add filters above it; choose which columns show."),
        t("Save what you set up as a view, for yourself or for your team. The address of the page holds it, too: send it to a colleague."),
        t("Select rows to change or delete many at once. You see first what would happen, and can take it back."),
      ],
      ways: [],
    },
    {
      id: "record",
      title: t("A record and its story"),
      says: [
        t("The page of a record shows what is known and everything that happened: activities, orders, cases, changes, and who looked."),
        t("Change a value where it stands. It is checked at once, by the same rules as everywhere; an error says what is wrong and how to mend it."),
        t("Each value knows where it came from, how old it is and whether it was verified."),
        t("When somebody else saved first, you see both values and choose; nothing is overwritten unseen."),
      ],
      ways: [],
    },
    {
      id: "duplicates",
      title: t("Duplicates and merging"),
      says: [
        t("Likely duplicates are found across Chinese, Persian and Latin names, and put before a person: the program never merges by itself."),
        t("Side by side you see what speaks for one person and what against, with the weight of every comparison."),
        t("A merge takes each value from the record you choose. It says beforehand who will see more by it, and it can be taken apart again."),
      ],
      ways: [{ path: "/duplicates", text: t("Duplicates") }],
    },
    {
      id: "import",
      title: t("Importing, and taking it back"),
      says: [
        t("CSV, Excel, JSON, vCard and ZIP files are understood, in any usual encoding, calendar and number format. What was guessed is shown and can be changed."),
        t("The dry run shows row by row and cell by cell what would be new, changed or refused, and why."),
        t("A run can be undone: what it made goes, what it changed is as before, unless somebody changed it since; that is kept and told."),
      ],
      ways: [{ path: "/import", text: t("Import") }],
    },
    {
      id: "audit",
      title: t("Audits and findings"),
      says: [
        t("An audit looks at your records by a catalogue of controls: accurate, complete, timely, secure, lawful. It says what is wrong, why it matters and what to do first."),
        t("Findings become a work list with owner and due day. The next audit proves what was mended."),
        t("You can audit the export of another system: it is looked at apart from your own data, and forgotten after."),
        t("A control that could not run has not passed; it is said."),
        t("How much a control lets fail can be set for this workspace, with a reason; reports tell it beside what ships."),
      ],
      ways: [{ path: "/audit", text: t("Audit") }, { path: "/audit/controls", text: t("Controls") }],
    },
    {
      id: "access",
      title: t("Who may see what"),
      says: [
        t("Access is decided in one place, by roles. A role holds what it is granted, cut by what the role above holds and passes on."),
        t("Who can see this answers for any field of any record, today or on any day before, and names the rule."),
        t("Access reviews put all that is held before somebody else, who confirms or revokes it."),
      ],
      ways: [{ path: "/access/roles", text: t("Roles") }, { path: "/access/who-can", text: t("Who can see this") }, { path: "/access/reviews", text: t("Reviews") }],
    },
    {
      id: "ledger",
      title: t("The log that cannot be altered unnoticed"),
      says: [
        t("Every change, look, export, sign-in and refusal is an event of the ledger: who, when, from where, what for."),
        t("The events form a tree of hashes whose head is signed. Change one, and the heads given out before do not fit any more."),
        t("The proof of one event can be taken away and checked by anybody, without this program."),
        t("Personal data in the log can still be erased: the tree holds only commitments to it."),
      ],
      ways: [{ path: "/access/log", text: t("Log") }, { path: "/access/ledger", text: t("Ledger") }],
    },
    {
      id: "backups",
      title: t("Backups and drills"),
      says: [
        t("Backups are encrypted and made while the workspace is in use."),
        t("A drill brings one back beside the workspace, with a fault made on purpose, and compares: how long it took, what was lost. It is kept as evidence."),
      ],
      ways: [{ path: "/settings/backups", text: t("Backups and drills") }],
    },
    {
      id: "settings",
      title: t("Fields and kinds of records of your own"),
      says: [
        t("An administrator adds fields and whole kinds of records without programming; they are there at once, for everybody, in lists, forms, search, imports and the interface for programs."),
        t("What nobody uses any more is retired: it disappears from the screens, its values stay."),
      ],
      ways: [{ path: "/settings/entities", text: t("Entities and fields") }, { path: "/settings/connections", text: t("Connections") }],
    },
    {
      id: "privacy",
      title: t("Personal data"),
      says: [
        t("Fields with personal data are marked in the model. Who looks at them is logged; a workspace can ask what for."),
        t("Somebody whose role shows a value masked sees that it is there, not what it is."),
      ],
      ways: [{ path: "/settings", text: t("Settings") }],
    },
  ];
}

/** Keys that work everywhere, or where they are named. */
export function keys(): { keys: string; says: string }[] {
  return [
    { keys: "Ctrl K", says: t("Search records and commands") },
    { keys: "?", says: t("Help about this screen") },
    { keys: "Esc", says: t("Closes a dialog or a menu, and leaves editing") },
    { keys: "Tab", says: t("To the next thing that can be used; with Shift back") },
    { keys: "↑ ↓", says: t("From row to row in lists") },
    { keys: "Enter", says: t("Opens a row, saves a value") },
    { keys: "Ctrl S", says: t("Saves a form") },
  ];
}
