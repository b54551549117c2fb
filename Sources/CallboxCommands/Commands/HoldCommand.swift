internal import ArgumentParser
internal import Journal
internal import Presentation
internal import ReportIndex
internal import TerminalOutput

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Exempt deliveries from retention (legal hold).",
        discussion: "A held delivery is not pruned until its hold is released, even if its 'keep' time is over.",
        subcommands: [Add.self, List.self, Release.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Hold a delivery, or every delivery with a field value.",
            usage: "callbox hold add [<id>] --reason <text> [<options>]",
            discussion: """
                A hold by field or externalInfo also covers deliveries that arrive later. The value is compared byte \
                by byte: another spelling of it, such as a number with punctuation, needs its own hold.

                EXAMPLES
                  callbox hold add 42 --reason claim-7
                  callbox hold add --field enquiryCpf=12345678909 --reason order-12
                  callbox hold add --external customer=c-9 --reason audit
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "A delivery, or one of its reports.", transform: ItemReference.parse)
        var id: ItemReference?

        @Option(help: ArgumentHelp("Hold every delivery with this field value.", valueName: "name=value"))
        var field: String?

        @Option(help: ArgumentHelp("Hold every delivery with this value in externalInfo.", valueName: "key=value"))
        var external: String?

        @Option(help: ArgumentHelp("The reason, stored with the hold.", valueName: "text"))
        var reason: String

        func validate() throws {
            guard [id != nil, field != nil, external != nil].count(where: \.self) == 1 else {
                throw ValidationError("use one of: a delivery ID, --field or --external")
            }
            try OptionCheck.reason(reason)
        }

        func run() async throws {
            let access = ArchiveAccess(try options.load(), console: options.console)
            let subject =
                try id.map { .delivery(try $0.deliveryID(access.openReader(), for: "hold add")) } ?? fieldSubject()
            let hold = try await access.append(.hold(HoldRecord(subject: subject, reason: reason)))
            try options.console.print("hold \(hold) added: \(subject.text)")
            try HoldScope.noteSpellings(subject, access.openReader(), options.console)
        }

        /// The subject of the flag that was passed. Exactly one of the two flags must be passed.
        private func fieldSubject() throws(CommandFailure) -> HoldRecord.Subject {
            let texts = (external: external.map { [$0] } ?? [], field: field.map { [$0] } ?? [])
            return .field(
                try FilterOptions.fields(external: texts.external, field: texts.field, command: "hold add")[0])
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List holds, including released ones.",
            usage: "callbox hold list [--format <format>]",
            discussion: """
                EXAMPLES
                  callbox hold list
                  callbox hold list --format csv > holds.csv
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var formats: FormatOptions

        func run() async throws {
            let console = options.console
            let holds = try await ArchiveAccess(try options.load(), console: console).reader().holds()
            var listing = RowListing(formats.resolved(for: console), on: console, LegalHold.members)
            try listing.print(holds)
            if holds.isEmpty { console.note("no holds") }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release",
            abstract: "End a hold.",
            usage: "callbox hold release <hold>",
            discussion: """
                Retention then applies again, unless another hold covers the delivery.

                EXAMPLES
                  callbox hold release 1
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: ArgumentHelp("The ID of the hold, from 'callbox hold list'.", valueName: "hold"))
        var hold: String

        func run() async throws {
            let id = try OptionCheck.id(hold, ofA: "hold", list: "hold list")
            let access = ArchiveAccess(try options.load(), console: options.console)
            let holds = try await access.reader().holds()
            guard holds.contains(where: { $0.id == id && $0.releasedAt == nil }) else {
                throw CommandFailure(
                    .negative, "there is no active hold \(id)", advice: "Run 'callbox hold list' for the IDs.")
            }
            try await access.append(.holdRelease(HoldReleaseRecord(hold: id)))
            try options.console.print("hold \(id) released")
        }
    }
}
