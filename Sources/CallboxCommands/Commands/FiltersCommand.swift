internal import ArgumentParser

/// A topic of the help: `callbox help filters`.
struct FiltersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filters",
        abstract: "How filters say which reports are meant.",
        usage: "callbox <command> [<filters>]",
        discussion: """
            list, tail, search, export, stats, replay and archive prune take the same flags. A flag that stands \
            several times means any of its values; different flags mean all.

            WHO AND WHAT
              --provider klavi --provider ezid    of either
              --type pf_income --topic income       both; sources: --source main
              --unrouted                          that no route took
              --verification verified             or unverified, fetched, failed

            WHEN IT ARRIVED
              --since 7d --until 24h              between a week and a day ago
              --since today                       midnight UTC; also yesterday
              --since 2026-11-21T10:00:00Z        or a date alone

            EXTERNALINFO AND IDENTIFIERS, from the index
              --external traceId=t-1              what was given at creation
              --external customization.institutions=033
              --field linkId=l-1 --field linkId=l-2   one of the two
              --field 'amount>=100'               also > < <=: numbers with numbers;
                                                  what is no number as text
              --field 'amount!=100'               no value of it is
              --field 'report_status~^comp'       a regular expression; !~ for not
              --external traceId                  that have it; '!traceId' that do not

            VALUES IN THE BODY, which is opened
              --json-path '$.checkingAccounts[0].brandName=NuBank'
              --json-path '$.accounts[*].balance>1000'    any element
              --json-path "\\$['odd name']!=x"
              --text "banco do brasil"            anywhere, in any case of letters

            = of one name are alternatives; every other comparison has to hold. != and !~ also hold \
            where there is no such name. The index narrows before any body is opened; what retention took is counted \
            as skipped. --explain tells how a query would go about it.

            EXAMPLES
              callbox list --external traceId=t-1 --since 30d
              callbox list --field linkId=l-1 --type pf_income --type pf_credit_card
              callbox list --json-path '$.score<300' --provider klavi --explain
              callbox search maria --verification unverified
            """)

    func run() throws {
        throw CleanExit.helpRequest(Self.self)
    }
}
