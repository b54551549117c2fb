internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension ArchiveCommand {
    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hold",
            abstract: "Keep deliveries whatever retention says, for as long as the law wants them.",
            subcommands: [Place.self, List.self, Release.self])
    }
}

extension ArchiveCommand.Hold {
    struct Place: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "place",
            abstract: "Hold a delivery, or all about one person, link or case, those to come included.",
            usage: "callbox archive hold place [<id>] --reason <text> [<options>]",
            discussion: """
                EXAMPLES
                  callbox archive hold place 42 --reason claim-7
                  callbox archive hold place --field enquiryCpf=12345678909 --reason order-12
                  callbox archive hold place --external customer=c-9 --reason audit
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "The number of a delivery, as 'list' gives it.")
        var id: String?

        @Option(help: ArgumentHelp("A field of reports and its value.", valueName: "name=value"))
        var field: String?

        @Option(help: ArgumentHelp("A value of externalInfo.", valueName: "key=value"))
        var external: String?

        @Option(help: ArgumentHelp("Why. It is kept with the hold.", valueName: "text"))
        var reason: String

        func validate() throws {
            guard [id, field, external].count(where: { $0 != nil }) == 1 else {
                throw ValidationError("Give the number of a delivery, --field or --external.")
            }
            guard !reason.isEmpty else { throw ValidationError("--reason needs a text.") }
        }

        func run() async throws {
            let console = options.console
            let access = ArchiveAccess(try options.load(), console: console)
            let subject = try subject()
            if case .delivery(let id) = subject {
                let reader = try access.openReader()
                guard try translating({ try reader.hasDelivery(id) }) else {
                    throw CommandFailure.noSuchDelivery(id)
                }
            }
            let id = try await access.append(.hold(HoldRecord(subject: subject, reason: reason)))
            try console.print("hold \(id) placed")
        }

        private func subject() throws(CommandFailure) -> HoldRecord.Subject {
            if let id { return .delivery(try DeliveryID(argument: id)) }
            let text = field ?? external ?? ""
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw CommandFailure(
                    .usage, "'\(TerminalText.escape(text))' is no name and value", advice: "Write it as name=value.")
            }
            let name = (field == nil ? "externalInfo." : "") + text[..<equals]
            return .field(ReportField(name, String(text[text.index(after: equals)...])))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the holds, those that were let go too.",
            usage: "callbox archive hold list [--format <format>] [<options>]",
            discussion: """
                EXAMPLES
                  callbox archive hold list
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var formats: FormatOptions

        func run() async throws {
            let console = options.console
            let reader = try await ArchiveAccess(try options.load(), console: console).reader()
            let holds = try reader.holds()
            try HoldView.print(holds, formats.resolved(for: console), console)
            if holds.isEmpty { console.note("nothing is held") }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release",
            abstract: "Let go what was held.",
            usage: "callbox archive hold release <hold> [<options>]",
            discussion: """
                EXAMPLES
                  callbox archive hold release 1
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: ArgumentHelp("Its number, as 'hold list' gives it.", valueName: "hold"))
        var hold: String

        func run() async throws {
            let console = options.console
            guard let id = DecimalText.nonNegative(hold.utf8), id > 0 else {
                throw CommandFailure(
                    .usage, "'\(TerminalText.escape(hold))' is no number of a hold",
                    advice: "'callbox archive hold list' gives the numbers.")
            }
            let access = ArchiveAccess(try options.load(), console: console)
            let reader = try await access.reader()
            let holds = try reader.holds()
            guard holds.contains(where: { $0.id == id && $0.releasedAt == nil }) else {
                throw CommandFailure(
                    .negative, "there is no hold \(id) that still holds",
                    advice: "'callbox archive hold list' shows them.")
            }
            try await access.append(.holdRelease(HoldReleaseRecord(hold: id)))
            try console.print("hold \(id) released")
        }
    }
}
