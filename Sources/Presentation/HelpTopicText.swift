/// The texts of `callbox help filters` and `callbox help formats`.
package enum HelpTopicText {
    package static let filters = """
        Filters select reports. list, search, tail, stats, export, replay and archive
        prune accept them. Values of one flag are alternatives; conditions of different
        flags must all hold.

        ORIGIN AND TYPE
          --provider klavi --provider ezid     either provider
          --source main                        a configured source
          --type pf_income --topic income      both conditions
          --unrouted                           no route matched
          --verification verified              or unverified, fetched, failed

        TIME OF ARRIVAL
          --since 7d --until 24h               between a week and a day ago
          --since today                        since midnight; also yesterday
          --since 2026-11-21T10:00:00Z         or a date alone, or Unix time
        Dates and times without a zone are local; --utc and --tz ZONE change that.

        EXTERNALINFO AND FIELDS (indexed)
          --external traceId=t-1               a value set when the link was created
          --field linkId=l-1 --field linkId=l-2    either value
          --field 'amount>=100'                also > < <= (numbers compare as numbers)
          --field 'amount!=100'                no value equals 100
          --field 'status~^comp'               a regular expression; !~ negates it
          --external traceId                   the key exists
          --external '!traceId'                the key does not exist

        BODY (requires decompression)
          --json-path '$.checkingAccounts[0].brandName=NuBank'
          --json-path '$.accounts[*].balance>1000'    any element
          --json-path "$['odd name']!=x"
          --text "banco do brasil"             anywhere in the body

        SPELLING
          --external city="sao paulo"          finds São Paulo and SAO PAULO
          --field enquiryCpf=39053344705       finds 390.533.447-05 (CNPJ, SSN …)
          --exact                              compares bytes
        =, != and --text match every spelling; ~, <, > and --exact do not. 'hold add'
        and 'archive prune' always compare bytes.

        Conditions with = on the same name are alternatives; all other conditions must
        hold. != and !~ also match reports without the name. Indexed conditions are
        checked before bodies. If a body that must be read was pruned, its report counts
        as skipped. 'list --explain' shows the query plan.

        EXAMPLES
          callbox list --external traceId=t-1 --since 30d
          callbox list --field linkId=l-1 --type pf_income --type pf_credit_card
          callbox list --json-path '$.score<300' --provider klavi --explain
          callbox search maria --verification unverified
        """

    package static let formats = """
        Output formats and the options that most commands share.

        FORMATS
          -f, --format table     columns for a terminal (default on a terminal)
          -f, --format ndjson    one JSON object per line (default in a pipe)
          -f, --format json      one JSON array, or one object
          -f, --format csv       comma-separated values with a header (RFC 4180)
          --excel                CSV for Excel: semicolons, local times, byte order mark
          --json NAMES           only these members, as JSON (docs/cli-json.md)
          --columns NAMES        only these columns; externalInfo.NAME works too

        Tables mask personal data. On a terminal, list, search, diff, timeline and tail
        mask it in every format; 'show' does not mask JSON, but records the access in
        the audit log. In a pipe, JSON and CSV have full values (docs/cli-json.md).

        TIME
          On a terminal, times are local (TZ), or ages such as 5 min ago.
          In a pipe they are RFC 3339 in UTC.
          --utc                  show times, and read dates, in UTC
          --tz ZONE              use this zone instead, such as America/Sao_Paulo

        CONFIGURATION AND ARCHIVE
          -c, --config FILE      default: $CALLBOX_CONFIG, then ./callbox.yaml
          -a, --archive DIR      default: $CALLBOX_ARCHIVE, then the configuration
          --color WHEN           auto, always or never; auto respects NO_COLOR
          --no-pager             do not page long output ($CALLBOX_PAGER, $PAGER, less)

        IDS
          42                     a delivery
          42.2                   the second report of delivery 42
          q10                    a rejected delivery in the quarantine
          latest                 the newest delivery

        'callbox COMMAND --help-hidden' lists every option of a command.
        """
}
